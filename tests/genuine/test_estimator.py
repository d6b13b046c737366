"""``tf.estimator`` as scripts use it: on genuine 1.15.5 and on today's TensorFlow, the same."""
import re
import subprocess
import sys

import pytest

SCRIPT = """
from __future__ import print_function
import glob, os, sys
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
X = (np.arange(40).reshape(20, 2) * 7 % 11 / 11.0).astype(np.float32)
Y = (X.sum(axis=1) > 1).astype(np.int32)

def show(title, values):
    print(title, ["%s=%.5f" % (key, values[key]) for key in sorted(values)])

def model_fn(features, labels, mode, params):
    net = tf.layers.dense(features["x"], 3, tf.nn.tanh,
                          kernel_initializer=tf.constant_initializer([[.1, .2, .3], [-.3, .1, .2]]))
    logits = tf.layers.dense(net, 2, kernel_initializer=tf.constant_initializer(
        [[.5, -.5], [.25, .1], [-.3, .2]]))
    classes = tf.argmax(logits, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        outputs = {"serving_default": tf.estimator.export.PredictOutput({"class": classes})}
        return tf.estimator.EstimatorSpec(
            mode, {"class": classes, "logits": logits}, export_outputs=outputs)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    train = tf.train.MomentumOptimizer(params["rate"], 0.9).minimize(
        loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train, eval_metric_ops={
        "accuracy": tf.metrics.accuracy(labels, classes)})

def input_fn():
    return tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).repeat().batch(5)

class Hook(tf.train.SessionRunHook):
    def begin(self):
        self.losses = []
    def before_run(self, context):
        return tf.train.SessionRunArgs(tf.get_collection(tf.GraphKeys.LOSSES)[0])
    def after_run(self, context, values):
        self.losses.append(values.results)

hook = Hook()
config = tf.estimator.RunConfig(save_checkpoints_steps=4, tf_random_seed=1)
model = tf.estimator.Estimator(model_fn, "model", config, {"rate": 0.5})
model.train(input_fn, hooks=[hook, tf.train.StopAtStepHook(num_steps=6)])
print("losses", ["%.5f" % loss for loss in hook.losses])
show("evaluated", model.evaluate(input_fn, steps=4))
once = tf.estimator.inputs.numpy_input_fn({"x": X[:3]}, shuffle=False)
for each in model.predict(once):
    print("predicted", each["class"], ["%.4f" % value for value in each["logits"]])
print(model.latest_checkpoint(), sorted(model.get_variable_names()))

result = tf.estimator.train_and_evaluate(
    model, tf.estimator.TrainSpec(input_fn, max_steps=10),
    tf.estimator.EvalSpec(input_fn, steps=4, start_delay_secs=0, throttle_secs=0))
show("both", result[0])

def serving_input_receiver_fn():
    features = {"x": tf.placeholder(tf.float32, [None, 2], "x")}
    return tf.estimator.export.ServingInputReceiver(features, features)

folder = model.export_savedmodel("export", serving_input_receiver_fn)
with tf.Session(graph=tf.Graph()) as sess:
    tf.saved_model.loader.load(sess, ["serve"], folder.decode())
    print("exported", sess.run("ArgMax:0", {"x:0": X[:6]}).tolist())

columns = [tf.feature_column.numeric_column("x", [2]), tf.feature_column.bucketized_column(
    tf.feature_column.numeric_column("x", [2]), [0.3, 0.6])]
batches = tf.estimator.inputs.numpy_input_fn({"x": X}, Y, batch_size=5, num_epochs=2, shuffle=False)
linear = tf.estimator.LinearClassifier(columns, optimizer=tf.train.FtrlOptimizer(0.2))
linear.train(batches)
show("linear", linear.evaluate(batches))
regressor = tf.estimator.LinearRegressor(
    columns[:1], optimizer=tf.train.GradientDescentOptimizer(0.1))
regressor.train(tf.estimator.inputs.numpy_input_fn(
    {"x": X}, X[:, 0] * 2, batch_size=5, num_epochs=2, shuffle=False))
print("regressor", sorted((name, regressor.get_variable_value(name).ravel().round(5).tolist())
                          for name in regressor.get_variable_names() if "linear" in name))
"""


def lines(command, folder):
    folder.mkdir()
    (folder / "script.py").write_text(SCRIPT)
    done = subprocess.run([*command, "script.py"], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


def test_estimators_compute_what_they_computed(genuine, tmp_path):
    then = lines([genuine("1.15.5")], tmp_path / "then")
    now = lines([sys.executable, "-m", "tf1_recipes", "run"], tmp_path / "now")
    number = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
    assert [number.sub("#", line) for line in now] == [number.sub("#", line) for line in then]
    for new, old in zip(now, then):
        assert [float(each) for each in number.findall(new)] == pytest.approx(
            [float(each) for each in number.findall(old)], rel=1e-4, abs=2e-5), old
    assert len(then) == 10
