"""Which variables a request means: variables, scope patterns, predicates, or lists of these.

A pattern is a regular expression matched from the start of a variable's name up to a ``/`` or
the name's end. TF1's ``get_collection(..., scope="hidden1")`` also takes ``hidden10/kernel``;
here ``"hidden1"`` takes ``hidden1/kernel`` and ``hidden1/bias`` only, and ``"hidden"`` nothing
that is not called ``hidden`` or ``hidden/...`` (``"hidden.*"`` takes every name that begins so).
"""
import difflib
import re


def name_of(variable):
    """The name of a variable's op: ``hidden1/kernel``."""
    return variable.op.name


def select(selector, candidates):
    """Returns the candidates that a selector means, and what is wrong with the selector.

    Args:
        selector: a variable, a pattern (str), a predicate (a function of a variable), or a list or
            tuple (a ``PartitionedVariable`` too) of these.
        candidates: list of variables to choose from.

    Returns:
        A pair: the list of chosen variables, in the order of ``candidates``, each once; and a
        list of problems (str), one per part of the selector that means no candidate.
    """
    chosen, problems = {}, []
    for part in _parts(selector):
        names, problem = _names(part, candidates)
        chosen.update(dict.fromkeys(names))
        if problem:
            problems.append(problem)
    return [variable for variable in candidates if name_of(variable) in chosen], problems


def title_of(selector):
    """A selector as error messages write it.

    >>> title_of(["hidden1", "hidden2"])
    "['hidden1', 'hidden2']"
    """
    if isinstance(selector, (list, tuple)):
        return "[%s]" % ", ".join(map(title_of, selector))
    if hasattr(selector, "op"):
        return repr(name_of(selector))
    return getattr(selector, "__name__", None) or repr(selector)


def closest_names(wanted, names, count=3):
    """Returns up to ``count`` of the names, or of the scopes they lie in, nearest to ``wanted``."""
    scopes = {}
    for name in names:
        pieces = name.split("/")
        for end in range(1, len(pieces) + 1):
            scopes["/".join(pieces[:end])] = None
    return difflib.get_close_matches(wanted, list(scopes), n=count, cutoff=0.4)


def unmatched(pattern, names, what="variable"):
    """Returns the line that says a pattern matched nothing, with the closest names there are."""
    if not names:
        return "%r matches no %s: there are none" % (pattern, what)
    nearest = closest_names(pattern, names)
    if not nearest:
        nearest = sorted(names)[:3]
    return "%r matches no %s; the closest are %s" % (
        pattern, what, ", ".join(repr(name) for name in nearest))


def matches(pattern, name):
    """Whether the pattern matches the name from its start up to a ``/`` or its end.

    >>> matches("hidden[12]", "hidden1/kernel"), matches("hidden1", "hidden10/kernel")
    (True, False)
    """
    return re.match("(?:%s)(?:/|$)" % pattern, name) is not None


def _parts(selector):
    if isinstance(selector, str) or not hasattr(selector, "__iter__") or hasattr(selector, "op"):
        return [selector]
    parts = []
    for item in selector:
        parts.extend(_parts(item))
    return parts


def _names(part, candidates):
    names = [name_of(variable) for variable in candidates]
    if isinstance(part, str):
        pattern = part[:-2] if part.endswith(":0") else part
        try:
            found = [name for name in names if matches(pattern, name)]
        except re.error as error:
            return [], "%r is not a regular expression: %s" % (part, error)
        return found, None if found else unmatched(pattern, names)
    if hasattr(part, "op"):
        name = name_of(part)
        if name in names:
            return [name], None
        return [], "variable %r is not among the variables to choose from" % name
    if callable(part):
        found = [name_of(variable) for variable in candidates if part(variable)]
        title = getattr(part, "__name__", repr(part))
        return found, None if found else "predicate %s is true of no variable" % title
    return [], "%r is no variable, pattern or predicate" % (part,)
