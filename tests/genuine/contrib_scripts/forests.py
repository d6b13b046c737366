"""tf.contrib.tensor_forest: forests by a seed, alone and as estimators.

On one thread, as on several the examples reach a tree of 1.15 in an order that is not set.
"""
import json
import tempfile

import numpy as np
import tensorflow as tf
from cases import listed, numbers
from tensorflow.contrib import learn
from tensorflow.contrib.tensor_forest.client import eval_metrics, random_forest
from tensorflow.contrib.tensor_forest.python import tensor_forest
from tensorflow.python.ops import resources

tf.logging.set_verbosity(tf.logging.ERROR)
ONE_THREAD = tf.ConfigProto(intra_op_parallelism_threads=1)
ROWS = numbers("forest", 3000, 5)
ROWS[:, 3] = np.round(2 * ROWS[:, 3])
CLASSES = ((ROWS[:, 0] > 0) + 1 * (ROWS[:, 1] * ROWS[:, 2] > 0) + (ROWS[:, 3] == 1)).astype(int)
VALUES = np.stack([ROWS[:, 0] * 2, ROWS[:, 1]], 1)


def params(**options):
    given = {"num_classes": 4, "num_features": 5, "num_trees": 3, "max_nodes": 200,
             "base_random_seed": 3, "split_after_samples": 50}
    given.update(options)
    return tensor_forest.ForestHParams(**given)


def as_dict(x):
    return {"a": x[:, :3], "b": tf.cast(x[:, 3:4], tf.int64), "c": x[:, 4:]}


def forest(labels=CLASSES, batch=150, features=lambda x: x, weighted=False, **options):
    """Returns names and kinds of the outputs, and what they are after training and restoring."""
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 5])
        y = tf.placeholder(labels.dtype, [None] + list(labels.shape[1:]))
        graph = tensor_forest.RandomForestGraphs(params(**options).fill())
        weights = {"input_weights": tf.abs(x[:, 0])} if weighted else {}
        train = graph.training_graph(features(x), y, **weights)
        outputs = [graph.training_loss(x, y)] + list(graph.inference_graph(features(x)))
        outputs += [graph.feature_importances()] + [tree.size() for tree in graph.trees]
        initial = tf.group(tf.global_variables_initializer(),
                           resources.initialize_resources(resources.shared_resources()))
        saver = tf.train.Saver()
        path = tempfile.mkdtemp() + "/forest"
        results = []
        with tf.Session(config=ONE_THREAD) as session:
            session.run(initial)
            results += session.run(outputs[:4], {x: ROWS[:2]})
            for start in range(0, 2700, batch):
                rows = slice(start, start + batch)
                session.run(train, {x: ROWS[rows], y: labels[rows]})
            results += session.run(outputs, {x: ROWS[2700:]})
            saver.save(session, path)
        with tf.Session(config=ONE_THREAD) as session:
            saver.restore(session, path)
            session.run(train, {x: ROWS[2700:2750], y: labels[2700:2750]})
            session.run(train, {x: ROWS[2750:2850], y: labels[2750:2850]})
            results += session.run(outputs, {x: ROWS[2850:]})
        return {"train": train.name, "types": [each.dtype.name for each in outputs],
                "variables": [each.name for each in tf.global_variables()]}, [
            (np.asarray(each).shape, listed(each)) for each in results], []


def estimator(labels, **options):
    model = random_forest.TensorForestEstimator(
        params(**options), config=learn.RunConfig(tf_random_seed=1, session_config=ONE_THREAD))
    model.fit(x=ROWS, y=labels, steps=30, batch_size=50)
    metrics = None if options.get("regression") else {"mean": learn.MetricSpec(
        eval_metrics.get_metric("accuracy"),
        prediction_key=eval_metrics.get_prediction_key("accuracy"))}
    scores = model.evaluate(x=ROWS[:600], y=labels[:600], metrics=metrics, steps=1)
    found = [each for each, _ in zip(model.predict(x=ROWS[:5]), range(5))]
    return {"scores": sorted(scores), "predictions": sorted(found[0])}, [], [
        listed([scores[name] for name in sorted(scores)])] + [
        listed(each[name]) for each in found for name in sorted(each)]


CASES = {
    "classes": lambda: forest(),
    "default candidates": lambda: forest(num_splits_to_consider=0, split_after_samples=100),
    "more candidates": lambda: forest(num_splits_to_consider=16, base_random_seed=11),
    "numbers": lambda: forest(VALUES, num_classes=2, regression=True),
    "weighted": lambda: forest(weighted=True),
    "categories": lambda: forest(features=as_dict),
    "below": lambda: forest(split_name="less"),
    "bagging": lambda: forest(bagging_fraction=0.5),
    "sparse model": lambda: forest(model_name="all_sparse", batch=37),
    "estimator": lambda: estimator(CLASSES),
    "estimator of two": lambda: estimator(CLASSES // 2, num_classes=2),
    "estimator of numbers": lambda: estimator(VALUES, num_classes=2, regression=True),
}
for name in sorted(CASES):
    print(json.dumps([name, CASES[name]()]))
