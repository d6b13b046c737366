"""``tf.contrib.session_bundle.exporter``: models for serving, as before there were SavedModels.

An export is a folder named by the step in eight digits. It holds a checkpoint ``export``, its
``export.meta``, whose collections tell the signatures, and the assets.
"""
import os
import re

from google.protobuf import any_pb2

from tf1_recipes.legacy.contrib.bundle_manifest import AssetFile, Signature, Signatures
from tf1_recipes.legacy.contrib.export_versions import Path, get_paths
from tf1_recipes.v1 import tf

META_GRAPH_DEF_FILENAME = "export.meta"
VARIABLES_FILENAME = "export"
ASSETS_DIRECTORY = "assets"
INIT_OP_KEY = "serving_init_op"
SIGNATURES_KEY = "serving_signatures"
ASSETS_KEY = "serving_assets"
GRAPH_KEY = "serving_graph"

__all__ = ["Exporter", "classification_signature", "generic_signature", "gfile_copy_callback",
           "regression_signature"]


def gfile_copy_callback(files_to_copy, export_dir_path):
    """Copies files, a dict of paths to names, into a folder."""
    tf.gfile.MakeDirs(export_dir_path)
    for path, name in files_to_copy.items():
        tf.gfile.Copy(path, os.path.join(tf.compat.as_bytes(export_dir_path),
                                         tf.compat.as_bytes(name)), overwrite=True)


def regression_signature(input_tensor, output_tensor):
    """Returns the ``Signature`` of a model from one tensor to another."""
    signature = Signature()
    signature.regression_signature.input.tensor_name = input_tensor.name
    signature.regression_signature.output.tensor_name = output_tensor.name
    return signature


def classification_signature(input_tensor, classes_tensor=None, scores_tensor=None):
    """Returns the ``Signature`` of a classifier, which gives classes, scores or both."""
    signature = Signature()
    signature.classification_signature.input.tensor_name = input_tensor.name
    if classes_tensor is not None:
        signature.classification_signature.classes.tensor_name = classes_tensor.name
    if scores_tensor is not None:
        signature.classification_signature.scores.tensor_name = scores_tensor.name
    return signature


def generic_signature(name_tensor_map):
    """Returns the ``Signature`` of tensors by name."""
    signature = Signature()
    for name, tensor in name_tensor_map.items():
        signature.generic_signature.map[name].tensor_name = tensor.name
    return signature


class Exporter:
    """Writes models by a saver.

    Args:
        saver: `tf.train.Saver`, which is copied, and keeps all it writes.
    """

    def __init__(self, saver):
        saver_def = saver.as_saver_def()
        saver_def.ClearField("max_to_keep")
        self._saver = tf.train.Saver(saver_def=saver_def)
        self._assets = None

    def init(self, graph_def=None, init_op=None, clear_devices=False,
             default_graph_signature=None, named_graph_signatures=None, assets_collection=None,
             assets_callback=gfile_copy_callback):
        """Says what the graph is for, in its collections; once.

        Args:
            graph_def: the graph for serving, by default the one written.
            init_op: Operation to be run when it is loaded.
            clear_devices: bool, whether to have the graph for serving without devices.
            default_graph_signature: ``Signature``.
            named_graph_signatures: dict of ``Signature``.
            assets_collection: list of string constants, the paths of files.
            assets_callback: function of a dict {path: name in the folder} and a folder.
        """
        assets = [(_path_of(tensor), tensor) for tensor in assets_collection or ()]
        if self._assets is not None:
            raise RuntimeError("init should be called only once")
        self._assets = {path: os.path.basename(path) for path, _ in assets}
        self._assets_callback = assets_callback
        if graph_def or clear_devices:
            copy = tf.GraphDef()
            copy.CopyFrom(graph_def or tf.get_default_graph().as_graph_def())
            if clear_devices:
                for node in copy.node:
                    node.device = ""
            _collect(GRAPH_KEY, copy)
        if init_op:
            if not isinstance(init_op, tf.Operation):
                raise TypeError("init_op needs to be an Operation: %s" % init_op)
            tf.add_to_collection(INIT_OP_KEY, init_op)
        signatures = Signatures()
        if default_graph_signature:
            signatures.default_signature.CopyFrom(default_graph_signature)
        for name, signature in (named_graph_signatures or {}).items():
            signatures.named_signatures[name].CopyFrom(signature)
        _collect(SIGNATURES_KEY, signatures)
        for path, tensor in assets:
            asset = AssetFile()
            asset.filename = os.path.basename(path)
            asset.tensor_binding.tensor_name = tensor.name
            _collect(ASSETS_KEY, asset)

    def export(self, export_dir_base, global_step_tensor, sess=None, exports_to_keep=None):
        """Writes an export.

        Args:
            export_dir_base: str, the folder in which those of all steps are.
            global_step_tensor: Tensor, or its name: what to call the export.
            sess: Session with the variables' values.
            exports_to_keep: function of `Path`s which returns those to keep, of this package's
                ``gc``, or None for all.

        Returns:
            bytes, the path of the export.
        """
        if self._assets is None:
            raise RuntimeError("init must be called first")
        base = export_dir_base[:-1] if export_dir_base.endswith("/") else export_dir_base
        folder = os.path.join(base, "%08d" % tf.train.global_step(sess, global_step_tensor))
        if tf.gfile.Exists(folder):
            raise RuntimeError("Overwriting exports can cause corruption and are not allowed. "
                               "Duplicate export dir: %s" % tf.compat.as_bytes(folder))
        # Written aside: who waits for exports finds whole ones only.
        aside = folder + "-tmp"
        tf.gfile.MakeDirs(aside)
        self._saver.save(sess, os.path.join(aside, VARIABLES_FILENAME), meta_graph_suffix="meta")
        if self._assets_callback and self._assets:
            assets = tf.compat.as_bytes(os.path.join(aside, ASSETS_DIRECTORY))
            tf.gfile.MakeDirs(assets)
            self._assets_callback(self._assets, assets)
        tf.gfile.Rename(aside, folder)
        if exports_to_keep:
            paths = get_paths(base, _versioned)
            for path in set(paths) - set(exports_to_keep(paths)):
                tf.gfile.DeleteRecursively(path.path)
        return tf.compat.as_bytes(folder)


def _versioned(path):
    version = re.fullmatch(r"\d{8}", os.path.basename(path.path.rstrip("/")))
    return Path(path.path, int(version.group())) if version else None


def _collect(key, message):
    packed = any_pb2.Any()
    packed.Pack(message)
    tf.add_to_collection(key, packed)


def _path_of(tensor):
    if not isinstance(tensor, tf.Tensor):
        raise TypeError("tensor is not a Tensor")
    if tensor.op.type != "Const":
        raise TypeError("Only constants tensor are supported")
    if tensor.dtype != tf.string:
        raise TypeError("File paths should be string")
    values = tensor.op.get_attr("value").string_val
    if len(values) != 1:
        raise TypeError("Only scalar tensors are supported")
    if not values[0]:
        raise ValueError("invalid asset filepath tensor %s" % tensor)
    return values[0]
