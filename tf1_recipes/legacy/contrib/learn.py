"""``tf.contrib.learn``: its constants and what it made of data."""
from tf1_recipes.v1 import tf


class ModeKeys:
    """What a model's function is called for."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


class NotFittedError(ValueError, AttributeError):
    """An estimator was used before it was trained."""


NanLossDuringTrainingError = tf.train.NanLossDuringTrainingError
