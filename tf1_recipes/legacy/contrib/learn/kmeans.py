"""``tf.contrib.learn``: k-means as one of its estimators."""
import numpy as np

from tf1_recipes.legacy.contrib import clustering
from tf1_recipes.legacy.contrib.learn.estimator import Estimator, ModelFnOps
from tf1_recipes.v1 import tf


class _Initialize(tf.train.SessionRunHook):
    """Chooses the centers, in as many batches as it takes."""

    def __init__(self, init_op, is_initialized):
        self._init_op, self._is_initialized = init_op, is_initialized

    def after_create_session(self, session, coord):
        """Runs the op until it has all centers."""
        while not session.run(self._is_initialized):
            session.run(self._init_op)


class _StopWhenSettled(tf.train.SessionRunHook):
    """Stops when the loss changes by less than a part of it."""

    def __init__(self, loss, tolerance):
        self._loss, self._tolerance, self._last = loss, tolerance, None

    def before_run(self, run_context):
        """Asks for the loss."""
        return tf.train.SessionRunArgs(self._loss)

    def after_run(self, run_context, run_values):
        """Compares it with the last one."""
        loss, last = run_values.results, self._last
        if last is not None and abs(loss - last) / (1 + abs(last)) < self._tolerance:
            run_context.request_stop()
        self._last = loss


def _model(features, labels, mode, params):
    if labels is not None:
        raise ValueError("KMeansClustering has no labels, but its input function returned %s" % (
            labels,))
    if isinstance(features, dict):
        features = tf.concat([features[key] for key in sorted(features)], 1)
    scores, indices, distances, is_initialized, init_op, train_op = clustering.KMeans(
        features, **params["graph"]).training_graph()
    step = tf.assign_add(tf.train.get_global_step(), 1)
    loss = tf.reduce_sum(distances, name=KMeansClustering.LOSS_OP_NAME)
    tf.summary.scalar("loss/raw", loss)
    with tf.control_dependencies([train_op, step]):
        train_op = tf.identity(loss)
    hooks = [_Initialize(init_op, is_initialized)]
    if params["relative_tolerance"] is not None:
        hooks.append(_StopWhenSettled(loss, params["relative_tolerance"]))
    return ModelFnOps(
        mode, {KMeansClustering.ALL_SCORES: scores[0], KMeansClustering.CLUSTER_IDX: indices[0]},
        loss, train_op, {KMeansClustering.SCORES: loss}, training_hooks=hooks)


class KMeansClustering(Estimator):
    """K-means; for its arguments see ``tf.contrib.factorization.KMeansClustering``."""

    SQUARED_EUCLIDEAN_DISTANCE = clustering.SQUARED_EUCLIDEAN_DISTANCE
    COSINE_DISTANCE = clustering.COSINE_DISTANCE
    RANDOM_INIT = clustering.RANDOM_INIT
    KMEANS_PLUS_PLUS_INIT = clustering.KMEANS_PLUS_PLUS_INIT
    SCORES = "scores"
    CLUSTER_IDX = "cluster_idx"
    CLUSTERS = "clusters"
    ALL_SCORES = "all_scores"
    LOSS_OP_NAME = "kmeans_loss"

    def __init__(self, num_clusters, model_dir=None, initial_clusters=RANDOM_INIT,
                 distance_metric=SQUARED_EUCLIDEAN_DISTANCE, random_seed=0, use_mini_batch=True,
                 mini_batch_steps_per_iteration=1, kmeans_plus_plus_num_retries=2,
                 relative_tolerance=None, config=None):
        graph = {"num_clusters": num_clusters, "initial_clusters": initial_clusters,
                 "distance_metric": distance_metric, "random_seed": random_seed,
                 "use_mini_batch": use_mini_batch,
                 "mini_batch_steps_per_iteration": mini_batch_steps_per_iteration,
                 "kmeans_plus_plus_num_retries": kmeans_plus_plus_num_retries}
        super().__init__(_model, model_dir, config, {
            "graph": graph, "relative_tolerance": relative_tolerance})

    def predict_cluster_idx(self, input_fn=None):
        """Yields the number of the center that is nearest to each row."""
        for each in self.predict(input_fn=input_fn, outputs=[self.CLUSTER_IDX]):
            yield each[self.CLUSTER_IDX]

    def score(self, input_fn=None, steps=None):
        """Returns the sum of the distances of all rows to their nearest centers."""
        return np.sum(self.evaluate(input_fn=input_fn, steps=steps)[self.SCORES])

    def transform(self, input_fn=None, as_iterable=False):
        """Returns the distances of all rows to all centers, squared if they are euclidean."""
        found = self.predict(input_fn=input_fn, outputs=[self.ALL_SCORES],
                             as_iterable=as_iterable)
        return found if as_iterable else found[self.ALL_SCORES]

    def clusters(self):
        """Returns the centers."""
        return self.get_variable_value(self.CLUSTERS)
