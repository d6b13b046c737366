"""``tf.contrib.factorization``: k-means, by the kernels and the estimator that TensorFlow kept.

What is different from today's: the seed is taken as it is given, 0 by default, whatever the graph's
seed; `KMeans.training_graph` returns what it did in each release; and the distances of
`KMeansClustering.transform` are squared.
"""
import contextlib
import sys

from tensorflow.python.ops import clustering_ops

from tf1_recipes.legacy import estimator

_library = sys.modules[estimator.experimental.KMeans.__module__]

COSINE_DISTANCE = clustering_ops.COSINE_DISTANCE
KMEANS_PLUS_PLUS_INIT = clustering_ops.KMEANS_PLUS_PLUS_INIT
KMC2_INIT = clustering_ops.KMC2_INIT
RANDOM_INIT = clustering_ops.RANDOM_INIT
SQUARED_EUCLIDEAN_DISTANCE = clustering_ops.SQUARED_EUCLIDEAN_DISTANCE


class KMeans(clustering_ops.KMeans):
    """Builds the graph of k-means, of the full batch or of mini-batches.

    Args:
        inputs: tensor [rows, dimensions], or a list of such.
        num_clusters: int.
        initial_clusters: "random", "kmeans_plus_plus", "kmc2", an array [clusters, dimensions], or
            a function of inputs and the number of centers wanted.
        distance_metric: "squared_euclidean" or "cosine".
        use_mini_batch: bool.
        mini_batch_steps_per_iteration: int, the steps after which new centers count.
        random_seed: int, of the initial centers.
        kmeans_plus_plus_num_retries, kmc2_chain_length: int, see the two initialisations.
    """

    def __init__(self, inputs, num_clusters, initial_clusters=RANDOM_INIT,
                 distance_metric=SQUARED_EUCLIDEAN_DISTANCE, use_mini_batch=False,
                 mini_batch_steps_per_iteration=1, random_seed=0, kmeans_plus_plus_num_retries=2,
                 kmc2_chain_length=200):
        super().__init__(inputs, num_clusters, initial_clusters, distance_metric, use_mini_batch,
                         mini_batch_steps_per_iteration, random_seed,
                         kmeans_plus_plus_num_retries, kmc2_chain_length)
        self._seed = random_seed

    def training_graph(self):
        """Returns a tuple of what to run.

        Returns:
            (all_scores, cluster_idx, scores, cluster_centers_initialized, init_op, training_op);
            as of 1.4 with cluster_centers_var before init_op.

        Raises:
            ValueError: as of 0.12, where the centers were chosen by the variables' initialiser.
        """
        release = getattr(sys.modules.get("tensorflow"), "__version__", "")
        if release.startswith("0."):
            raise ValueError(
                "tf.contrib.factorization.KMeans is not served as of 0.12, where it returned four "
                "things and chose its centers as its variables were initialised: run the script "
                "--as-of 1.4, and unpack the seven things that are returned then")
        result = super().training_graph()
        if release.startswith("1.4"):
            return result[:4] + (self._centers,) + result[4:]
        return result

    def _create_variables(self, num_clusters):
        result = super()._create_variables(num_clusters)
        self._centers = result[0]
        return result


class KMeansClustering(estimator.experimental.KMeans):
    """An estimator of k-means, see `KMeans`.

    Args:
        num_clusters, initial_clusters, distance_metric, random_seed, use_mini_batch,
        mini_batch_steps_per_iteration, kmeans_plus_plus_num_retries: see `KMeans`.
        model_dir, config: see ``tf.estimator.Estimator``.
        relative_tolerance: float, training stops when the loss changes by less.
        feature_columns: list of ``tf.feature_column``'s, by default all features.
    """

    def __init__(self, num_clusters, model_dir=None, initial_clusters=RANDOM_INIT,
                 distance_metric=SQUARED_EUCLIDEAN_DISTANCE, random_seed=0, use_mini_batch=True,
                 mini_batch_steps_per_iteration=1, kmeans_plus_plus_num_retries=2,
                 relative_tolerance=None, config=None, feature_columns=None):
        super().__init__(num_clusters, model_dir, initial_clusters, distance_metric, random_seed,
                         use_mini_batch, mini_batch_steps_per_iteration,
                         kmeans_plus_plus_num_retries, relative_tolerance, config,
                         feature_columns)
        build = self._model_fn

        def model_fn(features, mode, config):
            with _old_kmeans():
                return build(features=features, mode=mode, config=config)

        self._model_fn = model_fn

    def transform(self, input_fn):
        """Yields the distances of each row to all centers, squared if they are euclidean."""
        return self._predict_one_key(input_fn, self.ALL_DISTANCES)


class _Ops:
    """The library's ops, except for `KMeans`."""

    def __getattr__(self, name):
        return KMeans if name == "KMeans" else getattr(clustering_ops, name)


@contextlib.contextmanager
def _old_kmeans():
    """While it lasts, the library's estimator builds its graph by `KMeans`."""
    _library.clustering_ops = _Ops()
    try:
        yield
    finally:
        _library.clustering_ops = clustering_ops
