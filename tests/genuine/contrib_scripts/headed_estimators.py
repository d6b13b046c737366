"""tf.contrib.learn: models of a head that is given, trained by input functions."""
import json

import numpy as np
import tensorflow as tf
from cases import listed, numbers
from tensorflow.contrib import layers, learn

ROWS = numbers("rows", 40, 4)
CLASSES = np.argmax(ROWS[:, :3], axis=1).astype(np.int64)
TARGETS = ROWS.dot([1.0, -2.0, 0.5, 0.0]).astype(np.float32)
CONFIG = {"config": learn.RunConfig(tf_random_seed=7)}
NUMBER = layers.real_valued_column("number", dimension=4)


def inputs(labels):
    return {"number": tf.constant(ROWS), "weight": tf.constant(abs(TARGETS))}, tf.constant(labels)


def trained(model, labels):
    """Returns the names of variables, metrics and predictions of a model, and their values."""
    model.fit(input_fn=lambda: inputs(labels), steps=20)
    metrics = model.evaluate(input_fn=lambda: inputs(labels), steps=2)
    found = [each for each, _ in zip(model.predict(input_fn=lambda: inputs(labels)[0]), range(3))]
    names, keys = sorted(model.get_variable_names()), sorted(found[0])
    values = [model.get_variable_value(name) for name in names]
    values += [[metrics[name] for name in sorted(metrics)]]
    values += [each[key] for each in found for key in keys]
    return {"variables": names, "metrics": sorted(metrics), "predicted": keys}, [], [
        listed(value) for value in values]


def classes(count=3, **options):
    return learn.multi_class_head(count, **options)


CASES = {
    "network": lambda: trained(learn.DNNEstimator(
        classes(), [5, 4], [NUMBER], **CONFIG), CLASSES),
    "network of two": lambda: trained(learn.DNNEstimator(
        classes(2, weight_column_name="weight"), [5], [NUMBER], activation_fn=tf.nn.tanh,
        optimizer=tf.train.AdamOptimizer(0.01), gradient_clip_norm=0.5, **CONFIG),
        CLASSES[:, None] // 2),
    "network regressor": lambda: trained(learn.DNNEstimator(
        learn.regression_head(), [5], [NUMBER], **CONFIG), TARGETS),
    "linear": lambda: trained(learn.LinearEstimator(
        [NUMBER], classes(), **CONFIG), CLASSES),
    "linear regressor": lambda: trained(learn.LinearEstimator(
        [NUMBER], learn.regression_head(weight_column_name="weight"),
        optimizer=tf.train.GradientDescentOptimizer(0.1), **CONFIG), TARGETS),
}
for name in sorted(CASES):
    print(json.dumps([name, CASES[name]()]))
