"""1.15: an estimator of one's own model with a seed, and a LinearRegressor."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
random = np.random.RandomState(10)
data = random.rand(64, 3).astype(np.float32)
answers = data.dot(np.array([1., -2., 3.], np.float32)) + 0.5


def model(features, labels, mode):
    hidden = tf.layers.dense(features["x"], 8, activation=tf.nn.relu)
    hidden = tf.layers.dropout(hidden, 0.2, training=mode == tf.estimator.ModeKeys.TRAIN)
    loss = tf.losses.mean_squared_error(labels, tf.layers.dense(hidden, 1)[:, 0])
    train_op = tf.train.GradientDescentOptimizer(0.1).minimize(
        loss, global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def inputs():
    return {"x": tf.constant(data)}, tf.constant(answers)


for estimator in (
        tf.estimator.Estimator(model, config=tf.estimator.RunConfig(tf_random_seed=22)),
        tf.estimator.LinearRegressor(
            [tf.feature_column.numeric_column("x", shape=[3])],
            config=tf.estimator.RunConfig(tf_random_seed=22))):
    for _ in range(3):
        estimator.train(inputs, steps=10)
        found = estimator.evaluate(inputs, steps=1)
        print("step %d, loss %.9g" % (found["global_step"], found["loss"]))
