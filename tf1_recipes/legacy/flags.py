"""``tf.flags`` as it was before TensorFlow 1.5, made of argparse, and ``tf.app.run`` with it.

Old scripts read the values in ``FLAGS.__flags``, called ``FLAGS._parse_flags()`` and set
flags that were never defined. Other arguments of the command line go to ``main``.
"""
import argparse
import sys

from tf1_recipes.legacy.patch import patch

_parser = argparse.ArgumentParser()


class _FlagValues:
    """The flags by name; the first use of one reads the command line."""

    def __init__(self):
        self.__dict__.update({"__flags": {}, "__parsed": False, "__required": []})

    def _parse_flags(self, args=None):
        values, others = _parser.parse_known_args(args=args)
        self.__dict__["__flags"].update(vars(values))
        self.__dict__["__parsed"] = True
        for name in self.__dict__["__required"]:
            if self.__dict__["__flags"].get(name) is None:
                raise AttributeError("Flag --%s must be specified." % name)
        return others

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if not self.__dict__["__parsed"]:
            self._parse_flags()
        if name not in self.__dict__["__flags"]:
            raise AttributeError(name)
        return self.__dict__["__flags"][name]

    def __setattr__(self, name, value):
        if not self.__dict__["__parsed"]:
            self._parse_flags()
        self.__dict__["__flags"][name] = value


FLAGS = _FlagValues()


def _define(flag_name, default_value, docstring, kind):
    # A "%" in old texts is not a format; argparse would refuse it, but only at --help.
    _parser.add_argument("--" + flag_name, default=default_value, type=kind,
                         help=(docstring or "").replace("%", "%%"))


def DEFINE_string(flag_name, default_value, docstring):
    """Defines a flag whose value is a string."""
    _define(flag_name, default_value, docstring, str)


def DEFINE_integer(flag_name, default_value, docstring):
    """Defines a flag whose value is an int."""
    _define(flag_name, default_value, docstring, int)


def DEFINE_float(flag_name, default_value, docstring):
    """Defines a flag whose value is a float."""
    _define(flag_name, default_value, docstring, float)


def DEFINE_boolean(flag_name, default_value, docstring):
    """Defines a flag: ``--name``, ``--name=true`` or ``--noname``."""
    _parser.add_argument("--" + flag_name, nargs="?", const=True, default=default_value,
                         type=lambda text: text.lower() in ("true", "t", "1"),
                         help=(docstring or "").replace("%", "%%"))
    _parser.add_argument("--no" + flag_name, action="store_false",
                         dest=flag_name.replace("-", "_"))


DEFINE_bool = DEFINE_boolean


def mark_flag_as_required(flag_name):
    """Makes the first use of any flag fail if this one is None."""
    FLAGS.__dict__["__required"].append(flag_name)


def mark_flags_as_required(flag_names):
    """`mark_flag_as_required`, for each of several."""
    for name in flag_names:
        mark_flag_as_required(name)


def run(main=None, argv=None):
    """``tf.app.run``: reads the flags, and exits with what ``main`` of the rest returns."""
    others = FLAGS._parse_flags(argv[1:] if argv else None)
    main = main or sys.modules["__main__"].main
    sys.exit(main(sys.argv[:1] + others))


@patch("a script may define flags that libraries define, too, such as log_dir", after="tensorflow")
def redefinable_flags(changes, tensorflow):
    # From 1.5 on flags are absl's; absl.logging, which TensorFlow imports since 1.14, has some
    # names that scripts had always used.
    from absl import flags

    for name in list(flags.FLAGS):
        changes.put(flags.FLAGS[name], "allow_override", True)
