"""Checkpoints of TensorFlow 2, which name a tensor by the objects that lead to it.

``tf.train.Checkpoint`` and Keras store ``model/layer_with_weights-0/kernel/.ATTRIBUTES/
VARIABLE_VALUE`` and, in one more tensor, the graph of the objects, with each variable's own name.
TF1's ``Saver`` falls back on these names, too.
"""
from __future__ import annotations

import collections
from typing import Any, Container, Dict

from tf1_recipes.transfer.restore.checkpoints import Checkpoint
from tf1_recipes.v1 import tf

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def names_of_objects(stored: Any, variables: Container[str]) -> Dict[str, str]:
    """Returns the part of `variable_names` that leads to the given variables.

    Args:
        stored: ``Checkpoint``, or arrays. variables: container of str, names of variables.
    """
    return {tensor: name for tensor, name in variable_names(stored).items() if name in variables}


def variable_names(stored: Any) -> Dict[str, str]:
    """Returns {tensor's name: its variable's own name}, where one is known and only once there.

    Args:
        stored: ``Checkpoint``, or arrays, which have no objects.
    """
    if OBJECT_GRAPH not in stored.tensors or not isinstance(stored, Checkpoint):
        return {}
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import trackable_object_graph_pb2

    try:
        text = tf.train.NewCheckpointReader(stored.prefix).get_tensor(OBJECT_GRAPH)
        graph = trackable_object_graph_pb2.TrackableObjectGraph.FromString(text)
    except (tf.errors.OpError, RuntimeError, ValueError, TypeError, DecodeError):
        return {}  # It is damaged; the tensors keep the names under which they are stored.
    found = {attribute.checkpoint_key: attribute.full_name for node in graph.nodes
             for attribute in node.attributes if attribute.checkpoint_key in stored.tensors}
    counts = collections.Counter(found.values())
    return {tensor: name for tensor, name in found.items()
            if name and counts[name] == 1 and name not in stored.tensors}
