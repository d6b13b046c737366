"""``tf.contrib.session_bundle.gc``: functions that choose which exports of a model to keep.

Each takes a list of `Path` and returns those to keep, in order.
"""
import math
import os
from collections import namedtuple

from tf1_recipes.v1 import tf

Path = namedtuple("Path", "path export_version")


def largest_export_versions(n):
    """Keeps the newest ``n``."""
    def keep(paths):
        known = [path for path in paths if path.export_version is not None]
        known.sort(key=lambda path: path.export_version)
        return sorted(known[len(known) - min(n, len(known)):])
    return keep


def one_of_every_n_export_versions(n):
    """Keeps the newest of each interval: 0 to n, then above n to 2n, and so on."""
    def keep(paths):
        newest = {}
        for path in paths:
            if path.export_version is not None:
                at = math.floor((path.export_version - 1) / n) if path.export_version else 0
                if at not in newest or newest[at].export_version < path.export_version:
                    newest[at] = path
        return sorted(newest.values())
    return keep


def mod_export_version(n):
    """Keeps those whose version ``n`` divides."""
    return lambda paths: sorted(path for path in paths if path.export_version % n == 0)


def union(lf, rf):
    """Keeps what one of two functions keeps."""
    return lambda paths: sorted(set(lf(paths)) | set(rf(paths)))


def negation(f):
    """Keeps what a function does not."""
    return lambda paths: sorted(set(paths) - set(f(paths)))


def get_paths(base_dir, parser):
    """Returns what is in a folder as `Path`s; ``parser`` gives each its version, or None."""
    found = (parser(Path(os.path.join(base_dir, name.rstrip("/")), None))
             for name in tf.gfile.ListDirectory(base_dir))
    return sorted(path for path in found if path)
