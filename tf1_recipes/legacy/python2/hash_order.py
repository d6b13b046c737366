"""Where a Python 2 script sees the order of a dict or a set, which was that of the hashes.

Today a dict keeps the order of insertion, and a set's order differs between processes. It is
reported where it can show: not where the elements are sorted, counted, or put into a dict or set.
"""
import ast

_SETS = ("set", "frozenset")
_DICTS = ("dict", "defaultdict", "Counter")
_VIEWS = ("keys", "values", "items", "iterkeys", "itervalues", "iteritems", "viewitems")
_IN_ORDER = ("list", "tuple", "iter", "enumerate", "zip", "map", "filter", "reversed")
_IN_NO_ORDER = _SETS + _DICTS + ("sorted", "sum", "len", "min", "max", "any", "all")


def places(tree):
    """Returns the sorted list of (line, "dict" or "set"), one for each line.

    Args:
        tree: ast.Module of a script of Python 2, translated.
    """
    kinds = _kinds(tree)
    parents = {id(inner): outer for outer in ast.walk(tree)
               for inner in ast.iter_child_nodes(outer)}
    found = {}
    for node in ast.walk(tree):
        iterated = _iterated(node)
        for each in iterated:
            kind = _kind(each, kinds)
            if kind and not _is_lost(node, parents):
                found.setdefault(each.lineno, kind)
    return sorted(found.items())


def warning(name, tree):
    """Returns a line about a script or one of its modules, or "".

    Args:
        name: str, what it is called.
        tree: ast.Module, translated.
    """
    found = places(tree)
    if not found:
        return ""
    (line, kind), others = found[0], len(found) - 1
    return "%s, line %d: the order of a %s went by hash in Python 2; here it is %s%s" % (
        name, line, kind, "that of insertion" if kind == "dict" else
        "another one each time (PYTHONHASHSEED=0 keeps one)",
        "; %d more such line%s" % (others, "s" if others > 1 else "") if others else "")


def _kinds(tree):
    """Returns {name: kind} of the variables that hold nothing but dicts, or sets."""
    assigned = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    assigned.setdefault(target.id, []).append(node.value)
    kinds = {}
    for name, values in assigned.items():
        each = {_kind(value, {}) for value in values if not _is_view(value)}
        if len(each) == 1 and None not in each:
            kinds[name] = each.pop()
    return kinds


def _is_view(node):
    return isinstance(node, ast.Call) and (isinstance(node.func, ast.Attribute)
                                           or _called(node) in _IN_ORDER)


def _called(node):
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "id", None) or getattr(function, "attr", None)


def _kind(node, kinds):
    if isinstance(node, ast.Name):
        return kinds.get(node.id)
    if isinstance(node, (ast.Set, ast.SetComp)):
        return "set"
    if isinstance(node, ast.DictComp) or isinstance(node, ast.Dict) and len(node.keys) > 1:
        return "dict"
    if isinstance(node, ast.Dict):  # which is filled later, perhaps
        return "dict" if not node.keys else None
    name = _called(node)
    if name in _SETS and node.args or name in _DICTS:
        return "set" if name in _SETS else "dict"
    if name in _VIEWS and isinstance(node.func, ast.Attribute) and not node.args:
        return "dict"
    if name in _IN_ORDER and node.args:
        return next(filter(None, (_kind(each, kinds) for each in node.args)), None)
    return None


def _iterated(node):
    if isinstance(node, ast.For):
        return [node.iter]
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return [generator.iter for generator in node.generators]
    return node.args if _called(node) in _IN_ORDER else []


def _is_lost(node, parents):
    """Whether the order does not outlast the loop, the comprehension or the list."""
    if isinstance(node, ast.For):
        return all(isinstance(each, (ast.Assign, ast.AugAssign)) and all(
            isinstance(target, ast.Subscript)
            for target in getattr(each, "targets", None) or [each.target]) for each in node.body)
    outer = parents.get(id(node))
    while isinstance(outer, ast.Call) and _called(outer) in _IN_ORDER:
        outer = parents.get(id(outer))
    if isinstance(outer, (ast.ListComp, ast.GeneratorExp, ast.For, ast.comprehension)):
        return True  # that says it
    return isinstance(outer, ast.Call) and _called(outer) in _IN_NO_ORDER \
        or isinstance(outer, ast.Compare)
