"""Annotations are complete where the type checker looks, and stubs tell the lazy names."""
import ast
import re
from pathlib import Path

import pytest

import tf1_recipes

PACKAGE = Path(tf1_recipes.__file__).parent
STUBS = sorted(PACKAGE.rglob("__init__.pyi"))


def checked_files():
    """The files of the packages and modules that [tool.mypy] names."""
    settings = (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8")
    section = settings.partition("[tool.mypy]")[2].partition("\n[")[0]
    for name in re.findall(r'"(tf1_recipes[\w.]*)"', section):
        path = PACKAGE.parent.joinpath(*name.split("."))
        yield from [path.with_suffix(".py")] if path.with_suffix(".py").exists() else (
            [path / "__init__.py"] if path == PACKAGE else sorted(path.rglob("*.py")))


def unannotated(tree, prefix=""):
    """The public functions and methods of a module whose arguments or results have no type."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from unannotated(node, node.name + ".")
        elif isinstance(node, ast.FunctionDef) and not re.match("_[^_]", node.name):
            arguments = [*node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
            untyped = [each.arg for each in arguments if each and not each.annotation
                       and each.arg not in ("self", "cls")]
            if untyped or not node.returns:
                yield prefix + node.name


@pytest.mark.parametrize("path", list(checked_files()),
                         ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_functions_are_annotated(path):
    assert list(unannotated(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_a_function_without_annotations_is_found():
    module = ("def f(x: int): pass\ndef g(x) -> int: pass\ndef h(*, x: int) -> int: pass\n"
              "def _private(x): pass\nclass C:\n  def __init__(self, x) -> None: pass\n")
    assert list(unannotated(ast.parse(module))) == ["f", "g", "C.__init__"]


def lazy_table(init):
    """{name: (module, its name there)} as a package's ``__init__`` gives them to `lazy_names`."""
    for node in ast.walk(ast.parse(init.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "lazy_names":
            homes = ast.literal_eval(node.args[1])
            renamed = {old: new for keyword in node.keywords
                       for old, new in ast.literal_eval(keyword.value).items()}
            return {name: (homes[new], new) for name, new in {
                **dict(zip(homes, homes)), **renamed}.items()}
    return {}


def test_every_package_with_lazy_names_has_a_stub():
    assert sorted(path.with_suffix(".pyi") for path in PACKAGE.rglob("__init__.py")
                           if lazy_table(path)) == STUBS


@pytest.mark.parametrize("stub", STUBS, ids=lambda path: path.parent.name)
def test_a_stub_imports_the_lazy_names(stub):
    package = ".".join(stub.relative_to(PACKAGE.parent).parent.parts)
    body = ast.parse(stub.read_text(encoding="utf-8")).body
    found = {alias.asname: (node.module, alias.name)
             for node in body if isinstance(node, ast.ImportFrom) for alias in node.names}
    found.update((node.targets[0].id, found[node.value.id])
                 for node in body if isinstance(node, ast.Assign))
    assert found == {name: ("%s.%s" % (package, home), there)
                     for name, (home, there) in lazy_table(stub.with_suffix(".py")).items()}
