"""Scripts that use contrib's smaller parts, against what TensorFlow 1.15.5 printed of them."""

EXPORT = """
import os
import tensorflow as tf
from tensorflow.contrib.learn.python.learn.utils import input_fn_utils
from tensorflow.contrib.learn.python.learn.estimators import constants

layers = tf.contrib.layers
columns = [layers.sparse_column_with_hash_bucket("word", 10), layers.real_valued_column("x")]


def data(labels):
    return lambda: ({"word": tf.constant([["a"], ["b"]]), "x": tf.constant([[3.], [4.]])},
                    tf.constant(labels))


def show(title, model, labels, serving):
    model.fit(input_fn=data(labels), steps=2)
    folder = model.export_savedmodel("models_" + title, serving, assets_extra={"a/b": "note"})
    print(title, type(folder).__name__, sorted(os.listdir(folder)),
          sorted(os.listdir(os.path.join(folder.decode(), "assets.extra"))))
    with tf.Session(graph=tf.Graph()) as session:
        graph = tf.saved_model.loader.load(session, ["serve"], folder)
        for name, signature in sorted(graph.signature_def.items()):
            print(name, signature.method_name)
            for key, info in sorted(signature.inputs.items()) + sorted(signature.outputs.items()):
                print("   ", key, tf.as_dtype(info.dtype).name, len(info.tensor_shape.dim))
        print(sorted(session.graph.get_collection("input_feature_keys")))
        served = graph.signature_def["serving_default"]
        print(sorted(served.inputs) + sorted(served.outputs))


open("note", "w").write("n")
spec = layers.create_feature_spec_for_parsing(columns)
print(sorted(spec), constants.ProblemType.LINEAR_REGRESSION)
parsing = input_fn_utils.build_parsing_serving_input_fn(spec)
show("two", tf.contrib.learn.LinearClassifier(columns), [0, 1], parsing)
show("three", tf.contrib.learn.DNNClassifier(
    [3], columns[1:], n_classes=3, label_keys=["p", "q", "r"]), ["q", "r"], parsing)
show("number", tf.contrib.learn.LinearRegressor(columns[1:]), [0.5, 1], parsing)


def own(features, labels, mode):
    weight = tf.get_variable("w", [1])
    outputs = features["x"] * weight
    loss = tf.reduce_mean(tf.square(outputs - tf.cast(labels, tf.float32))) \
        if labels is not None else None
    return outputs, loss, tf.assign_add(tf.train.get_global_step(), 1)


show("own", tf.contrib.learn.Estimator(own), [1, 2],
     lambda: input_fn_utils.build_default_serving_input_fn({"x": tf.constant([[1.]])})())
"""
EXPORTED = """\
['word', 'x'] 2
two bytes [b'assets.extra', b'saved_model.pb', b'variables'] ['a']
default_input_alternative:None tensorflow/serving/classify
    inputs string 1
    classes string 2
    scores float32 2
serving_default tensorflow/serving/classify
    inputs string 1
    classes string 2
    scores float32 2
[b'word', b'x']
['inputs', 'classes', 'scores']
three bytes [b'assets.extra', b'saved_model.pb', b'variables'] ['a']
default_input_alternative:None tensorflow/serving/classify
    inputs string 1
    classes string 2
    scores float32 2
serving_default tensorflow/serving/classify
    inputs string 1
    classes string 2
    scores float32 2
[b'word', b'x']
['inputs', 'classes', 'scores']
number bytes [b'assets.extra', b'saved_model.pb', b'variables'] ['a']
default_input_alternative:None tensorflow/serving/regress
    inputs string 1
    outputs float32 1
serving_default tensorflow/serving/regress
    inputs string 1
    outputs float32 1
[b'word', b'x']
['inputs', 'outputs']
own bytes [b'assets.extra', b'saved_model.pb', b'variables'] ['a']
default_input_alternative:default_output_alternative tensorflow/serving/predict
    x float32 2
    output float32 2
serving_default tensorflow/serving/predict
    x float32 2
    output float32 2
[b'x']
['x', 'output']
"""

SMALL = """
import tensorflow as tf
import tensorflow.contrib.slim as slim
from tensorflow.contrib.framework import nest
from tensorflow.python.util import nest as own
from tensorflow.python.ops.control_flow_ops import while_loop, cond
from tensorflow.python.framework.ops import Tensor
print(tf.keras.__version__)
print(nest.is_sequence((1, 2)), own.is_sequence(3), nest.flatten_up_to([1, 2], [[3], [4]]))
print(sorted(nest.flatten({"b": 1, "a": [2, 3]})))
x = tf.placeholder(tf.float32, [2, 3])
with tf.variable_scope("s"):
    y = slim.fully_connected(x, 4, outputs_collections="ends", scope="fc")
print(sorted(slim.utils.convert_collection_to_dict("ends")))
print(slim.utils.last_dimension(y.get_shape(), min_rank=2), slim.utils.two_element_tuple(3))
"""
SMALL_OF_1_15 = """\
2.2.4-tf
True False [[3], [4]]
[1, 2, 3]
['s/fc']
4 (3, 3)
"""


def test_an_estimator_is_exported_as_then(run_script):
    """The signatures, their methods and the tensors in them, by the heads and by a model's own."""
    assert run_script(EXPORT, check=True).stdout == EXPORTED


def test_names_that_slim_and_nest_had(run_script):
    assert run_script(SMALL, check=True).stdout == SMALL_OF_1_15
