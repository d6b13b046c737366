"""Which of TensorFlow's names a script uses, found in its source alone."""
import ast
from collections import namedtuple

Use = namedtuple("Use", "name line positional keywords file guarded")
Use.__new__.__defaults__ = ("", False)
Use.__doc__ = """One use of one of TensorFlow's names.

Attributes:
    name: below ``tensorflow``, such as "nn.softmax".
    line: int, where it begins.
    positional: list of the nodes of its positional arguments, None if it is not called.
    keywords: list of str, the names of its other arguments.
    file: str, the file name of the module that it stands in; "" for the script itself.
    guarded: bool, the script asks for the release, or for an error, before it relies on it.
"""

# The cross entropies took (logits, labels) by position; from 1.0 on only names were allowed.
_CROSS_ENTROPIES = {
    "nn.softmax_cross_entropy_with_logits", "nn.sigmoid_cross_entropy_with_logits",
    "nn.sparse_softmax_cross_entropy_with_logits", "nn.weighted_cross_entropy_with_logits"}
_LISTS = (ast.List, ast.Tuple, ast.ListComp)


def uses_in(tree):
    """Returns the list of `Use`s in a script.

    A name is followed through imports (``from tensorflow.contrib import layers as l``) and through
    plain assignments (``slim = tf.contrib.slim``).

    Args:
        tree: ast.Module, of the script.
    """
    aliases = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            aliases.update(_imported(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 \
                and isinstance(node.targets[0], ast.Name):
            name = _name(node.value, aliases)
            if name:
                aliases[node.targets[0].id] = name
    guarded = _guarded(tree)
    uses = [Use(name, node.lineno, None, [], guarded=id(node) in guarded) for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name in _imported(node).values() if name]
    calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Attribute, ast.Name)) or id(node) in inner \
                or not isinstance(node.ctx, ast.Load):
            continue
        name = _name(node, aliases)
        if name:
            call = calls.get(id(node))
            uses.append(Use(name, node.lineno, call and list(call.args),
                            [keyword.arg for keyword in call.keywords] if call else [],
                            guarded=id(node) in guarded))
    return uses


def has_arguments_of_before_1(use):
    """Whether a call has its arguments in the order that TensorFlow 1.0 changed."""
    if use.positional is None:
        return False
    if use.name in _CROSS_ENTROPIES:
        return len(use.positional) > 1 or "targets" in use.keywords
    if use.name in ("concat", "split"):
        return bool({"concat_dim", "split_dim", "num_split"} & set(use.keywords)) or (
            len(use.positional) > 1 and (_is_integer(use.positional[0]) or (
                isinstance(use.positional[1], _LISTS) and use.name == "concat"
                and not isinstance(use.positional[0], _LISTS))))
    return False


def _guarded(tree):
    """Returns the ids of the nodes that only some releases are to reach."""
    guarded = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(_catches_a_missing_name(each)
                                             for each in node.handlers):
            parts = node.body + [each for handler in node.handlers for each in handler.body]
        elif isinstance(node, (ast.If, ast.IfExp)) and _asks_for_the_release(node.test):
            parts = [node]
        else:
            continue
        guarded.update(id(inner) for part in parts for inner in ast.walk(part))
    return guarded


def _catches_a_missing_name(handler):
    kinds = getattr(handler.type, "elts", [handler.type])
    return any(kind is None or getattr(kind, "id", "") in (
        "AttributeError", "ImportError", "ModuleNotFoundError", "Exception", "TypeError")
        for kind in kinds)


def _asks_for_the_release(test):
    return any(getattr(node, "attr", "") in ("__version__", "VERSION")
               or getattr(node, "id", "") in ("hasattr", "dir") for node in ast.walk(test))


def _is_integer(node):
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value) is int


def _imported(node):
    """Returns {name in the script: name below tensorflow} of an import, "" being itself."""
    if isinstance(node, ast.ImportFrom):
        if node.level or not node.module or node.module.split(".")[0] != "tensorflow":
            return {}
        prefix = node.module.split(".")[1:]
        return {alias.asname or alias.name: ".".join(prefix + [alias.name])
                for alias in node.names if alias.name != "*"}
    names = {}
    for alias in node.names:
        root, _, rest = alias.name.partition(".")
        if root == "tensorflow":
            names[alias.asname or root] = rest if alias.asname else ""
    return names


def _name(node, aliases):
    """The name below tensorflow that an expression such as ``tf.nn.relu`` means, or None."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in aliases:
        return None
    return ".".join(filter(None, [aliases[node.id]] + parts[::-1]))
