"""``tf.contrib.learn``: linear models and networks for a head that is given.

``predict`` yields all that the head predicts, by name.
"""
from tf1_recipes.legacy.contrib.learn.estimator import Estimator
from tf1_recipes.legacy.contrib.learn.models import (
    linear_model,
    network_model,
    refuse_multipliers,
)
from tf1_recipes.v1 import tf

__all__ = ["DNNEstimator", "LinearEstimator"]


class DNNEstimator(Estimator):
    """A network.

    Args:
        head: such as `tf.contrib.learn.multi_class_head` returns.
        hidden_units: list of int.
        feature_columns: of the first layer.
        others: as of `DNNClassifier`.
    """

    def __init__(self, head, hidden_units, feature_columns, model_dir=None, optimizer=None,
                 activation_fn=tf.nn.relu, dropout=None, gradient_clip_norm=None, config=None,
                 feature_engineering_fn=None, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None):
        refuse_multipliers(embedding_lr_multipliers)
        super().__init__(network_model, model_dir, config, {
            "head": head, "feature_columns": tuple(feature_columns or []),
            "hidden_units": hidden_units, "optimizer": optimizer, "activation_fn": activation_fn,
            "dropout": dropout, "gradient_clip_norm": gradient_clip_norm}, feature_engineering_fn)


class LinearEstimator(Estimator):
    """A linear model.

    Args:
        feature_columns: its columns.
        head: such as `tf.contrib.learn.regression_head` returns.
        weight_column_name: ignored, as in 1.x: a head has its own.
        others: as of `LinearClassifier`.
    """

    def __init__(self, feature_columns, head, model_dir=None, weight_column_name=None,
                 optimizer=None, gradient_clip_norm=None, _joint_weights=False, config=None,
                 feature_engineering_fn=None):
        assert feature_columns
        if _joint_weights:
            raise ValueError("_joint_weights is not served: it put the weights of all columns "
                             "into one variable")
        super().__init__(linear_model, model_dir, config, {
            "head": head, "feature_columns": tuple(feature_columns), "optimizer": optimizer,
            "gradient_clip_norm": gradient_clip_norm}, feature_engineering_fn)
