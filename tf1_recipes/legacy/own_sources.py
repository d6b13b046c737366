"""The files of a script's own modules, found by its imports before anything runs."""
import ast
import functools
import os
import site
import sys

# More modules than that are not a script's own: it lies beside a folder of libraries.
_MOST = 200


def is_own(file):
    """Whether a file is neither of the standard library nor of an installed package."""
    return _is_own_folder(os.path.dirname(os.path.realpath(file)) + os.sep, tuple(sys.path))


@functools.lru_cache(maxsize=None)  # A framework's thousands of modules lie in hundreds of folders.
def _is_own_folder(folder, path):
    if any(folder.startswith(installed + os.sep) for installed in _installed()):
        return False
    return not any(folder.startswith(root + os.sep) and _holds_packages(root)
                   for root in {os.path.realpath(entry or os.curdir) for entry in path})


def own_sources(tree, folder, parse):
    """Returns the modules beside a script that it imports, and those that these import.

    Args:
        tree: ast.Module, of the script.
        folder: str, where it lies.
        parse: function of a path that returns its ast.Module, or None.

    Returns:
        {path: ast.Module}, in the order of their imports.
    """
    waiting = [(tree, folder)]
    found = {}
    while waiting and len(found) < _MOST:
        tree, here = waiting.pop(0)
        for path in _imported_files(tree, here, folder):
            if path not in found and is_own(path):
                found[path] = parse(path)
                if found[path] is not None:
                    waiting.append((found[path], os.path.dirname(path)))
    return {path: tree for path, tree in found.items() if tree is not None}


def _imported_files(tree, here, top):
    """Yields the files that a module's imports name, whose neighbours lie in ``here``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names, roots = [alias.name for alias in node.names], (here, top)
        elif isinstance(node, ast.ImportFrom):
            start = [node.module] if node.module else []
            names = [".".join(start + [alias.name]) for alias in node.names] + start
            root = here
            for _ in range(node.level - 1):
                root = os.path.dirname(root)
            roots = (root,) if node.level else (here, top)
        else:
            continue
        for name in names:
            for root in roots:
                yield from _files(root, name.split("."))


def _files(root, parts):
    """Yields the files that importing ``parts`` from a folder runs."""
    for part in parts:
        package = os.path.join(root, part)
        if os.path.isfile(os.path.join(package, "__init__.py")):
            yield os.path.join(package, "__init__.py")
        elif not os.path.isdir(package):
            if os.path.isfile(package + ".py"):
                yield package + ".py"
            return
        root = package


@functools.lru_cache(None)
def _installed():
    """Returns the folders of the standard library, of installed packages, and of this one."""
    folders = {os.path.dirname(os.__file__)}  # sysconfig does not know it in every 3.13
    folders.update(site.getsitepackages() if hasattr(site, "getsitepackages") else ())
    folders.add(site.getusersitepackages() if hasattr(site, "getusersitepackages") else None)
    folders.add(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return {os.path.realpath(folder) for folder in folders if folder}


@functools.lru_cache(None)
def _holds_packages(folder):
    """Whether pip installed something there, as by ``--target`` for PYTHONPATH."""
    try:
        return any(name.endswith(".dist-info") for name in os.listdir(folder))
    except OSError:
        return False
