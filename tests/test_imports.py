"""Arrows between the package's modules point one way: no module needs itself, not even later."""
import ast
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
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "%s: relative imports are not looked at" % path
            # What is no module is a name in one; the package finds its names when asked.
            found.update(inner if inner in there else node.module for inner in (
                "%s.%s" % (node.module, alias.name) for alias in node.names))
    return found & set(there)


def circle(folder):
    """Returns the modules of a circle, the first one twice, or None."""
    there = modules(folder)
    try:
        TopologicalSorter({name: imports(path, there) - {name, folder.name}
                           for name, path in there.items()}).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_the_package_has_no_circles_of_imports():
    assert circle(PACKAGE) is None


@pytest.mark.parametrize("first, second, found", [
    ("import package.second", "from package import first", True),
    ("def f():\n    from package.second import name", "import package.first", True),
    ("import package.second", "import os\nfrom package import __version__", False),
])
def test_a_circle_would_be_found(tmp_path, first, second, found):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "__init__.py").write_text("__version__ = '1'")
    (folder / "first.py").write_text(first)
    (folder / "second.py").write_text(second)
    assert (circle(folder) is not None) == found
