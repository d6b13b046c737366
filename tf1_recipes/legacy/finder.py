"""Our one finder on ``sys.meta_path``, before all others, present while any patch needs it.

Its stages, in the order in which an import passes them:

    before   functions of the name, called before the module is looked for
    instead  functions of the name that return what fills the module, or None
    found    functions of (name, path, spec) that may return another spec than the others found
    missing  as ``instead``, for what nobody found
    around   pairs (name, context manager), within which that module is executed
    after    pairs (name, function of the module), called when it has been
"""
import contextlib
import importlib.machinery
import sys


class Finder:
    """See above; the stages are lists."""

    def __init__(self):
        self._stages = {stage: [] for stage in (
            "before", "instead", "found", "missing", "around", "after")}
        self._served = {}

    def add(self, stage, entry):
        """Adds to a stage, behind what is there."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        self._stages[stage].append(entry)

    def remove(self, stage, entry):
        """Takes something out of a stage, and what it served; the finder goes with the last one."""
        self._stages[stage].remove(entry)
        for name in self._served.pop(entry, ()):
            sys.modules.pop(name, None)
        if self in sys.meta_path and not any(self._stages.values()):
            sys.meta_path.remove(self)

    def find_spec(self, fullname, path=None, target=None):
        there = fullname in sys.modules  # as when it is reloaded
        for tell in list(self._stages["before"]):
            tell(fullname)
        if not there and fullname in sys.modules:  # one that was told imported it
            return importlib.machinery.ModuleSpec(fullname, _Imported(sys.modules[fullname]))
        spec = self._filled("instead", fullname) or self._other(fullname, path, target)
        for change in self._stages["found"]:
            spec = change(fullname, path, spec)
        spec = spec or self._filled("missing", fullname)
        if spec is not None and any(fullname == name for stage in ("around", "after")
                                    for name, _ in self._stages[stage]):
            self._watch(spec)
        return spec

    def _filled(self, stage, fullname):
        for entry in self._stages[stage]:
            fill = entry(fullname)
            if fill is not None:
                self._served.setdefault(entry, []).append(fullname)
                return importlib.machinery.ModuleSpec(fullname, _Filled(fill), is_package=True)
        return None

    def _other(self, fullname, path, target):
        start = sys.meta_path.index(self) + 1 if self in sys.meta_path else 0
        specs = (finder.find_spec(fullname, path, target) for finder in sys.meta_path[start:]
                 if hasattr(finder, "find_spec"))
        return next((spec for spec in specs if spec is not None), None)

    def _watch(self, spec):
        execute = spec.loader.exec_module

        def exec_module(module):
            with contextlib.ExitStack() as stack:
                for name, context in self._stages["around"]:
                    if name == spec.name:
                        stack.enter_context(context())
                execute(module)
            for name, call in list(self._stages["after"]):
                if name == spec.name:
                    call(sys.modules[name])
        spec.loader.exec_module = exec_module


class _Filled:
    """A loader that fills a module, or puts another one in its place in ``sys.modules``."""

    def __init__(self, fill):
        self._fill = fill

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        self._fill(module)


class _Imported:
    """A loader of a module that is there already."""

    def __init__(self, module):
        self.module, self.spec = module, module.__spec__
        module.__spec__ = None  # or Python would take that one, and load it again

    def create_module(self, spec):
        return self.module

    def exec_module(self, module):
        module.__spec__ = self.spec


FINDER = Finder()
