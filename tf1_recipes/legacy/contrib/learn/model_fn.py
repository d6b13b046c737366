"""What ``tf.contrib.learn`` calls a model's function for, and what that returns."""
from collections import namedtuple

from tf1_recipes.v1 import tf


class ModeKeys:
    """What a model's function is called for."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


class ModelFnOps(namedtuple("ModelFnOps", (
        "predictions loss train_op eval_metric_ops output_alternatives training_chief_hooks "
        "training_hooks scaffold mode"))):
    """What a model's function returns."""

    def __new__(cls, mode, predictions=None, loss=None, train_op=None, eval_metric_ops=None,
                output_alternatives=None, training_chief_hooks=None, training_hooks=None,
                scaffold=None):
        if train_op is None and mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        if loss is None and mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError("Missing loss.")
        if predictions is None and mode in (ModeKeys.INFER, ModeKeys.EVAL):
            raise ValueError("Missing predictions.")
        if loss is not None:
            loss = tf.reshape(loss, []) if loss.shape.ndims else tf.convert_to_tensor(loss)
        return super().__new__(
            cls, predictions, loss, train_op, dict(eval_metric_ops or {}), output_alternatives,
            list(training_chief_hooks or []), list(training_hooks or []), scaffold, mode)
