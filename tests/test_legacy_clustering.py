"""``tf.contrib.factorization``: k-means as public scripts call it, as of several releases.

The numbers are genuine TensorFlow 1.15.5's, on CPU, of the same script.
"""

import pytest

from tests.printed import differing_lines

SCRIPT = """
    import numpy as np
    import tensorflow as tf
    from tensorflow.contrib.factorization import KMeans
    rows = (np.arange(24).reshape(12, 2) * 7 % 11 / 11.0).astype(np.float32)
    x = tf.placeholder(tf.float32, [None, 2])
    made = KMeans(inputs=x, num_clusters=3, distance_metric="cosine").training_graph()
    print(len(made), [v.name for v in tf.global_variables()])
    initial, train = made[-2:]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer(), {x: rows})
        session.run(initial, {x: rows})
        for step in range(3):
            _, distance, index = session.run([train, made[2][0], made[1][0]], {x: rows})
        print("%.6f" % distance.mean(), index.tolist())
        if len(made) > 6:
            print(session.run(made[4]).shape)
    """


NUMBERS = "0.012066 [0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0]"


@pytest.mark.parametrize("release, count, more", [("1.15", 6, []), ("1.4", 7, ["(3, 2)"])])
def test_k_means(run_script, release, count, more):
    done = run_script(SCRIPT, options=["--as-of", release])
    expected = ["%d ['clusters:0', 'initialized:0']" % count, NUMBERS] + more
    assert differing_lines(done.stdout, "\n".join(expected)) == [], done.stderr


def test_before_1_0_it_is_refused(run_script):
    done = run_script(SCRIPT, options=["--as-of", "0.12"])
    assert "KMeans is not served as of 0.12" in done.stderr
