"""tf.contrib's images and distributions, and its preprocessing of text."""
import tempfile

import cases
import numpy as np
import tensorflow as tf
from cases import numbers

image, distributions = tf.contrib.image, tf.contrib.distributions
preprocessing = tf.contrib.learn.preprocessing
IMAGES = numbers("images", 2, 5, 4, 3)
TEXTS = ["It's a well-known fact, that fact", "XMLReader reads XML", "a fact a day"]


def images():
    return tf.get_variable("images", [2, 5, 4, 3])


def diagonal():
    return distributions.MultivariateNormalDiag(
        tf.get_variable("loc", [2, 3]), tf.get_variable("scale_variance", [2, 3]))


def vocabulary(**options):
    def build():
        processor = preprocessing.VocabularyProcessor(5, **options)
        rows = np.array(list(processor.fit_transform(TEXTS)))
        path = tempfile.mkdtemp() + "/vocabulary"
        processor.save(path)
        processor = preprocessing.VocabularyProcessor.restore(path)
        other = np.array(list(processor.transform(["a new fact"])))
        return [tf.constant(each) for each in (
            rows, other, len(processor.vocabulary_), list(processor.reverse(rows)))]
    return build


def categorical():
    rows = [["a", "x"], ["b", "x"], ["a", "y"]]
    processor = preprocessing.CategoricalProcessor()
    return tf.constant(np.array(list(processor.fit_transform(np.array(rows, object)))))


CASES = {
    "rotate": lambda: image.rotate(images(), [0.3, -1.0]),
    "rotate_bilinear": lambda: image.rotate(images()[0], 0.7, "BILINEAR"),
    "translate": lambda: image.translate(images()[0, :, :, 0], [1.0, -2.0]),
    "transform": lambda: image.transform(
        images(), [1.1, 0.1, 0.0, 0.0, 0.9, 0.5, 0.01, 0.0], "BILINEAR", output_shape=[3, 6]),
    "compose": lambda: image.compose_transforms(
        image.angles_to_projective_transforms(0.3, 5.0, 4.0),
        image.translations_to_projective_transforms([1.0, 2.0])),
    "dense_image_warp": lambda: image.dense_image_warp(images(), 3 * numbers("flow", 2, 5, 4, 2)),
    "log_prob": lambda: diagonal().log_prob(numbers("x", 4, 2, 3)),
    "prob": lambda: diagonal().prob(numbers("x", 2, 3)),
    "sample": lambda: diagonal().sample([4], seed=3),
    "sample_one": lambda: diagonal().sample(seed=3),
    "entropy": lambda: diagonal().entropy(),
    "mean": lambda: diagonal().mean(),
    "stddev": lambda: diagonal().stddev(),
    "variance": lambda: diagonal().variance(),
    "kl": lambda: distributions.kl_divergence(diagonal(), distributions.MultivariateNormalDiag(
        numbers("other", 2, 3), scale_identity_multiplier=[0.5, 2.0])),
    "softplus": lambda: distributions.MultivariateNormalDiagWithSoftplusScale(
        tf.get_variable("loc", [3]), tf.get_variable("scale", [3])).log_prob(numbers("x", 3)),
    "event_shape": lambda: tf.constant(diagonal().event_shape.as_list()),
    "batch_shape": lambda: diagonal().batch_shape_tensor(),
    "normal": lambda: distributions.Normal(tf.get_variable("loc", [3]), 2.0).log_prob(0.5),
    "normal_softplus": lambda: distributions.NormalWithSoftplusScale(
        tf.get_variable("loc", [3]), tf.get_variable("scale", [3])).log_prob(0.5),
    "categorical": lambda: distributions.Categorical(tf.get_variable("c", [3])).entropy(),
    "softplus_inverse": lambda: distributions.softplus_inverse(
        tf.get_variable("x_variance", [3])),
    "vocabulary": vocabulary(),
    "vocabulary_trimmed": vocabulary(min_frequency=1),
    "categories": categorical,
    "bytes": lambda: tf.constant(np.array(list(preprocessing.ByteProcessor(6).transform(TEXTS)))),
}
cases.main(CASES)
