"""Runs a script as ``python -m tf1_recipes run`` does, in a process or in a fork of a server."""
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

# What counts when Python or TensorFlow starts, of which a fork has what the server started with.
_AT_START = re.compile("PYTHON|TF_|LD_|MALLOC|OMP_|OPENBLAS|CUDA|XLA|JAX|KERAS|TMPDIR")
TIMEOUT = 300  # seconds, of a script that does not end
SERVER = Path(__file__).with_name("script_server.py")


@dataclass
class Ran:
    """What a script printed, and its exit status: minus the signal that killed it.

    ``out, err, status = ran`` takes the lines of ``stdout``.
    """

    stdout: str
    stderr: str
    status: int

    @property
    def lines(self):
        return self.stdout.splitlines()

    def __iter__(self):
        return iter((self.lines, self.stderr, self.status))


def run_in_process(arguments, folder, environment=None):
    """Runs ``python -m tf1_recipes run`` with the arguments, in a folder; returns `Ran`."""
    done = subprocess.run([sys.executable, "-m", "tf1_recipes", "run", *arguments], cwd=folder,
                          env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=TIMEOUT)
    return Ran(done.stdout, done.stderr, done.returncode)


class Server:
    """Runs the same in forks of one process, which has imported TensorFlow; see script_server.py.

    It starts with the first script.
    """

    def __init__(self):
        self._process = None
        self._environment = dict(os.environ)

    def run(self, arguments, folder, environment=None):
        """As `run_in_process`; by a process where the environment differs in what counts."""
        environment = dict(os.environ if environment is None else environment)
        if _at_start(environment) != _at_start(self._environment):
            return run_in_process(arguments, folder, environment)
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(SERVER)], env=self._environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
            self._process.stdin.write(json.dumps({
                "arguments": ["run", *arguments], "folder": str(folder), "stdout": out.name,
                "stderr": err.name, "environment": environment}) + "\n")
            self._process.stdin.flush()
            status = self._status(arguments)
            return Ran(_text(out), _text(err), status)

    def _status(self, arguments):
        if not select.select([self._process.stdout], [], [], TIMEOUT)[0]:
            os.killpg(self._process.pid, signal.SIGKILL)
            self.close()
            raise subprocess.TimeoutExpired(arguments, TIMEOUT)
        status = self._process.stdout.readline()
        assert status, "the server of scripts ended"
        return int(status)

    def close(self):
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait()
            self._process = None


def _at_start(environment):
    return {name: value for name, value in environment.items() if _AT_START.match(name)}


def _text(file):
    return Path(file.name).read_text(encoding="utf-8")


def write_script(path, source):
    """Writes a script, given as an indented text."""
    path.write_text(textwrap.dedent(source))
