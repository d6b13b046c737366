"""``tf.contrib.training.HParams``: named values, each of a type, set from a line of text."""
import json
import numbers
import re

_ASSIGNMENT = re.compile(
    r"(?P<name>[a-zA-Z][\w.]*)(\[\s*(?P<index>\d+)\s*\])?\s*=\s*"
    r"((?P<one>[^,\[]*)|\[(?P<list>[^\]]*)\])($|,\s*)")
_TEXT = (str, bytes)
_TRUTH = {"true": True, "True": True, "false": False, "False": False}


def parse_values(values, type_map, ignore_unknown=False):
    """Reads ``name=value`` pairs.

    Args:
        values: str, such as ``"rate=0.1,layers=[10,20],sizes[1]=3,name=abc,flag=true"``.
        type_map: dict from each name to the type of its values, or of those in its list.
        ignore_unknown: bool, leaves out names that are not in ``type_map``.

    Returns:
        Dict from name to value, list of values, or ``{index: value}``.

    Raises:
        ValueError: the text or a value in it is malformed, a name is unknown, or given twice.
    """
    results, position = {}, 0
    while position < len(values):
        match = _ASSIGNMENT.match(values, position)
        if not match:
            raise ValueError("Malformed hyperparameter value: %s" % values[position:])
        position = match.end()
        name, index = match["name"], match["index"]
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError("Unknown hyperparameter type for %s" % name)
        kind = type_map[name]

        def read(text, name=name, kind=kind):
            try:
                if kind is bool:
                    return _TRUTH[text] if text in _TRUTH else bool(int(text))
                return kind(text)
            except ValueError:
                raise ValueError("Could not parse hparam '%s' of type '%s' with value '%s' in %s"
                                 % (name, kind.__name__, text, values)) from None

        if match["list"] is not None:
            if index is not None:
                raise ValueError("Assignment of a list to a list index.")
            value = [read(text) for text in re.split("[ ,]", match["list"]) if text]
        else:
            value = read(match["one"])
        place, key, title = (results, name, name) if index is None else (
            results.setdefault(name, {}), int(index), "%s[%s]" % (name, index))
        if not isinstance(place, dict) or key in place:
            raise ValueError("Multiple assignments to variable '%s' in %s" % (
                title if isinstance(place, dict) else name, values))
        place[key] = value
    return results


class HParams:
    """Named values, kept as attributes; each keeps the type that it was first given.

    Example:
        >>> hparams = HParams(rate=0.1, layers=[10, 20])
        >>> hparams.parse("rate=1,layers=[5]").values()
        {'rate': 1.0, 'layers': [5]}
        >>> hparams.set_hparam("rate", "fast")
        Traceback (most recent call last):
        ValueError: Could not cast hparam 'rate' of type '<class 'float'>' from value 'fast'
    """

    def __init__(self, hparam_def=None, model_structure=None, **kwargs):
        if hparam_def is not None:
            raise NotImplementedError("HParams from a protocol buffer are not served: give the "
                                      "values by name")
        self._hparam_types = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name, value):
        """Adds one; a list must not be empty."""
        if getattr(self, name, None) is not None:
            raise ValueError("Hyperparameter name is reserved: %s" % name)
        is_list = isinstance(value, (list, tuple))
        if is_list and not value:
            raise ValueError("Multi-valued hyperparameters cannot be empty: %s" % name)
        self._hparam_types[name] = (type(value[0] if is_list else value), is_list)
        setattr(self, name, value)

    def set_hparam(self, name, value):
        """Sets one that there is; a KeyError if there is none, a ValueError for another type."""
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list) != is_list:
            raise ValueError(
                "Must pass a list for multi-valued parameter: %s." % name if is_list else
                "Must not pass a list for single-valued parameter: %s" % name)
        setattr(self, name, [_cast(name, kind, each) for each in value] if is_list
                else _cast(name, kind, value))

    def del_hparam(self, name):
        """Takes one away, if it is there."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values):
        """Sets what a text says, see `parse_values`; returns the HParams."""
        kinds = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, kinds))

    def override_from_dict(self, values_dict):
        """Sets those in a dict; returns the HParams."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    set_from_map = override_from_dict

    def parse_json(self, values_json):
        """Sets those in the text of a JSON object; returns the HParams."""
        return self.override_from_dict(json.loads(values_json))

    def to_json(self, indent=None, separators=None, sort_keys=False):
        """All of them as the text of a JSON object."""
        return json.dumps(self.values(), indent=indent, separators=separators,
                          sort_keys=sort_keys)

    def values(self):
        """All of them, as a dict."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key, default=None):
        """One of them, or ``default``, which must be of its type."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            kind, is_list = self._hparam_types[key]
            problem = "Hparam '%s' of type '%s' is incompatible with default=%s" % (
                key, "list<%s>" % kind if is_list else kind, default)
            if isinstance(default, list) != is_list:
                raise ValueError(problem)
            try:
                for each in default if is_list else [default]:
                    _cast(key, kind, each)
            except ValueError as error:
                raise ValueError("%s. %s" % (problem, error)) from None
        return getattr(self, key)

    def set_model_structure(self, model_structure):
        """Keeps an object beside the values."""
        self._model_structure = model_structure

    def get_model_structure(self):
        """The object that is kept beside the values."""
        return self._model_structure

    def __contains__(self, key):
        return key in self._hparam_types

    def __str__(self):
        return ",".join("%s=%s" % each for each in self.values().items())

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, sorted(self.values().items()))


def _cast(name, kind, value):
    """The value as one of a type; numbers only become numbers, and only if nothing is lost."""
    if type(value) is kind or issubclass(kind, type(None)):
        return value
    wrong = (
        issubclass(kind, _TEXT) and not isinstance(value, _TEXT)
        or issubclass(kind, bool) != isinstance(value, bool)
        or issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral)
        or issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number))
    if wrong:
        raise ValueError("Could not cast hparam '%s' of type '%s' from value %r" % (
            name, kind, value))
    return kind(value)
