"""Reads a checkpoint's list of tensors, V1 or V2, and finds slots and renamed tensors by name."""
from __future__ import annotations

import collections
import itertools
import os
import re
from typing import Collection, Container, Dict, List, Mapping, Optional, Tuple, Union

from tf1_recipes.graph.variable_selection import unmatched
from tf1_recipes.transfer.restore.checkpoint_places import CheckpointError, place_of_checkpoint
from tf1_recipes.transfer.restore.file_formats import format_of
from tf1_recipes.transfer.restore.v1_shards import without_shard
from tf1_recipes.untrusted.patterns import PatternError, Patterns
from tf1_recipes.v1 import tf

Checkpoint = collections.namedtuple("Checkpoint", "prefix version tensors")
StoredTensor = collections.namedtuple("StoredTensor", "shape dtype")

# The optimizer's own counters, whose names do not extend a variable's.
SHARED_SLOT = re.compile(r"(^|/)beta\d_power(_\d+)?$")


def open_checkpoint(path: Union[str, os.PathLike, None]) -> Checkpoint:
    """Reads a checkpoint's list of tensors, without their values.

    TensorFlow itself treats ``model.ckpt.index`` as a checkpoint without tensors, reports a missing
    data file as a missing variable, and a cut file as "not an sstable".

    Args:
        path: str or path-like: what ``Saver.save`` returned; a folder with a state file
            ``checkpoint``, which names the latest one; the folder of a SavedModel; for shards in
            format V1, their pattern, their prefix, or one of them.

    Returns:
        A ``Checkpoint`` namedtuple: ``prefix``, str, what ``Saver.restore`` takes; ``version``,
        ``"V1"`` or ``"V2"``; ``tensors``, dict of name to ``StoredTensor``, whose ``shape`` is a
        tuple of int and whose ``dtype`` is a ``tf.DType``, sorted by name.

    Raises:
        CheckpointError: there is no checkpoint, or it cannot be read.
    """
    if path is None:
        raise CheckpointError("the checkpoint is None: tf.train.latest_checkpoint returns None for "
                              "a folder without one")
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise CheckpointError("the checkpoint is %r: give a path, or a dict of names to arrays"
                              % (path,))
    prefix, version = place_of_checkpoint(path)
    advice = format_of(prefix).advice if version == "V1" else None
    if advice:
        raise CheckpointError("%r %s" % (prefix, advice))
    try:
        reader = tf.train.NewCheckpointReader(prefix)
        shapes = reader.get_variable_to_shape_map()
        dtypes = reader.get_variable_to_dtype_map()
    # Damage that no checksum shows is an IndexError or a MemoryError, among others.
    except (tf.errors.OpError, RuntimeError, ValueError, LookupError, MemoryError) as error:
        raise CheckpointError(_unreadable(prefix, version, error)) from None
    if not shapes:
        raise CheckpointError("the checkpoint %r has no tensors" % prefix)
    return Checkpoint(prefix, version, collections.OrderedDict(
        (name, StoredTensor(tuple(shapes[name]), dtypes[name])) for name in sorted(shapes)))


def damaged(prefix: str, error: Exception) -> str:
    """Returns the message for a checkpoint with a list of tensors whose values are damaged."""
    return ("the data of the checkpoint %r is damaged or cut short (%s): copy or save it again"
            % (prefix, _reason(error)))


def _unreadable(prefix, version, error):
    if version == "V2":
        return ("the index %r is damaged or cut short (%s): copy or save the checkpoint again"
                % (prefix + ".index", _reason(error)))
    if without_shard(prefix) != prefix:
        return ("a shard of the checkpoint %r, in format V1, is damaged or cut short (%s)"
                % (prefix, _reason(error)))
    return ("%r is not a TensorFlow checkpoint, or one in format V1 that is damaged or cut short "
            "(%s)" % (prefix, _reason(error)))


def _reason(error):
    """The line of TensorFlow's error with the reason, without the graph's traceback."""
    lines = (getattr(error, "message", None) or str(error)).splitlines()
    told = [line.strip() for line in lines if line.strip() and not re.match(
        r"\s*(Graph execution error|Detected at node|Node:|File \"|\[\[|Original stack)", line)]
    return re.sub(r"^.*(not an sstable|too short)", r"\1", told[0]).split(": perhaps")[0]


def owner_of(name: str, names: Container[str]) -> Optional[str]:
    """Returns the longest of the names that ``name`` extends, maybe in an outer scope, or None.

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
    """Whether a tensor of a checkpoint is, by its name, an optimizer's slot."""
    return bool(SHARED_SLOT.search(name) or owner_of(name, tensors))


def renamed(names: Mapping[str, Union[str, List[str]]], tensors: Collection[str],
            variables: Collection[str], what: str = "checkpoint tensor"
            ) -> Tuple[Dict[str, List[str]], List[str]]:
    """Applies a map of old names to new ones.

    Args:
        names: dict of a tensor's name, or of a regular expression for whole names, to the name of
            a variable, or to a replacement with back references, or to a list of these.
        tensors, variables: containers of str, the names on both sides.
        what: str, the word for a tensor in messages.

    Returns:
        A pair: the dict of tensors' names to lists of variables', and a list of problems (str).

    >>> renamed({r"conv(\\d)/w": r"block\\1/kernel"}, ["conv1/w", "other"], ["block1/kernel"])
    ({'conv1/w': ['block1/kernel']}, [])
    """
    goals, problems = collections.OrderedDict(), []
    for old, found in _found(names, tensors, problems):
        if not found:
            problems.append("names: " + unmatched(
                old, tensors, what, len(problems) < 10, scopes=False))
        for tensor, name in [(tensor, name) for tensor, new in found.items() for name in new]:
            if tensor in names and tensor != old:
                continue  # its exact name takes precedence over patterns
            if name in variables:
                goals.setdefault(tensor, {}).setdefault(name, old)
            elif old in tensors or not is_slot(tensor, tensors):
                # A pattern for weights may also match slots that the new net does not have.
                told = unmatched(name, variables, suggest=len(problems) < 10, scopes=False).replace(
                    " matches no", ", which is no")
                problems.append("names: %r would go to %s" % (tensor, told))
    sources = collections.OrderedDict()
    for tensor in goals:
        for name in goals[tensor]:
            sources.setdefault(name, []).append(tensor)
        if len(set(goals[tensor].values())) > 1:  # to those of one list it may go
            problems.append("names: %r would go to all of %s" % (tensor, _listed(goals[tensor])))
    problems.extend("names: %s would all go to %r" % (_listed(sources[name]), name)
                    for name in sorted(sources) if len(sources[name]) > 1)
    return {tensor: sorted(found) for tensor, found in goals.items()}, problems


def _found(names, tensors, problems):
    """Yields pairs of an old name and {tensor that it matches: its new names}."""
    with Patterns() as patterns:
        for old, new in names.items():
            new = [new] if isinstance(new, str) else list(new)
            if old in tensors:
                yield old, {old: new}
                continue
            try:
                found = patterns.all_expanded(old, tensors, new)
            except PatternError as error:
                problems.append("names: {%r: %r}: %s" % (
                    old, new[0] if len(new) == 1 else new, error))
                continue
            yield old, found


def _listed(names):
    return ", ".join(repr(name) for name in sorted(names))
