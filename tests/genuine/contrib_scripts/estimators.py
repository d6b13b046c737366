"""tf.contrib.learn: ready-made and own models, trained on arrays and by input functions."""
import json

import numpy as np
import tensorflow as tf
from cases import listed, numbers
from tensorflow.contrib import layers, learn

ROWS = numbers("rows", 40, 4)
CLASSES = (np.argmax(ROWS[:, :3], axis=1)).astype(np.int64)
TARGETS = ROWS.dot([1.0, -2.0, 0.5, 0.0]).astype(np.float32)
WORDS = np.array(["a", "b", "c", "b", "d"] * 8)


def config():
    return learn.RunConfig(tf_random_seed=7)


def columns():
    return learn.infer_real_valued_columns_from_input(ROWS)


def words_and_rows():
    features = {"number": tf.constant(ROWS[:, 0]), "word": tf.constant(WORDS),
                "id": tf.constant(np.arange(40) % 5, tf.int64)}
    return features, tf.constant((TARGETS > 0).astype(np.int64))


def wide():
    number = layers.real_valued_column("number")
    return [number, layers.bucketized_column(number, [-0.5, 0.0, 0.5]),
            layers.sparse_column_with_hash_bucket("word", 20),
            layers.sparse_column_with_integerized_feature("id", 4)]


def deep():
    keys = layers.sparse_column_with_keys("word", ["a", "b", "c"])
    return [layers.real_valued_column("number"), layers.one_hot_column(keys)]


def own(features, labels, mode, params):
    with tf.variable_scope("model"):
        output = layers.fully_connected(
            features, 1, None, weights_initializer=tf.constant_initializer(params["start"]))
    output = tf.squeeze(output, [1])
    if mode == learn.ModeKeys.INFER:
        return learn.ModelFnOps(mode, {"output": output})
    loss = tf.losses.mean_squared_error(labels, output)
    train_op = layers.optimize_loss(loss, tf.train.get_global_step(), 0.1, "SGD")
    return {"output": output}, loss, train_op


def trained(model, x, y, **options):
    """Returns the variables' names, the metrics and the predictions of a model."""
    model.fit(x, y, steps=20, **options)
    metrics = model.evaluate(x, y)
    return summary(model, metrics, list(model.predict(x, as_iterable=True))[:5])


def trained_by_input(model, input_fn):
    model.fit(input_fn=input_fn, steps=20)
    predicted = model.predict(input_fn=lambda: input_fn()[0])
    return summary(model, model.evaluate(input_fn=input_fn, steps=2),
                   [each for each, _ in zip(predicted, range(5))])


def summary(model, metrics, predicted):
    names = sorted(model.get_variable_names())
    values = [listed(model.get_variable_value(name)) for name in names]
    if isinstance(predicted[0], dict):
        predicted = [each["output"] for each in predicted]
    return {"variables": names, "metrics": sorted(metrics)}, [], values + [
        listed([metrics[name] for name in sorted(metrics)]), listed(predicted)]


def compatible():
    model = learn.SKCompat(learn.LinearRegressor(columns(), config=config()))
    model.fit(ROWS, TARGETS, steps=20, batch_size=16)
    score = model.score(ROWS, TARGETS)
    found = model.predict(ROWS)
    found = found["scores"] if isinstance(found, dict) else found
    return {"metrics": sorted(score)}, [], [
        listed([score[name] for name in sorted(score)]), listed(found)]


CASES = {
    "linear classifier": lambda: trained(
        learn.LinearClassifier(columns(), n_classes=3, config=config()), ROWS, CLASSES),
    "linear classifier of two": lambda: trained(
        learn.LinearClassifier(columns(), config=config()), ROWS, CLASSES // 2, batch_size=16),
    "linear regressor": lambda: trained(
        learn.LinearRegressor(columns(), config=config()), ROWS, TARGETS, batch_size=8),
    "linear optimizer": lambda: trained(
        learn.LinearRegressor(columns(), optimizer=tf.train.GradientDescentOptimizer(0.1),
                              gradient_clip_norm=1.0, config=config()), ROWS, TARGETS),
    "wide": lambda: trained_by_input(
        learn.LinearClassifier(wide(), config=config()), words_and_rows),
    "network": lambda: trained(
        learn.DNNClassifier([5, 4], columns(), n_classes=3, config=config()), ROWS, CLASSES),
    "network regressor": lambda: trained(
        learn.DNNRegressor([5], columns(), optimizer="SGD", activation_fn=tf.nn.tanh,
                           config=config()), ROWS, TARGETS),
    "deep": lambda: trained_by_input(
        learn.DNNClassifier([5], deep(), config=config()), words_and_rows),
    "own": lambda: trained(learn.Estimator(
        own, params={"start": 0.5}, config=config()), ROWS, TARGETS, batch_size=16),
    "scikit-learn": compatible,
}
for name in sorted(CASES):
    print(json.dumps([name, CASES[name]()]))
