"""Arrows between the package's modules point one way: no module needs itself, not even later.

An arrow is an import, within a function, too, and a text that names a module: modules are imported
by such texts, from tables and by `importlib.import_module`.
"""
import ast
from functools import lru_cache
from pathlib import Path

import pytest
from graphlib import CycleError, TopologicalSorter

import tf1_recipes

PACKAGE = Path(tf1_recipes.__file__).parent


def modules(folder):
    """Returns {name: path} of a package's modules, the package itself among them."""
    found = {}
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path, there):
    """Returns which of the modules another one imports, within its functions, too."""
    tree = parsed(path)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "%s: relative imports are not looked at" % path
            # What is no module is a name in one; the package finds its names when asked.
            found.update(inner if inner in there else node.module for inner in (
                "%s.%s" % (node.module, alias.name) for alias in node.names))
    return (found & set(there)) | named_in_texts(tree, there)


@lru_cache(None)
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def named_in_texts(tree, there):
    """Returns which of the modules the texts in a module name, but for its docstrings.

    A text is a literal, a constant at the top of a module, or the sum of texts. It names a module
    alone, or in front of a ":" or of a name in it ("package.module:name", "package.module.name").
    """
    constants = constants_of(tree, there)
    nodes = [node for node in ast.walk(tree) if isinstance(
        node, (ast.Expr, ast.BinOp, ast.Constant, ast.Name))]
    documents = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    parts = {id(part) for node in nodes if isinstance(node, ast.BinOp)
             and text_of(node, constants) is not None for part in (node.left, node.right)}
    found = set()
    for node in nodes:
        if id(node) not in documents and id(node) not in parts:
            name = (text_of(node, constants) or "").partition(":")[0].rstrip(".")
            found.add(name if name in there else name.rpartition(".")[0])
    return found.intersection(there)


def constants_of(tree, there):
    """Returns {name: text} of the constants of a module and of those that it imports."""
    constants = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = text_of(node.value, constants)
            if text is not None:
                constants[node.targets[0].id] = text
        elif isinstance(node, ast.ImportFrom) and node.module in there:
            constants.update(
                (alias.asname or alias.name, text) for alias in node.names
                for text in [constants_of(parsed(there[node.module]), {}).get(alias.name)] if text)
    return constants


def text_of(node, constants):
    """Returns the text that an expression is, or None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return constants.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(node.left, constants), text_of(node.right, constants)
        return left + right if left is not None and right is not None else None
    return None


@lru_cache(None)
def arrows_in(folder):
    """Returns {name: the modules that it imports} of a package's modules."""
    there = modules(folder)
    return {name: imports(path, there) - {name, folder.name} for name, path in there.items()}


def circle(folder):
    """Returns the modules of a circle, the first one twice, or None."""
    try:
        TopologicalSorter(arrows_in(folder)).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_the_package_has_no_circles_of_imports():
    assert circle(PACKAGE) is None


def test_the_folders_have_no_circles_of_imports():
    """The session tap, one file that imports nothing of the package, is a folder of its own.

    Errors and what cleans their texts of untrusted names are one.
    """
    folders = {name: name if name.endswith(".session_tap") else ".".join(
        name.split(".")[:2]).replace("untrusted", "errors") for name in arrows_in(PACKAGE)}
    arrows = {folder: set() for folder in folders.values()}
    for name, imported in arrows_in(PACKAGE).items():
        arrows[folders[name]].update(folders[inner] for inner in imported)
    TopologicalSorter({folder: inner - {folder} for folder, inner in arrows.items()}).prepare()
    assert arrows["tf1_recipes.recording.session_tap"] == set()


@pytest.mark.parametrize("first, second, found", [
    ("import package.second", "from package import first", True),
    ("def f():\n    from package.second import name", "import package.first", True),
    ("import package.second", "import os\nfrom package import __version__", False),
    ("import package.second", "import importlib\nimportlib.import_module('package.first')", True),
    ("import package.second", "WHERE = {'old': 'package.first:name'}", True),
    ("import package.second", "HERE = 'package.'\ndef f():\n    return {HERE + 'first:': 1}", True),
    ("import package.second", "from package import HERE\nWHERE = HERE + 'first.name'", True),
    ("import package.second", "'''Is to `package.first` what it is.'''", False),
    ("import package.second", "LATER = 'package.firstborn package.second'", False),
])
def test_a_circle_would_be_found(tmp_path, first, second, found):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "__init__.py").write_text("__version__ = '1'\nHERE = 'package.'")
    (folder / "first.py").write_text(first)
    (folder / "second.py").write_text(second)
    assert (circle(folder) is not None) == found
