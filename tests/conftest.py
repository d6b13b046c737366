"""What tests of several files ask for: a graph of their own, and running a script."""
import os

import hypothesis
import pytest

from tests import scripts

# A slow machine is no fault of the example that it was slow on.
hypothesis.settings.register_profile("tf1_recipes", deadline=None)
hypothesis.settings.load_profile("tf1_recipes")


def pytest_addoption(parser):
    parser.addoption("--script-processes", action="store_true",
                     help="run each script in a process of its own, not in a fork of a server")


@pytest.fixture(autouse=True)
def _settings_of_the_command():
    """Takes away what a command that a test called keeps in the environment, such as ``-v``."""
    before = dict(os.environ)
    yield
    for name in [name for name in os.environ if name.startswith("TF1_RECIPES_")]:
        if name not in before:
            del os.environ[name]
        elif os.environ[name] != before[name]:
            os.environ[name] = before[name]


@pytest.fixture
def graph():
    """The default graph of one test."""
    from tf1_recipes.v1 import tf
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture(scope="session")
def _server(request):
    if request.config.getoption("--script-processes"):
        yield None
        return
    server = scripts.Server()
    yield server
    server.close()


@pytest.fixture
def run_script(_server, tmp_path):
    """A function that runs a script's source as ``tf1-recipes run`` does; returns `scripts.Ran`.

    Its arguments are the source (None: the file is there), those of the script, ``options`` of the
    command, ``env`` to add to the environment, the script's ``name``, the ``folder`` to run it in
    (the test's), ``check=True`` where it must succeed, and ``process=True`` for a new process where
    that or the import of TensorFlow is what is tested: else it is a fork.
    """
    def run(source, *arguments, options=(), env=None, name="script.py", folder=tmp_path,
            check=False, process=False):
        if source is not None:
            scripts.write_script(folder / name, source)
        command = [*options, str(name), *map(str, arguments)]
        environment = dict({variable: value for variable, value in os.environ.items()
                            if variable not in ("DISPLAY", "WAYLAND_DISPLAY")}, **(env or {}))
        by = scripts.run_in_process if process or _server is None else _server.run
        ran = by(command, folder, environment)
        assert not check or ran.status == 0, ran.stderr[-3000:]
        return ran
    return run
