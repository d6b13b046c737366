"""How scripts are run: set by the command line, kept in the environment for child processes."""
import os

from tf1_recipes.errors import Error

_PREFIX = "TF1_RECIPES_"


def put(name, value):
    """Sets one, such as ``put("as_of", "0.12")``; None takes it away."""
    key = _PREFIX + name.upper()
    if value is None:
        os.environ.pop(key, None)
    else:
        os.environ[key] = "1" if value is True else str(value)


def as_of():
    """The release as of which scripts run, or None to guess it for each."""
    return os.environ.get(_PREFIX + "AS_OF") or None


def verbose():
    """Whether TensorFlow's own warnings are shown."""
    return bool(os.environ.get(_PREFIX + "VERBOSE"))


def data_dir():
    """The folder with data sets, or None to look where scripts look."""
    return os.environ.get(_PREFIX + "DATA_DIR") or None


def check():
    """Checks those that name something.

    Raises:
        Error: the folder for data is not there.
    """
    if data_dir() and not os.path.isdir(data_dir()):
        raise Error("--data-dir %s: there is no such folder" % data_dir())


def stand_in_data():
    """Whether scikit-learn's digits may stand in for data sets that are missing."""
    return bool(os.environ.get(_PREFIX + "STAND_IN_DATA"))


def download():
    """Whether data sets that are missing may be fetched from the net."""
    return bool(os.environ.get(_PREFIX + "DOWNLOAD"))
