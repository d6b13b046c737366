"""Each type of the table of row rules, against its kernel: what it accepts is computed alone."""
import numpy as np
import pytest

from tests.test_layer_cache_row_proof import proven, taken, unoptimized
from tf1_recipes.transfer.cache.rows.elementwise import ELEMENTWISE
from tf1_recipes.transfer.cache.rows.kinds import Rows
from tf1_recipes.v1 import tf

pytestmark = pytest.mark.filterwarnings("ignore")


def definition(name):
    from tensorflow.python.framework import op_def_registry
    if hasattr(op_def_registry, "get"):
        return op_def_registry.get(name)
    return op_def_registry.get_registered_ops().get(name)


ARGUMENTS = {
    "AddN": lambda x: {"inputs": [x, x]}, "SelectV2": lambda x: {"condition": tf.cast(x, tf.bool)},
    "FakeQuantWithMinMaxVars": lambda x: {"min": -1.0, "max": 1.0},
    "Bucketize": lambda x: {"boundaries": [0.0, 1.0]}, "Cast": lambda x: {"DstT": tf.int32},
    "CheckNumerics": lambda x: {"message": ""}, "CheckNumericsV2": lambda x: {"message": ""},
    "PlaceholderWithDefault": lambda x: {"shape": [None, 3]}}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_an_elementwise_type_computes_each_row_alone(name):
    if definition(name) is None:
        pytest.skip("this TensorFlow has no such type")
    inputs = [each.name for each in definition(name).input_arg]
    for dtype in ("float32", "complex64", "bool", "int32"):
        values = (np.random.RandomState(0).rand(7, 3) * 3 + 0.1).astype(dtype)
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.placeholder(dtype, [None, 3])
            try:
                tensor = getattr(tf.raw_ops, name)(**dict(
                    dict.fromkeys(inputs, x), **ARGUMENTS.get(name, lambda x: {})(x)))
                tensor = tensor if isinstance(tensor, tf.Tensor) else tensor[0]
            except (TypeError, ValueError):
                continue  # It is not for this dtype.
            assert proven(session, tensor, x) == Rows(0)
            # Vectors of several elements, and what is left over, may round differently.
            np.testing.assert_allclose(session.run(tensor, {x: values})[4:5],
                                       session.run(tensor, {x: values[4:5]}), rtol=1e-5)
            return
    pytest.fail("it is for none of the dtypes")


def window(*shape):
    return tf.constant(np.random.RandomState(1).randn(*shape).astype(np.float32))


def first(x):
    return x[:, :, 0, 0]


