"""Where the same text meant something else in Python 2: it is left to `python2_builtins`."""
import ast


def with_meaning(tree, true_division):
    """Returns a tree of Python 3 that computes what the same text computed in Python 2.

    Args:
        tree: ast.Module.
        true_division: bool, the source says ``from __future__ import division``.
    """
    tree = _Texts().visit(tree)
    if not true_division:
        tree = _ClassicDivision().visit(tree)
    return ast.fix_missing_locations(tree)


class _Texts(ast.NodeTransformer):
    """Floats in texts, strings that could be decoded, lists sorted by a function of two elements.

    ``str(a)``, ``text % a``, ``"text".format(a)``, ``a.decode(...)``, ``a.sort(...)``, and
    ``error.message`` where an ``except`` names the error.
    """

    def __init__(self):
        self.errors = []

    def visit_Call(self, node):
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Name) and function.id == "str" and len(node.args) == 1 \
                and not node.keywords:
            return _call("__str__", node, node.args)
        if not isinstance(function, ast.Attribute):
            return node
        owner = [function.value]
        if function.attr == "decode" and len(node.args) <= 2 or function.attr == "sort" and (
                node.args or any(each.arg == "cmp" for each in node.keywords)):
            return _call("__%s__" % function.attr, node, owner + node.args, node.keywords)
        if function.attr == "format" and _is_text(function.value):
            return _call("__format__", node, owner + node.args, node.keywords)
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Mod) and _is_text(node.left):
            return _call("__percent__", node, [node.left, node.right])
        return node

    def visit_ExceptHandler(self, node):
        self.errors.append(node.name)
        self.generic_visit(node)
        self.errors.pop()
        return node

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if node.attr == "message" and isinstance(node.ctx, ast.Load) \
                and isinstance(node.value, ast.Name) and node.value.id in self.errors:
            return _call("__message__", node, [node.value])
        return node


class _ClassicDivision(ast.NodeTransformer):
    """``a / b``, which floors between integers, and ``a /= b``."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        return _call("__classic_division__", node, [node.left, node.right])

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        target = node.target
        if not isinstance(node.op, ast.Div):
            return node
        if isinstance(target, ast.Name):
            return ast.copy_location(ast.Assign([target], _call(
                "__divide__", node, [ast.Name(target.id, ast.Load()), node.value])), node)
        if isinstance(target, ast.Subscript):
            call = _call("__divide_item__", node, [target.value, _index(target.slice), node.value])
        else:
            call = _call("__divide_attribute__", node, [
                target.value, ast.Constant(target.attr), node.value])
        return ast.copy_location(ast.Expr(call), node)


def _call(name, node, arguments, keywords=()):
    function = ast.copy_location(ast.Name(name, ast.Load()), node)
    return ast.copy_location(ast.Call(function, list(arguments), list(keywords)), node)


def _index(node):
    """The index of a subscript as an expression of its own."""
    if isinstance(node, ast.Slice):
        return ast.Call(ast.Name("slice", ast.Load()), [
            part or ast.Constant(None) for part in (node.lower, node.upper, node.step)], [])
    if isinstance(node, ast.Tuple):
        return ast.Tuple([_index(part) for part in node.elts], ast.Load())
    return node


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
