"""tf.contrib.distributions: one-hot vectors, exactly and relaxed, normal vectors, and counts."""
import cases
import numpy as np
import tensorflow as tf
from cases import numbers

distributions = tf.contrib.distributions
TRIL = numbers("tril", 2, 3, 3) + 2 * np.eye(3, dtype=np.float32)


def one_hot(**options):
    return distributions.OneHotCategorical(tf.get_variable("logits", [2, 3]), **options)


def relaxed(kind=distributions.RelaxedOneHotCategorical, temperature=0.7):
    return kind(temperature, logits=tf.get_variable("logits", [2, 3]))


def normal():
    return distributions.MultivariateNormalTriL(tf.get_variable("loc", [3]), tf.get_variable(
        "tril", [2, 3, 3]))


def full():
    return distributions.MultivariateNormalFullCovariance(
        tf.get_variable("loc", [2, 3]), tf.matmul(TRIL, TRIL, transpose_b=True))


def counts():
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        return distributions.Poisson(tf.get_variable("rate_variance", [3]))


def logistic():
    return distributions.Logistic(tf.get_variable("loc", [2, 3]), tf.get_variable(
        "scale_variance", [3]))


def bits():
    return distributions.RelaxedBernoulli(0.7, logits=tf.get_variable("logits", [2, 3]))


def shapes(build):
    def shown():
        made = build()
        return [made.batch_shape_tensor(), made.event_shape_tensor(), tf.constant(
            made.batch_shape.as_list() + made.event_shape.as_list())]
    return shown


def shares(*shape):
    values = numbers("shares", *shape) + 1.1
    return values / values.sum(-1, keepdims=True)


SAMPLES = np.eye(3, dtype=np.float32)[np.array([[0, 1], [2, 1], [1, 1], [0, 2]])]
CASES = {
    "one hot, log_prob": lambda: one_hot().log_prob(SAMPLES),
    "one hot, one row": lambda: one_hot().prob(SAMPLES[0, 0]),
    "one hot, sample": lambda: one_hot().sample([4], seed=3),
    "one hot, floats": lambda: one_hot(dtype=tf.float32).sample(seed=3),
    "one hot, entropy": lambda: one_hot().entropy(),
    "one hot, mode": lambda: one_hot().mode(),
    "one hot, covariance": lambda: one_hot().covariance(),
    "one hot, kl": lambda: distributions.kl_divergence(
        one_hot(), distributions.OneHotCategorical(probs=shares(2, 3))),
    "one hot, shapes": shapes(one_hot),
    "relaxed, sample": lambda: relaxed().sample([4], seed=3),
    "relaxed, log_prob": lambda: relaxed().log_prob(shares(4, 2, 3)),
    "relaxed, shapes": shapes(relaxed),
    "relaxed, logarithm": lambda: relaxed(
        distributions.ExpRelaxedOneHotCategorical, tf.constant(2.0)).sample(seed=3),
    "relaxed, its log_prob": lambda: relaxed(
        distributions.ExpRelaxedOneHotCategorical).log_prob(np.log(shares(2, 3))),
    "normal, sample": lambda: normal().sample([4], seed=3),
    "normal, log_prob": lambda: normal().log_prob(numbers("x", 4, 2, 3)),
    "normal, prob": lambda: normal().prob(numbers("x", 2, 3)),
    "normal, mean": lambda: normal().mean(),
    "normal, covariance": lambda: normal().covariance(),
    "normal, variance": lambda: normal().variance(),
    "normal, stddev": lambda: normal().stddev(),
    "normal, shapes": shapes(normal),
    "normal, kl": lambda: distributions.kl_divergence(
        distributions.MultivariateNormalTriL(tf.get_variable("l", [2, 3]), TRIL), full()),
    "full, sample": lambda: full().sample(seed=5),
    "full, log_prob": lambda: full().log_prob(numbers("x", 4, 2, 3)),
    "no tril": lambda: distributions.MultivariateNormalTriL(tf.get_variable("loc", [3])).log_prob(
        numbers("x", 3)),
    "logistic, sample": lambda: logistic().sample([4], seed=3),
    "logistic, log_prob": lambda: logistic().log_prob(numbers("x", 4, 2, 3)),
    "logistic, mean": lambda: logistic().mean(),
    "logistic, entropy": lambda: logistic().entropy(),
    "logistic, stddev": lambda: logistic().stddev(),
    "logistic, cdf": lambda: logistic().cdf(numbers("x", 2, 3)),
    "logistic, shapes": shapes(logistic),
    "bits, sample": lambda: bits().sample([4], seed=3),
    "bits, log_prob": lambda: bits().log_prob(shares(4, 2, 3)),
    "bits, of chances": lambda: distributions.RelaxedBernoulli(
        2.0, probs=shares(2, 3)).sample(seed=3),
    "counts, log_prob": lambda: counts().log_prob([2.0, 0.0, 5.0]),
    "counts, cdf": lambda: counts().cdf([2.0, 0.0, 5.0]),
    "counts, mode": lambda: counts().mode(),
    "counts, sample": lambda: tf.stop_gradient(counts().sample([5], seed=3)) + counts().rate,
}
cases.main(CASES)
