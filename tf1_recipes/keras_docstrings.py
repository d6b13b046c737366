"""Lets tf_keras be imported under ``python -OO``, which leaves out docstrings.

Some of its modules edit their own docstrings while they are imported, and fail without any
(tf_keras 2.15 to 2.21). Its modules are then compiled as under ``python -O``.
"""
import importlib.machinery
import sys


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path, _optimize=1)


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] != "tf_keras":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is importlib.machinery.SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def keep():
    """Has modules of tf_keras that are imported from now on keep their docstrings."""
    if sys.flags.optimize > 1 and _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
