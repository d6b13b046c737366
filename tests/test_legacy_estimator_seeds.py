"""Estimators with a seed train to the values of TensorFlow 1.15.5, whatever feeds them."""

from tests.printed import differing_lines

SCRIPT = """
import numpy as np
import tensorflow as tf

x = np.linspace(0, 1, 24).reshape(8, 3).astype(np.float32)
y = np.arange(8, dtype=np.int32) % 2


def model(features, labels, mode):
    hidden = tf.layers.dense(features["x"], 4, tf.nn.tanh)
    logits = tf.layers.dense(tf.layers.dropout(hidden, training=True), 2)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)


def arrays():
    return tf.estimator.inputs.numpy_input_fn({"x": x}, y, 4, num_epochs=None, shuffle=False)()


def data():
    return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).repeat().batch(4)


def tensors():
    return tf.data.make_initializable_iterator(data()).get_next()


for source in (arrays, data, tensors):
    if source is tensors:
        tf.set_random_seed(3)
        tensors()
        with tf.Session() as session:
            print(source.__name__, ["%.5f" % each for each in session.run(tf.random_normal([4]))])
        continue
    config = tf.estimator.RunConfig(tf_random_seed=3)
    estimator = tf.estimator.Estimator(model, config=config).train(source, steps=4)
    kernel = estimator.get_variable_value("dense/kernel")
    print(source.__name__, ["%.5f" % each for each in kernel[1]])
columns = [tf.feature_column.numeric_column("x", shape=[3])]
for kind in (lambda **more: tf.estimator.DNNClassifier([4], columns, **more),
             lambda **more: tf.estimator.DNNRegressor([4], columns, **more)):
    estimator = kind(config=tf.estimator.RunConfig(tf_random_seed=3)).train(data, steps=4)
    print("%.5f" % estimator.evaluate(data, steps=2)["loss"])
"""
OF_1_15 = """\
arrays ['-0.05704', '0.07992', '0.74198', '-0.76483']
data ['-0.90746', '0.59760', '0.24704', '0.74816']
tensors ['-0.52968', '-0.08252', '-0.54911', '-0.19589']
2.74581
1.01861
"""


def test_estimators_with_a_seed(run_script):
    done = run_script(SCRIPT)
    assert done.status == 0, done.stderr
    assert differing_lines(done.stdout, OF_1_15) == []
