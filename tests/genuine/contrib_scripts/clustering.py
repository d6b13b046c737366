"""tf.contrib.factorization's k-means, alone and as an estimator, and tf.contrib.learn's.

Only with the full batch: the update of a mini-batch differs from run to run of one release.
"""
import itertools
import json

import tensorflow as tf
from cases import listed, numbers
from tensorflow.contrib import factorization, learn

tf.logging.set_verbosity(tf.logging.ERROR)
ROWS = numbers("clusters", 40, 3)


def graph(seed=None, **options):
    """Returns the names of what is to be run, and the centers and distances after five steps."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(seed)
        made = factorization.KMeans(ROWS, 4, **options).training_graph()
        names = [each[0].name if isinstance(each, tuple) else each.name for each in made]
        session.run(tf.global_variables_initializer())
        session.run(made[4])
        results = [session.run([made[5], made[2][0]])[1] for _ in range(5)]
        variables = tf.global_variables()
        return {"made": names, "variables": [each.name for each in variables]}, [
            (each.shape, listed(each)) for each in results], [listed(session.run(variables[0]))]


def rows():
    return tf.train.limit_epochs(tf.constant(ROWS), num_epochs=1)


def estimator(**options):
    model = factorization.KMeansClustering(
        3, config=tf.estimator.RunConfig(tf_random_seed=4), use_mini_batch=False, **options)
    for _ in range(5):
        model.train(rows)
    return {"variables": model.get_variable_names()}, [], [
        listed(model.cluster_centers()), listed(model.score(rows)),
        listed(list(model.predict_cluster_index(rows))), listed(list(model.transform(rows)))]


def of_learn(**options):
    def batch():
        return tf.constant(ROWS), None
    model = learn.KMeansClustering(
        3, config=learn.RunConfig(tf_random_seed=4), use_mini_batch=False, **options)
    model.fit(input_fn=batch, steps=5)
    scores = model.evaluate(input_fn=batch, steps=1)
    return {"variables": model.get_variable_names(), "scores": sorted(scores)}, [], [
        listed(model.clusters()), listed(model.transform(batch)),
        listed([scores[name] for name in sorted(scores)]),
        listed(list(itertools.islice(model.predict_cluster_idx(batch), 40)))]


CASES = {
    "random": lambda: graph(),
    "random under a seed": lambda: graph(3),
    "random by a seed": lambda: graph(random_seed=7),
    "plus plus": lambda: graph(initial_clusters="kmeans_plus_plus"),
    "cosine": lambda: graph(distance_metric="cosine"),
    "from centers": lambda: graph(initial_clusters=ROWS[:4]),
    "estimator": lambda: estimator(),
    "estimator of angles": lambda: estimator(distance_metric="cosine", random_seed=5,
                                             relative_tolerance=1e-3),
    "learn": lambda: of_learn(),
    "learn of angles": lambda: of_learn(distance_metric="cosine", random_seed=5,
                                        relative_tolerance=1e-3),
}
for name in sorted(CASES):
    print(json.dumps([name, CASES[name]()]))
