"""tf.contrib.learn's models that are wide and deep."""
import json

import numpy as np
import tensorflow as tf
from cases import listed, numbers
from tensorflow.contrib import layers, learn

ROWS = numbers("rows", 40, 4)
TARGETS = ROWS.dot([1.0, -2.0, 0.5, 0.0]).astype(np.float32)
WORDS = np.array(["a", "b", "c", "b", "d"] * 8)


def config():
    # Both optimizers add 1 to the global step, on the genuine release, too: one after the other
    # only, or one of the two may be lost.
    return learn.RunConfig(tf_random_seed=7, session_config=tf.ConfigProto(
        inter_op_parallelism_threads=1))


def words_and_rows():
    features = {"number": tf.constant(ROWS[:, 0]), "word": tf.constant(WORDS),
                "id": tf.constant(np.arange(40) % 5, tf.int64)}
    return features, tf.constant((TARGETS > 0).astype(np.int64))


def words_and_numbers():
    features, _ = words_and_rows()
    return features, tf.constant(TARGETS)


def wide():
    number = layers.real_valued_column("number")
    return [layers.bucketized_column(number, [-0.5, 0.0, 0.5]),
            layers.sparse_column_with_hash_bucket("word", 20),
            layers.sparse_column_with_integerized_feature("id", 4)]


def deep():
    keys = layers.sparse_column_with_keys("word", ["a", "b", "c"])
    return [layers.real_valued_column("number"), layers.one_hot_column(keys)]


def trained(model, input_fn):
    """Returns the variables' names, the metrics and the predictions of a model."""
    # Ended is a training by the step that is fetched beside the two that add to it. Of 20 steps it
    # so makes 10 or 11 at random, of an odd number always as many.
    model.fit(input_fn=input_fn, steps=21)
    metrics = model.evaluate(input_fn=input_fn, steps=2)
    names = sorted(model.get_variable_names())
    values = [listed(model.get_variable_value(name)) for name in names]
    found = [each for each, _ in zip(
        model.predict(input_fn=lambda: input_fn()[0]), range(5))]
    return {"variables": names, "metrics": sorted(metrics)}, [], values + [
        listed([metrics[name] for name in sorted(metrics)]), listed(found)]


def both(**options):
    return learn.DNNLinearCombinedClassifier(
        linear_feature_columns=wide(), dnn_feature_columns=deep(), dnn_hidden_units=[5, 4],
        config=config(), **options)


CASES = {
    "wide and deep": lambda: trained(both(), words_and_rows),
    "mended": lambda: trained(both(fix_global_step_increment_bug=True), words_and_rows),
    "optimizers": lambda: trained(both(
        linear_optimizer=tf.train.GradientDescentOptimizer(0.1), dnn_optimizer="SGD",
        gradient_clip_norm=1.0, dnn_activation_fn=tf.nn.tanh), words_and_rows),
    "dropout": lambda: trained(both(dnn_dropout=0.5), words_and_rows),
    "only wide": lambda: trained(learn.DNNLinearCombinedClassifier(
        linear_feature_columns=wide(), config=config()), words_and_rows),
    "only deep": lambda: trained(learn.DNNLinearCombinedRegressor(
        dnn_feature_columns=deep(), dnn_hidden_units=[5], config=config()), words_and_numbers),
    "numbers": lambda: trained(learn.DNNLinearCombinedRegressor(
        linear_feature_columns=wide(), dnn_feature_columns=deep(), dnn_hidden_units=[5],
        config=config()), words_and_numbers),
}
for name in sorted(CASES):
    print(json.dumps([name, CASES[name]()]))
