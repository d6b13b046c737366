"""``tf.contrib.session_bundle``: what an exporter writes, and which exports it keeps."""
import os
import shutil
import tempfile

import cases
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.contrib.session_bundle import exporter, gc, manifest_pb2


def listed(folder):
    return sorted(os.path.relpath(os.path.join(place, name), folder)
                  for place, _, names in os.walk(folder) for name in names)


def exported(keep=None, steps=(3, 5, 12), **options):
    """Exports a model; returns the files, and what the collections of the last one hold."""
    folder = tempfile.mkdtemp()
    asset = os.path.join(tempfile.mkdtemp(), "words.txt")
    with open(asset, "w") as file:
        file.write("a\nb\n")
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.device("/cpu:0"):
            x = tf.placeholder(tf.float32, [None], "x")
        w = tf.Variable(2.0, name="w")
        y = tf.multiply(x, w, "y")
        step = tf.Variable(0, name="step", trainable=False)
        session.run(tf.global_variables_initializer())
        made = exporter.Exporter(tf.train.Saver())
        made.init(
            init_op=tf.no_op("prepare"), assets_collection=[tf.constant(asset, name="asset")],
            default_graph_signature=exporter.classification_signature(x, scores_tensor=y),
            named_graph_signatures={"inputs": exporter.generic_signature({"images": x}),
                                    "numbers": exporter.regression_signature(x, y)}, **options)
        paths = []
        for at in steps:
            session.run(step.assign(at))
            paths.append(made.export(folder + "/", step, session, exports_to_keep=keep))
        text = [type(paths[-1]).__name__ == "bytes" or str is bytes]
        meta = tf.train.import_meta_graph(paths[-1].decode() + "/export.meta",
                                          import_scope="again")
        meta.restore(session, paths[-1].decode() + "/export")
    found = tf.MetaGraphDef()
    with open(paths[-1].decode() + "/export.meta", "rb") as file:
        found.ParseFromString(file.read())
    for key in sorted(found.collection_def):
        if key.startswith("serving_") and key != "serving_graph":
            kind = found.collection_def[key]
            text.append((key, list(kind.node_list.value)))
            text += [unpacked(each) for each in kind.any_list.value]
    graph = tf.GraphDef()
    for each in found.collection_def["serving_graph"].any_list.value:
        each.Unpack(graph)
        text.append([(node.name, node.device) for node in graph.node if node.op == "Placeholder"])
    text += [name for name in listed(folder) if not name.endswith("checkpoint")]
    shutil.rmtree(folder)
    return tf.constant([str(each) for each in text])


def unpacked(packed):
    message = getattr(manifest_pb2, packed.type_url.rpartition(".")[2])()
    assert packed.Unpack(message)
    return text_format.MessageToString(message)  # maps in order


def wrong(use):
    def build():
        tf.Variable(1.0)
        made = exporter.Exporter(tf.train.Saver())
        use(made)
        return tf.zeros([])
    return build


def kept(choose):
    paths = [gc.Path("/%d" % version, version) for version in (1, 2, 3, 8, 9)]
    return lambda: tf.constant([path.path for path in choose(paths)])


CASES = {
    "signatures and assets": lambda: exported(),
    "without devices": lambda: exported(clear_devices=True),
    "the newest": lambda: exported(gc.largest_export_versions(2)),
    "largest": kept(gc.largest_export_versions(2)),
    "one of three": kept(gc.one_of_every_n_export_versions(3)),
    "divisible": kept(gc.mod_export_version(2)),
    "either": kept(gc.union(gc.mod_export_version(3), gc.largest_export_versions(1))),
    "neither": kept(gc.negation(gc.mod_export_version(3))),
    "again": wrong(lambda made: [made.init(), made.init()]),
    "at once": wrong(lambda made: made.export("folder", None)),
    "no operation": wrong(lambda made: made.init(init_op="init")),
    "no file": wrong(lambda made: made.init(assets_collection=[tf.constant("")])),
    "files": wrong(lambda made: made.init(assets_collection=[tf.constant(["a", "b"])])),
    "a number": wrong(lambda made: made.init(assets_collection=[tf.constant(1)])),
    "no constant": wrong(lambda made: made.init(assets_collection=[tf.placeholder(tf.string)])),
    "no tensor": wrong(lambda made: made.init(assets_collection=["a"])),
}
cases.main(CASES)
