"""What ``tf.contrib`` held in genuine releases: facts that were read off them, beside this file.

``public_names.tsv``: a name, the last of the releases 1.15.5, 1.7.1 and 0.12.1 that had it, what it
was, and its arguments with their default values (of functions and types the name only).
``source_files.txt``: the packages and modules below contrib in which its source stood.
"""
import functools
from collections import namedtuple
from pathlib import Path

Known = namedtuple("Known", "release kind arguments")
_HERE = Path(__file__).parent


@functools.lru_cache(maxsize=None)
def public():
    """Returns ``{name below tf.contrib: Known}``."""
    rows = (_HERE / "public_names.tsv").read_text(encoding="utf-8").splitlines()
    return {name: Known(*rest) for name, *rest in (row.split("\t") for row in rows)}


@functools.lru_cache(maxsize=None)
def source_files():
    """Returns the set of source modules and their packages, such as "layers.python.layers"."""
    files = set((_HERE / "source_files.txt").read_text(encoding="utf-8").split())
    return files | {file.rpartition(".")[0] for file in files}


def describe(name):
    """Returns what a name was, such as "the function flatten(inputs)", or None."""
    known = public().get(name)
    if known is None:
        return None
    text = "the %s %s" % (known.kind, name.rpartition(".")[2])
    if known.arguments:
        text += "(%s)" % known.arguments
    return text if known.release == "1.15.5" else "%s of releases up to %s" % (text, known.release)
