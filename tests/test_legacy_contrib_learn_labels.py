"""A model's function that asks for the labels when it predicts, against TensorFlow 1.15.5."""

SCRIPT = """
import numpy as np
import tensorflow as tf

x = np.float32([[1, 2], [3, 4], [5, 6]])
y = np.array([0, 1, 2])


def model(features, target):
    target = tf.one_hot(target, 3, 1, 0)
    print(target.dtype.name, target.shape.as_list())
    logits = tf.contrib.layers.fully_connected(features, 3, None)
    loss = tf.losses.softmax_cross_entropy(target, logits)
    train = tf.contrib.layers.optimize_loss(
        loss, tf.train.get_global_step(), optimizer="SGD", learning_rate=0.1)
    return tf.argmax(logits, 1), loss, train


classifier = tf.contrib.learn.Estimator(model)
classifier.fit(x, y, steps=2)
print(len(list(classifier.predict(x))))
classifier = tf.contrib.learn.SKCompat(tf.contrib.learn.Estimator(model))
classifier.fit(x, y, steps=2)
print(classifier.predict(x).shape)
"""
OF_1_15 = """\
int32 [None, 3]
int32 [None, 3]
3
int32 [None, 3]
int32 [None, 3]
(3,)
"""


def test_a_model_finds_placeholders_for_the_labels_where_it_predicts(run_script):
    done = run_script(SCRIPT)
    assert (done.stdout, done.status) == (OF_1_15, 0), done.stderr
