"""Graphs printed as by the release: its op names and version, and no attributes that came later.

Files that a script writes, and what it sends to other programs, are not changed.
"""
import functools

from tf1_recipes.legacy.patch import patch

# Written by TensorFlow 2 to every op that was built under control dependencies.
_LATER = ("_has_manual_control_dependencies",)
# tf.GRAPH_DEF_VERSION of the release that an era is checked against.
_VERSIONS = {"0.12": 17, "1.4": 24, "1.7": 26, "1.15": 134}
# Ops that the release called otherwise, of the same inputs.
_OPS = {"1.7": {"AddV2": "Add", "BatchMatMulV2": "BatchMatMul"}}
_OPS["1.4"] = _OPS["1.7"]
_OPS["0.12"] = dict(_OPS["1.7"], VariableV2="Variable", InTopKV2="InTopK", RealDiv="Div")


@patch("graphs are printed as the release printed them", after="tensorflow")
def printed_graphs(changes, tensorflow):
    from tensorflow.core.framework import graph_pb2, node_def_pb2

    era = changes.target.era.name
    printed = functools.partialmethod(_printed, _VERSIONS[era], _OPS.get(era, {}))
    for message in (graph_pb2.GraphDef, node_def_pb2.NodeDef):
        changes.put(message, "__str__", printed)
        changes.put(message, "__repr__", printed)


def _printed(message, version, names):
    from google.protobuf import text_format
    from tensorflow.python.framework import versions

    message = type(message).FromString(message.SerializeToString())
    for node in message.node if hasattr(message, "node") else [message]:
        for name in _LATER:
            node.attr.pop(name, None)
        node.op = names.get(node.op, node.op)
    if hasattr(message, "versions") and message.versions.producer == versions.GRAPH_DEF_VERSION:
        message.versions.producer = version  # not of a graph that was read from a file
    return text_format.MessageToString(message)
