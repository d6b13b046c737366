"""Builds the environments of the old TensorFlow releases from the package index.

    python tests/genuine/environments.py 1.15.5

prints the interpreter of that release's environment, and builds it first if need be, under
``.genuine/`` in the checkout (or in the folder that TF1_RECIPES_GENUINE names). What each consists
of is pinned to the last package in ``constraints-<release>.txt``.
"""
import contextlib
import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# What to ask pip for; the constraints say the versions of these and of all that they need.
REQUIREMENTS = {
    "0.12.1": ("2.7", ["tensorflow==0.12.1"]),
    "1.4.1": ("3.6", ["tensorflow==1.4.1"]),
    "1.7.1": ("3.6", ["tensorflow==1.7.1"]),
    "1.15.5": ("3.7", ["tensorflow==1.15.5", "protobuf", "keras", "scikit-learn", "pytest",
                       "hypothesis"]),
}


class Unavailable(Exception):
    """The release cannot be had on this machine; the text says why."""


def python_of(release):
    """Returns the path of the interpreter of a release's environment, building it if need be.

    Raises:
        Unavailable: no interpreter of its time is here, or no build of it for this machine.
    """
    version, packages = REQUIREMENTS[release]
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise Unavailable("TensorFlow %s has no build for %s on %s" % (
            release, platform.system(), platform.machine()))
    interpreter = find_interpreter(version)
    folder = Path(os.environ.get("TF1_RECIPES_GENUINE", ROOT / ".genuine"))
    folder.mkdir(parents=True, exist_ok=True)
    environment = folder / release
    constraints = HERE / ("constraints-%s.txt" % release)
    built = environment / "built-from.txt"
    with _locked(folder / (release + ".lock")):
        if not built.exists() or built.read_text() != constraints.read_text():
            shutil.rmtree(environment, ignore_errors=True)
            _build(interpreter, version, environment, constraints, packages)
            built.write_text(constraints.read_text())
    return str(environment / "bin" / "python")


def find_interpreter(version):
    """Returns a CPython of a version such as "2.7", from the PATH or from pyenv's folder.

    TF1_RECIPES_PYTHON_2_7 (and so on) names one directly.
    """
    variable = "TF1_RECIPES_PYTHON_" + version.replace(".", "_")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [os.environ.get(variable), shutil.which("python" + version)]
    candidates += sorted(pyenv.glob("versions/%s.*/bin/python" % version), reverse=True)
    for candidate in filter(None, candidates):
        question = "import sys; print('%d.%d' % sys.version_info[:2])"
        answer = subprocess.run([str(candidate), "-c", question], capture_output=True, text=True)
        if answer.returncode == 0 and answer.stdout.strip() == version:
            return str(candidate)
    raise Unavailable("there is no CPython %s here (on the PATH, under pyenv, or named by %s)" % (
        version, variable))


def _build(interpreter, version, environment, constraints, packages):
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "-q", "--no-cache-dir"]
    if version == "2.7":
        tools = environment.with_name(environment.name + "-tools")
        shutil.rmtree(tools, ignore_errors=True)
        _run([interpreter, "-m", "pip", "install", "-q", "--target", str(tools),
              "virtualenv==20.15.1"])
        _run([interpreter, "-m", "virtualenv", "-q", str(environment)],
             env=dict(os.environ, PYTHONPATH=str(tools)))
        shutil.rmtree(tools)
    else:
        _run([interpreter, "-m", "venv", str(environment)])
        # The pip that comes with these interpreters does not find the wheels there are.
        _run(pip + ["pip==21.3.1"])
    _run(pip + ["-c", str(constraints)] + packages)


def _run(command, env=None):
    environment = {name: value for name, value in (env or os.environ).items()
                   if env is not None or name != "PYTHONPATH"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if re.match("ERROR|error", line)]
        raise RuntimeError("%s failed: %s" % (
            " ".join(command[:6]), "; ".join(errors or done.stdout.splitlines()[-3:])))


@contextlib.contextmanager
def _locked(path):
    """Several test processes may ask for the same environment at once."""
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        for wanted in sys.argv[1:]:
            print(python_of(wanted))
    except (Unavailable, RuntimeError) as reason:
        sys.exit(str(reason))
    except KeyError as unknown:
        sys.exit("no release %s here; there are %s" % (unknown, ", ".join(REQUIREMENTS)))
