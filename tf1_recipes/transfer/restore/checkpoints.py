"""Reading a checkpoint's list of tensors, V1 or V2, and telling its names: slots, renamings."""
from __future__ import annotations

import collections
import itertools
import os
import re
from typing import Collection, Container, Dict, List, Mapping, Optional, Tuple, Union

from tf1_recipes.errors import Error
from tf1_recipes.graph.variable_selection import unmatched
from tf1_recipes.untrusted.patterns import PatternError, Patterns
from tf1_recipes.v1 import tf

Checkpoint = collections.namedtuple("Checkpoint", "prefix version tensors")
StoredTensor = collections.namedtuple("StoredTensor", "shape dtype")

# The optimizer's own counters, which extend no other name.
SHARED_SLOT = re.compile(r"(^|/)beta\d_power(_\d+)?$")

_PIECE = re.compile(r"^(?P<prefix>.+)\.(meta|index|data-\d{5}-of-\d{5})$")
_SHARD = re.compile(r"\.data-\d{5}-of-(\d{5})$")
_OTHER_FORMATS = [
    (b"\x93NUMPY", "a NumPy array (.npy)"),
    (b"model_checkpoint_path", "the state file of a folder of checkpoints"),
]


class CheckpointError(Error):
    """There is no checkpoint where one was named, or it is damaged; the text says what to give."""


def open_checkpoint(path: Union[str, os.PathLike, None]) -> Checkpoint:
    """Reads a checkpoint's list of tensors, and none of their values.

    TensorFlow itself takes ``model.ckpt.index`` for a checkpoint without tensors, calls a missing
    data file a missing variable, and says of a cut file that it is "not an sstable".

    Args:
        path: str or path-like: what ``Saver.save`` returned, or a folder whose state file
            ``checkpoint`` names its latest one.

    Returns:
        A ``Checkpoint`` namedtuple: ``prefix``, str, what ``Saver.restore`` takes; ``version``,
        ``"V1"`` or ``"V2"``; ``tensors``, dict of name to ``StoredTensor``, whose ``shape`` is a
        tuple of int and whose ``dtype`` is a ``tf.DType``, sorted by name.

    Raises:
        CheckpointError: there is none, or it cannot be read.
    """
    if path is None:
        raise CheckpointError("None is no checkpoint: that is what tf.train.latest_checkpoint "
                              "returns for a folder without one")
    prefix = os.fsdecode(path)
    if tf.io.gfile.isdir(prefix) and not tf.io.gfile.exists(prefix + ".index"):
        prefix = _latest(prefix)
    version = _version(prefix)
    try:
        reader = tf.train.NewCheckpointReader(prefix)
        shapes = reader.get_variable_to_shape_map()
        dtypes = reader.get_variable_to_dtype_map()
    # Damage that no checksum shows is an IndexError or a MemoryError, among others.
    except (tf.errors.OpError, RuntimeError, ValueError, LookupError, MemoryError) as error:
        raise CheckpointError(_unreadable(prefix, version, error)) from None
    if not shapes:
        raise CheckpointError("the checkpoint %r holds no tensor" % prefix)
    return Checkpoint(prefix, version, collections.OrderedDict(
        (name, StoredTensor(tuple(shapes[name]), dtypes[name])) for name in sorted(shapes)))


def damaged(prefix: str, error: Exception) -> str:
    """Returns the line for a checkpoint whose list of tensors is there, but not their values."""
    return ("the data of the checkpoint %r is damaged or cut short (%s): copy or save it again"
            % (prefix, _reason(error)))


def _latest(folder):
    try:
        state = tf.train.get_checkpoint_state(folder)
    except ValueError:
        state = None
    if state is None:
        raise CheckpointError("the folder %r has no readable state file `checkpoint`; %s"
                              % (folder, _what_is_there(folder)))
    prefix = state.model_checkpoint_path
    if not (tf.io.gfile.exists(prefix) or tf.io.gfile.exists(prefix + ".index")):
        raise CheckpointError("the state file of the folder %r names %r, which is not there; %s"
                              % (folder, prefix, _what_is_there(folder)))
    return prefix


def _version(prefix):
    """Returns the format of what lies at the prefix; TensorFlow prefers V2, too."""
    piece = _PIECE.match(prefix)
    folder = os.path.dirname(prefix) or "."
    if tf.io.gfile.exists(prefix + ".index"):
        missing = _missing_shards(prefix, folder)
        if missing:
            raise CheckpointError("the checkpoint %r lacks its data: there is no file %s"
                                  % (prefix, ", ".join(repr(name) for name in missing)))
        version = "V2"
    elif piece and _is_checkpoint(piece.group("prefix")):
        raise CheckpointError("%r is one file of a checkpoint; give the checkpoint's own name, %r"
                              % (prefix, piece.group("prefix")))
    elif tf.io.gfile.exists(prefix):
        version = "V1"
    elif _missing_shards(prefix, folder) == []:
        raise CheckpointError("the checkpoint %r lacks its index: there is no file %r"
                              % (prefix, os.path.basename(prefix) + ".index"))
    elif not tf.io.gfile.isdir(folder):
        raise CheckpointError("there is no checkpoint %r: the folder %r does not exist"
                              % (prefix, folder))
    else:
        raise CheckpointError("there is no checkpoint %r; %s" % (prefix, _what_is_there(folder)))
    if re.search(r"[*?\[]", prefix):
        raise CheckpointError("TensorFlow takes *, ? and [ in the path %r for wildcards and cannot "
                              "open it: rename it, or link to it" % prefix)
    return version


def _is_checkpoint(prefix):
    return any(tf.io.gfile.exists(prefix + end) and not tf.io.gfile.isdir(prefix + end)
               for end in ("", ".index"))


