"""``python -m tf1_recipes run``, without the seconds in which TensorFlow is imported.

A server imports TensorFlow once and then forks for each script. The fork is as a new process is
before the script begins: all modules that were imported beforehand are taken out of
``sys.modules``, and an import of one gives it back, through the finders of ``sys.meta_path``, with
the modules that it had imported in its turn. So the hooks that wait for an import are called as
in a new process.

The server reads a line of JSON for each script and writes the script's exit status.
"""
import builtins
import gc
import importlib
import importlib.machinery
import importlib.util
import json
import os
import random
import sys


class _Recorder:
    """Notes which modules each module imports, and takes all of them away at the end."""

    def __init__(self):
        self.modules, self.bound = {}, {}
        self.imported = {"": {}}
        self._importing = [""]

    def __enter__(self):
        self._before, self._import = set(sys.modules), builtins.__import__
        sys.meta_path.insert(0, self)
        builtins.__import__ = self._noting_import
        return self

    def __exit__(self, *error):
        builtins.__import__ = self._import
        sys.meta_path.remove(self)
        for name in set(sys.modules) - self._before:
            package, _, short = name.rpartition(".")
            self.modules[name] = module = sys.modules.pop(name)
            package = vars(sys.modules.get(package) or self.modules.get(package) or sys)
            if package.get(short) is module:
                self.bound[name] = package
                del package[short]

    def find_spec(self, name, path=None, target=None):
        for finder in sys.meta_path[sys.meta_path.index(self) + 1:]:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                break
        else:
            return None
        if spec.loader is None or isinstance(spec.loader, type):
            return spec  # a namespace package, or built in: imports nothing
        execute = spec.loader.exec_module

        def exec_module(module):
            self._note(name)
            self._importing.append(name)
            try:
                execute(module)
            finally:
                self._importing.pop()
                del spec.loader.exec_module
        spec.loader.exec_module = exec_module
        return spec

    def _noting_import(self, name, names=None, local=None, fromlist=(), level=0):
        found = self._import(name, names, local, fromlist, level)
        if level:
            name = importlib.util.resolve_name("." * level + name, names["__package__"])
        parts = name.split(".")
        for count in range(len(parts)):
            self._note(".".join(parts[:count + 1]))
        for part in fromlist or ():
            self._note(name + "." + part)
        return found

    def _note(self, name):
        if name in sys.modules:
            self.imported.setdefault(self._importing[-1], {})[name] = True


class _Again:
    """A finder that gives modules back, with those that they import, in the same order."""

    def __init__(self, recorder):
        self._modules, self._bound = recorder.modules, recorder.bound
        self._imported = {
            name: [other for other in others if other in recorder.modules and other != name]
            for name, others in recorder.imported.items()}

    def find_spec(self, name, path=None, target=None):
        if name not in self._modules or self._is_another_now(name):
            return None
        return importlib.util.spec_from_loader(name, _Loader(self, name))

    def _is_another_now(self, name):
        """Whether a module of the script's lies in front, on its path."""
        found = "." not in name and importlib.machinery.PathFinder.find_spec(name)
        known = getattr(getattr(self._modules[name], "__spec__", None), "origin", None)
        return bool(found and known) and found.origin != known

    def give(self, name):
        sys.modules[name] = self._modules[name]
        for other in self._imported.get(name, ()):
            if other not in sys.modules:
                # No import: it would bind the name in its package, where it may be another's now.
                _spec(other).loader.exec_module(None)
        if name in self._bound:
            self._bound[name][name.rpartition(".")[2]] = self._modules[name]


def _spec(name):
    """Returns what the finders find."""
    path = getattr(sys.modules.get(name.rpartition(".")[0]), "__path__", None)
    for finder in sys.meta_path:
        spec = finder.find_spec(name, path)
        if spec is not None:
            return spec
    raise ImportError(name)


class _Loader:
    def __init__(self, finder, name):
        self._finder, self._name = finder, name

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        self._finder.give(self._name)


def _import_beforehand():
    """Imports what scripts import, as the patches for it do."""
    with _Recorder() as recorder, without_log():
        os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3")
        tensorflow = importlib.import_module("tensorflow")
        v1.switch_to_graph_mode(tensorflow)
        v1._SWITCHED.clear()
        for name in ("tf_keras", "tf_keras.api._v1.keras"):
            importlib.import_module(name)
        if importlib.util.find_spec("sklearn"):  # tf_slim imports it
            importlib.import_module("sklearn.metrics")
    return _Again(recorder)


def _become(request):
    """Makes this fork what a process of its own is when the command begins."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    for descriptor, (path, flags) in enumerate([
            (os.devnull, os.O_RDONLY), (request["stdout"], os.O_WRONLY),
            (request["stderr"], os.O_WRONLY)]):
        opened = os.open(path, flags)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.argv[:] = ["tf1_recipes"] + request["arguments"]
    sys.path[0] = request["folder"]
    random.seed()
    numpy.random.seed()


def serve():
    """Forks for each request; returns the request, in the fork, and None at the end of all."""
    requests, replies = os.fdopen(os.dup(0)), os.dup(1)
    for line in requests:
        pid = os.fork()
        if not pid:
            os.close(requests.fileno())
            os.close(replies)
            return json.loads(line)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(replies, b"%d\n" % status)
    return None


if __name__ == "__main__":
    import numpy

    import tf1_recipes.cli
    import tf1_recipes.legacy.runner
    from tf1_recipes import v1
    from tf1_recipes.legacy.quiet import without_log

    sys.meta_path.insert(0, _import_beforehand())
    gc.collect()
    gc.freeze()
    script = serve()
    if script is None:
        sys.exit()
    _become(script)
    sys.exit(tf1_recipes.cli.main())
