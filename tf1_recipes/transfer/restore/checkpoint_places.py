"""Finds the files of a checkpoint: what TensorFlow takes for the path that somebody gives."""
from __future__ import annotations

import os
import re
from typing import Tuple, Union

from tf1_recipes.errors import Error
from tf1_recipes.transfer.restore.v1_shards import patterns_in, shards_of, without_shard
from tf1_recipes.v1 import tf

_PIECE = re.compile(r"^(?P<prefix>.+)\.(meta|index|data-\d{5}-of-\d{5})$")
_MODELS = ("saved_model.pb", "saved_model.pbtxt")
_SHARD = re.compile(r"\.data-\d{5}-of-(\d{5})$")


class CheckpointError(Error):
    """A checkpoint does not exist or is damaged; the text says what to give instead."""


def place_of_checkpoint(path: Union[str, os.PathLike]) -> Tuple[str, str]:
    """Returns the prefix, or the pattern of the shards, that TensorFlow takes; and the format.

    Args:
        path: see ``open_checkpoint``.

    Raises:
        CheckpointError: there is none, or one of its files is missing.
    """
    prefix = os.fsdecode(path)
    if tf.io.gfile.isdir(prefix) and not tf.io.gfile.exists(prefix + ".index"):
        prefix = _of_folder(prefix)
    return _found_at(prefix)


def _of_folder(folder):
    """The checkpoint that a folder stands for: a SavedModel's variables, or the latest."""
    try:
        state = tf.train.get_checkpoint_state(folder)
    except ValueError:
        state = None
    if state is None and _is_saved_model(folder):
        prefix = os.path.join(folder, "variables", "variables")
        if not tf.io.gfile.exists(prefix + ".index"):
            raise CheckpointError("the SavedModel %r has no variables: there is no file %r"
                                  % (folder, prefix + ".index"))
        return prefix
    if state is None:
        raise CheckpointError("the folder %r has no readable state file `checkpoint`; %s"
                              % (folder, _what_is_there(folder)))
    prefix = state.model_checkpoint_path
    if not (_is_checkpoint(prefix) or shards_of(prefix)):
        raise CheckpointError("the state file of the folder %r names %r, which does not exist; %s"
                              % (folder, prefix, _what_is_there(folder)))
    return prefix


def _is_saved_model(folder):
    return any(tf.io.gfile.exists(os.path.join(folder, name)) for name in _MODELS)


def _found_at(prefix):
    """Returns what TensorFlow takes, and its format: V2 if both exist, as TensorFlow does."""
    piece = _PIECE.match(prefix)
    folder = os.path.dirname(prefix) or "."
    if tf.io.gfile.exists(prefix + ".index"):
        missing = _missing_shards(prefix, folder)
        if missing:
            raise CheckpointError("the checkpoint %r lacks its data: there is no file %s"
                                  % (prefix, ", ".join(repr(name) for name in missing)))
        version = "V2"
    elif piece and (_is_checkpoint(piece.group("prefix")) or shards_of(piece.group("prefix"))):
        raise CheckpointError("%r is one file of a checkpoint; give the checkpoint's own name, %r"
                              % (prefix, piece.group("prefix")))
    elif tf.io.gfile.exists(prefix) and os.path.basename(prefix) in _MODELS:
        raise CheckpointError("%r is the graph of a SavedModel: give its folder, %r"
                              % (prefix, folder))
    elif tf.io.gfile.exists(prefix) and without_shard(prefix) == prefix:
        version = "V1"
    elif shards_of(prefix):
        prefix, version = _whole(prefix), "V1"
    elif _missing_shards(prefix, folder) == []:
        raise CheckpointError("the checkpoint %r lacks its index: there is no file %r"
                              % (prefix, os.path.basename(prefix) + ".index"))
    elif not tf.io.gfile.isdir(folder):
        raise CheckpointError("there is no checkpoint %r: the folder %r does not exist"
                              % (prefix, folder))
    else:
        raise CheckpointError("there is no checkpoint %r; %s" % (prefix, _what_is_there(folder)))
    if re.search(r"[*?\[]", without_shard(prefix)):
        raise CheckpointError("TensorFlow takes *, ? and [ in the path %r for wildcards and cannot "
                              "open it: rename it, or link to it" % prefix)
    return prefix, version


def _whole(path):
    """Returns the pattern of the shards of format V1 that a path means, all of which are there."""
    found = shards_of(path)
    whole = [shards for shards in found if not shards.missing]
    if len(whole) > 1:
        raise CheckpointError("the checkpoint %r is there in several numbers of shards: give one "
                              "of %s" % (path, ", ".join(repr(each.pattern) for each in whole)))
    if not whole:
        nearest = min(found, key=lambda shards: len(shards.missing))
        raise CheckpointError("the checkpoint %r lacks shards: there is no file %s" % (
            nearest.pattern, ", ".join(map(repr, nearest.missing))))
    return whole[0].pattern


def _is_checkpoint(prefix):
    return any(tf.io.gfile.exists(prefix + end) and not tf.io.gfile.isdir(prefix + end)
               for end in ("", ".index"))


def _missing_shards(prefix, folder):
    """Returns the names of the missing data files, or None if all are missing."""
    base = os.path.basename(prefix)
    first = base + ".data-00000-of-00001"
    names = tf.io.gfile.listdir(folder) if tf.io.gfile.isdir(folder) else []
    found = {name for name in names if name.startswith(base) and _SHARD.match(name[len(base):])}
    if not found:
        return [first] if tf.io.gfile.exists(prefix + ".index") else None
    # Fewer shards than the names say, or files of an older save in another number of shards.
    totals = {int(_SHARD.search(name).group(1)) for name in found}
    wanted = [["%s.data-%05d-of-%05d" % (base, shard, total) for shard in range(total)]
              for total in sorted(totals)]
    lacking = [[name for name in names if name not in found] for names in wanted]
    return min(lacking, key=len)


def _what_is_there(folder):
    names = [piece.group("prefix") for piece in map(_PIECE.match, tf.io.gfile.listdir(folder))
             if piece and _is_checkpoint(os.path.join(folder, piece.group("prefix")))]
    paths = [repr(os.path.join(folder, name)) for name in sorted({*names, *patterns_in(folder)})]
    models = [name for name in tf.io.gfile.listdir(folder)
              if _is_saved_model(os.path.join(folder, name))]
    if not paths and models:  # an estimator's exports, which are named by their time
        paths = [repr(os.path.join(folder, name.rstrip("/"))) for name in sorted(models)]
    if not paths:
        return "the folder %r has no V2 checkpoint" % folder
    more = ", ..." if len(paths) > 5 else ""
    return "the folder has %s%s: give one of these" % (", ".join(paths[:5]), more)
