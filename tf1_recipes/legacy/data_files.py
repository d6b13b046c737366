"""Where the files of a data set are, and the error for those that are missing.

They are looked for in the folder of ``--data-dir``, then where the script looks. With
``--download`` what is missing is fetched into the script's own place for it.
"""
import os
import shutil
import urllib.parse

from tf1_recipes.errors import Error
from tf1_recipes.legacy import settings
from tf1_recipes.untrusted.visible import say


class MissingData(Error, FileNotFoundError):
    """Files of a data set are not there; its text lists them all, and what can be done."""


def find(what, names, folder, url=None, stand_in=False):
    """Returns the paths of a data set's files, in the order of their names.

    Args:
        what: str, the data set, for messages.
        names: list of str. A name in ``.gz`` may also lie there unpacked, without it.
        folder: str, where the script looks for them.
        url: str, the beginning of the addresses that they are fetched from by ``--download``.
        stand_in: bool, `stand_in` could take its place, which the message then offers.

    Raises:
        MissingData: some are in none of the places, and were not asked to be downloaded.
    """
    places = places_of(folder)
    found = {name: _first(places, name) for name in names}
    missing = [name for name in names if not found[name]]
    if missing and settings.download() and url:
        for name in missing:
            found[name] = fetch(url + name, os.path.join(folder, name))
    elif missing:
        raise MissingData(_message(what, missing, places, url, stand_in))
    for name in names:
        if os.path.dirname(found[name]) not in (folder, folder.rstrip("/")):
            _say_once("%s is read from %s" % (what, os.path.dirname(found[name])))
    return [found[name] for name in names]


def places_of(folder):
    """Returns the folders in which files are looked for that a script expects in one."""
    data_dir = settings.data_dir()
    if not data_dir:
        return [folder]
    own = os.path.basename(os.path.normpath(folder))
    return [os.path.join(data_dir, own), data_dir, folder]


def in_data_dir(name):
    """Returns the path of a file in the folder of ``--data-dir``, or None."""
    return _first([settings.data_dir()], name) if settings.data_dir() else None


def fetch(url, path):
    """Downloads a file; an interrupted download leaves none of that name.

    Raises:
        MissingData: it cannot be downloaded.
    """
    import urllib.request

    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    try:
        with urllib.request.urlopen(url) as source, open(path + ".part", "wb") as target:
            shutil.copyfileobj(source, target)
    except (OSError, ValueError) as error:
        raise MissingData("--download: cannot fetch %s (%s): put the file there yourself: %s" % (
            url, getattr(error, "reason", error), path)) from error
    os.replace(path + ".part", path)
    print("Successfully downloaded", os.path.basename(path), os.path.getsize(path), "bytes.")
    return path


def name_in(url):
    """Returns the file's name at the end of an address."""
    return os.path.basename(urllib.parse.urlsplit(url).path)


def _first(places, name):
    plain = name[:-len(".gz")] if name.endswith(".gz") else name
    # As browsers and others who unpack have called them.
    spellings = dict.fromkeys([name, plain, plain.replace("-idx", ".idx")])
    for place in places:
        for spelling in spellings:
            path = os.path.join(place, spelling)
            if os.path.isfile(path):
                return path
    return None


def _message(what, missing, places, url, stand_in):
    lines = ["%s is not here, and nothing is downloaded unless asked for. Missing:" % what]
    lines += ["  " + name for name in missing]
    lines.append("in " + " and in ".join(dict.fromkeys(
        os.path.abspath(place) for place in reversed(places))))
    ways = ["put the files there" + (" (from %s)" % url if url else ""),
            "name a folder that has them: tf1-recipes run --data-dir FOLDER ..."]
    if url:
        ways.append("let them be fetched: --download")
    if stand_in:
        ways.append("take scikit-learn's digits instead: --stand-in-data")
    ends = [";"] * (len(ways) - 1) + ["."]
    return lines + [start + way + end for start, way, end in zip(
        ["Either "] + ["    or "] * len(ways), ways, ends)]


_SAID = set()


def _say_once(text):
    if text not in _SAID:
        _SAID.add(text)
        say(text)
