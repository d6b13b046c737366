"""The shards of a checkpoint in format V1, such as ``p-00000-of-00002`` and ``p-00001-of-00002``.

``Saver(sharded=True, write_version=V1)`` writes them; TensorFlow reads the pattern
``p-?????-of-00002``, and, of a pattern without one of its shards, what the others hold.
"""
from __future__ import annotations

import os
import re
from typing import Dict, List, NamedTuple, Set

from tf1_recipes.v1 import tf

_SHARD = re.compile(r"(?P<prefix>.+)-(?P<shard>\d{5}|\?{5})-of-(?P<total>\d{5})$")


class Shards(NamedTuple):
    """The pattern of all shards, and the names of those that are not there."""

    pattern: str
    missing: List[str]


def shards_of(path: str) -> List[Shards]:
    """Returns the sharded checkpoints that a path may mean, of which at least one shard exists.

    Args:
        path: str: the pattern, the path of one shard, or the prefix of all.
    """
    folder, base = os.path.split(path)
    totals = _totals(folder or ".")
    given = _SHARD.match(base)
    if given:
        prefix, wanted = given.group("prefix"), {int(given.group("total"))}
    else:
        prefix, wanted = base, set(totals.get(base, {}))
    return [_shards(folder, prefix, total, totals[prefix][total])
            for total in sorted(wanted & set(totals.get(prefix, {})))]


def patterns_in(folder: str) -> List[str]:
    """Returns the patterns of the sharded checkpoints in a folder."""
    return [_name(prefix, "?????", total) for prefix, totals in _totals(folder).items()
            for total in totals]


def without_shard(path: str) -> str:
    """Returns the prefix of a shard's path or a pattern; any other path as it is."""
    given = _SHARD.match(path)
    return given.group("prefix") if given else path


def _totals(folder: str) -> Dict[str, Dict[int, Set[str]]]:
    """{prefix: {number of shards: names of files}}"""
    found: Dict[str, Dict[int, Set[str]]] = {}
    for name in tf.io.gfile.listdir(folder) if tf.io.gfile.isdir(folder) else []:
        shard = _SHARD.match(name)
        # The data of format V2 has such names, too.
        if shard and "?" not in shard.group("shard") and not re.search(
                r"\.data-\d{5}-of-\d{5}$", name):
            found.setdefault(shard.group("prefix"), {}).setdefault(
                int(shard.group("total")), set()).add(name)
    return found


def _shards(folder, prefix, total, found):
    names = [_name(prefix, "%05d" % shard, total) for shard in range(total)]
    return Shards(os.path.join(folder, _name(prefix, "?????", total)),
                  [name for name in names if name not in found])


def _name(prefix, shard, total):
    return "%s-%s-of-%05d" % (prefix, shard, total)