ONES, TWOS = [1, 1, 1, 1], [1, 2, 2, 1]
OPS = {
    "AvgPool": lambda x: tf.nn.avg_pool(x, TWOS, ONES, "VALID"),
    "AvgPool3D": lambda x: tf.nn.avg_pool3d(x[..., None], [1, 2, 2, 2, 1], [1] * 5, "VALID"),
    "BatchToSpaceND": lambda x: tf.batch_to_space_nd(
        tf.space_to_batch_nd(x, [2, 2], [[0, 0], [0, 0]])[:, ::-1], [2, 2], [[0, 0], [0, 0]]),
    "BatchToSpaceND of rows": lambda x: tf.batch_to_space_nd(
        tf.concat([x, x], 0), [2, 1], [[0, 0], [0, 0]]),
    "BiasAdd": lambda x: tf.nn.bias_add(x, window(4)),
    "BiasAdd of channels first": lambda x: tf.nn.bias_add(x, window(4), data_format="NCHW"),
    "BroadcastTo": lambda x: tf.broadcast_to(x, tf.concat([[2], tf.shape(x)], 0)),
    "BroadcastTo of a constant": lambda x: x + tf.broadcast_to(window(1, 4), tf.shape(x)[2:]),
    "Conv2D": lambda x: tf.nn.conv2d(x, window(3, 3, 4, 2), TWOS, "SAME"),
    "Conv2DBackpropInput": lambda x: tf.nn.conv2d_transpose(
        x, window(3, 3, 2, 4), tf.concat([tf.shape(x)[:1], [8, 8, 2]], 0), TWOS),
    "Conv3D": lambda x: tf.nn.conv3d(x[..., None], window(2, 2, 2, 1, 2), [1] * 5, "SAME"),
    "Conv3DBackpropInputV2": lambda x: tf.nn.conv3d_transpose(
        x[..., None], window(2, 2, 2, 2, 1), tf.concat([tf.shape(x)[:1], [4, 4, 4, 2]], 0),
        [1] * 5),
    "Cumprod": lambda x: tf.math.cumprod(x, 2),
    "DepthToSpace": lambda x: tf.depth_to_space(x, 2),
    "DepthwiseConv2dNative": lambda x: tf.nn.depthwise_conv2d(x, window(2, 2, 4, 2), ONES, "SAME"),
    "DepthwiseConv2dNativeBackpropInput": lambda x: tf.nn.depthwise_conv2d_native_backprop_input(
        tf.concat([tf.shape(x)[:1], [4, 4, 4]], 0), window(2, 2, 4, 1), x, ONES, "SAME"),
    "Dilation2D": lambda x: tf.raw_ops.Dilation2D(
        input=x, filter=window(2, 2, 4), strides=ONES, rates=ONES, padding="SAME"),
    "ExtractImagePatches": lambda x: tf.extract_image_patches(x, TWOS, ONES, ONES, "VALID"),
    "FusedBatchNorm": lambda x: tf.nn.fused_batch_norm(
        x, window(4), window(4), window(4), tf.ones([4]), is_training=False)[0],
    "FusedBatchNorm, its mean": lambda x: x + tf.nn.fused_batch_norm(
        x, window(4), window(4), window(4), tf.ones([4]), is_training=False)[1],
    "FusedBatchNorm in training": lambda x: tf.nn.fused_batch_norm(x, window(4), window(4))[0],
    "IdentityN": lambda x: tf.raw_ops.IdentityN(input=[x, window(4)])[0],
    "InTopK": lambda x: tf.cast(tf.nn.in_top_k(first(x), tf.cast(
        tf.argmax(first(x), 1), tf.int32), 2), tf.float32),
    "LRN": tf.nn.lrn,
    "MatrixBandPart": lambda x: tf.linalg.band_part(x, 1, 0),
    "MaxPool": lambda x: tf.nn.max_pool(x, TWOS, ONES, "VALID"),
    "MaxPool of channels": lambda x: tf.nn.max_pool(x, [1, 1, 1, 2], [1, 1, 1, 2], "VALID"),
    "MaxPool3D": lambda x: tf.nn.max_pool3d(x[..., None], [1, 2, 2, 2, 1], [1] * 5, "VALID"),
    "MaxPoolV2": lambda x: tf.raw_ops.MaxPoolV2(
        input=x, ksize=TWOS, strides=ONES, padding="VALID"),
    "MaxPoolWithArgmax": lambda x: tf.cast(
        tf.nn.max_pool_with_argmax(x, TWOS, ONES, "VALID")[1], tf.float32),
    "MaxPoolWithArgmax in the batch": lambda x: tf.cast(tf.nn.max_pool_with_argmax(
        x, TWOS, ONES, "VALID", include_batch_in_index=True)[1], tf.float32),
    "MirrorPad": lambda x: tf.pad(x, [[0, 0], [1, 1], [0, 2], [0, 0]], "REFLECT"),
    "NthElement": lambda x: tf.contrib.nn.nth_element(x, 1) if hasattr(
        tf, "contrib") else tf.raw_ops.NthElement(input=x, n=1),
    "PadV2": lambda x: tf.pad(x, [[0, 0], [1, 1], [0, 2], [0, 0]], constant_values=3.0),
    "ResizeArea": lambda x: tf.image.resize_area(x, [3, 3]),
    "ResizeBicubic": lambda x: tf.image.resize_bicubic(x, [3, 3]),
    "ResizeBilinear": lambda x: tf.image.resize_bilinear(x, [7, 7]),
    "ResizeBilinear to the number": lambda x: tf.image.resize_bilinear(x, [tf.shape(x)[0], 2]),
    "ResizeNearestNeighbor": lambda x: tf.image.resize_nearest_neighbor(x, [7, 7]),
    "ReverseSequence": lambda x: tf.reverse_sequence(
        x, tf.cast(tf.abs(first(x)[:, 0]), tf.int32) % 4, seq_axis=2, batch_axis=0),
    "SoftmaxCrossEntropyWithLogits": lambda x: tf.nn.softmax_cross_entropy_with_logits_v2(
        labels=tf.nn.softmax(first(x)), logits=first(x)),
    "Softmax": tf.nn.softmax,
    "LogSoftmax": tf.nn.log_softmax,
    "SpaceToBatchND": lambda x: tf.space_to_batch_nd(x, [2, 2], [[0, 0], [0, 0]]),
    "SpaceToDepth": lambda x: tf.space_to_depth(x, 2),
    "SparseSoftmaxCrossEntropyWithLogits": lambda x: (
        tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.cast(tf.abs(first(x)[:, 0]), tf.int32) % 4, logits=first(x))),
    "SplitV": lambda x: tf.split(x, [1, 3], 2)[1],
    "Tile of a constant": lambda x: x + tf.tile(window(1, 1, 1, 4), [tf.shape(x)[0], 1, 1, 1]),
    "TopKV2": lambda x: tf.nn.top_k(x, 2)[0],
}
# The axes that the batch may have: the others are refused.
AXES = {"BiasAdd": [0, 1, 2],
        "BiasAdd of channels first": [0, 2, 3], "BroadcastTo": [0, 1, 2, 3],
        "BatchToSpaceND of rows": [], "BroadcastTo of a constant": [0, 1, 2],
        "Cumprod": [0, 1, 3], "FusedBatchNorm": [0, 1, 2], "FusedBatchNorm, its mean": [],
        "FusedBatchNorm in training": [], "IdentityN": [0, 1, 2, 3], "InTopK": [0],
        "LRN": [0, 1], "MatrixBandPart": [0, 1], "MaxPoolWithArgmax in the batch": [],
        "MirrorPad": [0, 3], "NthElement": [0, 1, 2], "PadV2": [0, 3],
        "ResizeBilinear to the number": [], "ReverseSequence": [0], "Softmax": [0, 1, 2],
        "LogSoftmax": [0, 1, 2], "SplitV": [0, 1, 3], "TopKV2": [0, 1, 2],
        "Tile of a constant": [0, 1, 2]}
IMAGES = np.random.RandomState(0).randn(5, 4, 4, 4).astype(np.float32)


@pytest.mark.parametrize("name", sorted(OPS))
def test_a_type_with_the_examples_on_each_axis(name):
    accepted = []
    for axis in range(4):
        with tf.Graph().as_default(), unoptimized() as session:
            x = tf.placeholder(tf.float32, [None, 4, 4, 4])
            order = [1, 2, 3]
            order.insert(axis, 0)
            try:
                tensor = OPS[name](tf.transpose(x, order))
            except (ValueError, TypeError):
                continue  # Only numbers that the graph says are of a batch that is not the first.
            rows = proven(session, tensor, x, examples=IMAGES)
            if not isinstance(rows, Rows):
                continue
            accepted.append(axis)
            batch = taken(session.run(tensor, {x: IMAGES}), rows, 5)
            for number in range(5):
                alone = session.run(tensor, {x: IMAGES[number:number + 1]})
                np.testing.assert_allclose(taken(alone, rows, 1)[0], batch[number],
                                           rtol=1e-4, atol=1e-5)
    assert accepted == AXES.get(name, [0])
