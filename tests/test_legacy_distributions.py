"""``tf.contrib.distributions``: samples by a seed, and how likely they are."""

import pytest

SCRIPT = """
    import tensorflow as tf
    ds = tf.contrib.distributions
    logits = [0.5, -1.0, 0.2]
    made = [ds.OneHotCategorical(logits), ds.RelaxedOneHotCategorical(0.5, logits=logits),
            ds.RelaxedBernoulli(0.5, logits=logits), ds.Logistic(logits, 2.0),
            ds.MultivariateNormalTriL([1.0, 2.0], [[1.0, 0.0], [0.5, 2.0]]), ds.Poisson([1.0, 4.0])]
    with tf.Session() as session:
        for each in made:
            sample = each.sample(seed=3)
            chance = each.log_prob(sample)
            print(each.name.split("/")[0], *("%.4f" % value for result in session.run(
                [tf.cast(sample, tf.float32), chance]) for value in result.ravel()))
    """

# What genuine TensorFlow 1.15.5 prints.
PRINTED = [
    "OneHotCategorical 1.0000 0.0000 0.0000 -0.6750",
    "RelaxedOneHotCategorical 0.0011 0.0000 0.9988 10.2139",
    "RelaxedBernoulli 0.5199 0.0411 0.9996 -0.7441 1.0733 3.4043",
    "Logistic -0.4205 -2.1505 7.6873 -2.1319 -2.1611 -4.4836",
    "MultivariateNormalTriL 2.0617 0.7737 -3.4805",
    "Poisson 1.0000 3.0000 -1.0000 -1.6329",
]


def test_samples_and_their_chances(run_script):
    done = run_script(SCRIPT)
    found = [line.split() for line in done.lines]
    assert [name for name, *_ in found] == [line.split()[0] for line in PRINTED], done.stderr
    for (name, *values), line in zip(found, PRINTED):
        # 1.15 kept what a sample was made from, which a share near 1 does not tell to the last bit.
        assert list(map(float, values)) == pytest.approx(
            list(map(float, line.split()[1:])), rel=2e-4), name