def _missing_shards(prefix, folder):
    """Returns the names of the data files that are not there, or None if not one is there."""
    base = os.path.basename(prefix)
    first = base + ".data-00000-of-00001"
    names = tf.io.gfile.listdir(folder) if tf.io.gfile.isdir(folder) else []
    found = {name for name in names if name.startswith(base) and _SHARD.match(name[len(base):])}
    if not found:
        return [first] if tf.io.gfile.exists(prefix + ".index") else None
    # Fewer shards than the names speak of, or leftovers of a save in another number of shards.
    totals = {int(_SHARD.search(name).group(1)) for name in found}
    wanted = [["%s.data-%05d-of-%05d" % (base, shard, total) for shard in range(total)]
              for total in sorted(totals)]
    lacking = [[name for name in names if name not in found] for names in wanted]
    return min(lacking, key=len)


def _what_is_there(folder):
    names = [piece.group("prefix") for piece in map(_PIECE.match, tf.io.gfile.listdir(folder))
             if piece and _is_checkpoint(os.path.join(folder, piece.group("prefix")))]
    paths = [repr(os.path.join(folder, name)) for name in sorted(set(names))]
    if not paths:
        return "no V2 checkpoint lies in the folder %r" % folder
    more = ", ..." if len(paths) > 5 else ""
    return "the folder holds %s%s: give one of these" % (", ".join(paths[:5]), more)


def _unreadable(prefix, version, error):
    if version == "V2":
        return ("the index %r is damaged or cut short (%s): copy or save the checkpoint again"
                % (prefix + ".index", _reason(error)))
    with tf.io.gfile.GFile(prefix, "rb") as file:
        start = file.read(32)
    for magic, title in _OTHER_FORMATS:
        if start.startswith(magic):
            hint = "give the folder" if "state" in title else "a Saver's checkpoint is wanted"
            return "%r is %s, not a checkpoint: %s" % (prefix, title, hint)
    return ("%r is not a TensorFlow checkpoint, or one in format V1 that is damaged or cut short "
            "(%s)" % (prefix, _reason(error)))


def _reason(error):
    """The line of TensorFlow's error that tells, without the graph's own traceback."""
    lines = (getattr(error, "message", None) or str(error)).splitlines()
    told = [line.strip() for line in lines if line.strip() and not re.match(
        r"\s*(Graph execution error|Detected at node|Node:|File \"|\[\[|Original stack)", line)]
    return re.sub(r"^.*(not an sstable|too short)", r"\1", told[0]).split(": perhaps")[0]


def owner_of(name: str, names: Container[str]) -> Optional[str]:
    """The longest of the names that ``name`` extends, maybe in an outer scope, or None.

    Args:
        name: str. names: container of str.

    >>> owner_of("train/hidden1/kernel/Adam_1", {"hidden1/kernel", "kernel"})
    'hidden1/kernel'
    """
    pieces = name.split("/")
    spans = sorted(itertools.combinations(range(len(pieces)), 2), key=lambda s: s[0] - s[1])
    for start, end in spans:
        if "/".join(pieces[start:end]) in names:
            return "/".join(pieces[start:end])
    return None


def is_slot(name: str, tensors: Container[str]) -> bool:
    """Whether a tensor of a checkpoint is an optimizer's slot, by its name."""
    return bool(SHARED_SLOT.search(name) or owner_of(name, tensors))


def renamed(names: Mapping[str, str], tensors: Collection[str], variables: Collection[str],
            what: str = "checkpoint tensor") -> Tuple[Dict[str, str], List[str]]:
    """Applies a map of old names to new ones.

    Args:
        names: dict of a tensor's name, or of a regular expression for whole names, to the name of
            a variable, or to a replacement with back references.
        tensors, variables: containers of str, the names on both sides.
        what: str, what messages call a tensor.

    Returns:
        A pair: the dict of tensors' to variables' names, and a list of problems (str).

    >>> renamed({r"conv(\\d)/w": r"block\\1/kernel"}, ["conv1/w", "other"], ["block1/kernel"])
    ({'conv1/w': 'block1/kernel'}, [])
    """
    goals, problems = collections.OrderedDict(), []
    for old, found in _found(names, tensors, problems):
        if not found:
            problems.append("names: " + unmatched(old, tensors, what, len(problems) < 10))
        for tensor, name in found.items():
            if tensor in names and tensor != old:
                continue  # its exact name goes before any pattern
            if name in variables:
                goals.setdefault(tensor, set()).add(name)
            elif old in tensors or not is_slot(tensor, tensors):
                # A pattern for weights may well cover slots that the new net does not have.
                told = unmatched(name, variables, suggest=len(problems) < 10).replace(
                    " matches no", ", which is no")
                problems.append("names: %r would go to %s" % (tensor, told))
    sources = collections.OrderedDict()
    for tensor in goals:
        for name in goals[tensor]:
            sources.setdefault(name, []).append(tensor)
        if len(goals[tensor]) > 1:
            problems.append("names: %r would go to all of %s" % (tensor, _listed(goals[tensor])))
    problems.extend("names: %s would all go to %r" % (_listed(sources[name]), name)
                    for name in sorted(sources) if len(sources[name]) > 1)
    return {tensor: min(found) for tensor, found in goals.items()}, problems


def _found(names, tensors, problems):
    """Yields pairs of an old name and the dict of the tensors that it means to new names."""
    with Patterns() as patterns:
        for old, new in names.items():
            if old in tensors:
                yield old, {old: new}
                continue
            try:
                found = patterns.all_expanded(old, tensors, [new])
            except PatternError as error:
                problems.append("names: {%r: %r}: %s" % (old, new, error))
                continue
            yield old, {name: expanded for name, (expanded,) in found.items()}


def _listed(names):
    return ", ".join(repr(name) for name in sorted(names))
