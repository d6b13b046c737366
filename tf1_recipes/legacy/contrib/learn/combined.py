"""``tf.contrib.learn``: a linear model and a network that share a loss, wide and deep."""
import math

from tf_slim.layers.optimizers import optimize_loss

from tf1_recipes.legacy.contrib.learn.heads import multi_class_head, regression_head
from tf1_recipes.legacy.contrib.learn.models import (
    LEARNING_RATES,
    Classifier,
    Model,
    Regressor,
    as_features,
    network,
    one_part,
    refuse_multipliers,
    weighted_sum,
)
from tf1_recipes.v1 import tf


def _combined(features, labels, mode, params):
    head, features = params["head"], as_features(features)
    deep, wide = params["dnn_feature_columns"], params["feature_columns"]
    values, logits = tuple(features.values()), []
    if deep:
        if not params["dnn_hidden_units"]:
            raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is "
                             "specified.")
        with tf.variable_scope("dnn", values=values, partitioner=one_part()):
            logits.append(network(
                features, deep, params["dnn_hidden_units"], params["dnn_activation_fn"],
                params["dnn_dropout"], head.logits_dimension, mode))
    if wide:
        with tf.variable_scope("linear", values=values, partitioner=one_part()) as scope:
            logits.append(weighted_sum(features, wide, head.logits_dimension, scope))
            tf.summary.scalar("%s/fraction_of_zero_values" % scope.name,
                              tf.nn.zero_fraction(logits[-1]))
            tf.summary.histogram("%s/activation" % scope.name, logits[-1])

    def train(loss):
        # Each part counts a step, unless that is asked to be mended.
        once = params["fix_global_step_increment_bug"]
        parts = [("dnn", LEARNING_RATES["dnn"], params["dnn_optimizer"] or "Adagrad")] if deep \
            else []
        if wide:
            rate = min(LEARNING_RATES["linear"], 1.0 / math.sqrt(len(wide)))
            parts.append(("linear", rate, params["linear_optimizer"] or "Ftrl"))
        step = tf.train.get_global_step()
        train_op = tf.group(*[optimize_loss(
            loss=loss, global_step=step, learning_rate=rate,
            optimizer=optimizer() if callable(optimizer) else optimizer,
            clip_gradients=params["gradient_clip_norm"], variables=tf.get_collection(name),
            name=name, summaries=[], increment_global_step=not once)
            for name, rate, optimizer in parts])
        if not once:
            return train_op
        with tf.control_dependencies([train_op]):
            return tf.assign_add(step, 1).op

    return head.create_model_fn_ops(
        features, mode, labels, train, logits[0] if len(logits) == 1 else logits[0] + logits[1])


class _Combined(Model):
    def __init__(self, head, model_dir, config, feature_engineering_fn, multipliers,
                 linear_feature_columns, dnn_feature_columns, joint, **params):
        if not (linear_feature_columns or dnn_feature_columns):
            raise ValueError("Either linear_feature_columns or dnn_feature_columns must be "
                             "defined.")
        refuse_multipliers(multipliers)
        if joint:
            raise ValueError("_joint_linear_weights is not served: it put the weights of all "
                             "columns into one variable")
        super().__init__(_combined, head, linear_feature_columns, model_dir, config,
                         feature_engineering_fn, dnn_feature_columns=tuple(
                             dnn_feature_columns or []), **params)


class DNNLinearCombinedClassifier(_Combined, Classifier):
    """A linear model and a network that classify by the sum of their outputs."""

    def __init__(self, model_dir=None, n_classes=2, weight_column_name=None,
                 linear_feature_columns=None, linear_optimizer=None, _joint_linear_weights=False,
                 dnn_feature_columns=None, dnn_optimizer=None, dnn_hidden_units=None,
                 dnn_activation_fn=tf.nn.relu, dnn_dropout=None, gradient_clip_norm=None,
                 enable_centered_bias=False, config=None, feature_engineering_fn=None,
                 embedding_lr_multipliers=None, input_layer_min_slice_size=None, label_keys=None,
                 fix_global_step_increment_bug=False):
        super().__init__(
            multi_class_head(n_classes, weight_column_name=weight_column_name,
                             enable_centered_bias=enable_centered_bias, label_keys=label_keys),
            model_dir, config, feature_engineering_fn, embedding_lr_multipliers,
            linear_feature_columns, dnn_feature_columns, _joint_linear_weights,
            linear_optimizer=linear_optimizer, dnn_optimizer=dnn_optimizer,
            dnn_hidden_units=dnn_hidden_units, dnn_activation_fn=dnn_activation_fn,
            dnn_dropout=dnn_dropout, gradient_clip_norm=gradient_clip_norm,
            fix_global_step_increment_bug=fix_global_step_increment_bug)


class DNNLinearCombinedRegressor(_Combined, Regressor):
    """A linear model and a network that predict numbers by the sum of their outputs."""

    def __init__(self, model_dir=None, weight_column_name=None, linear_feature_columns=None,
                 linear_optimizer=None, _joint_linear_weights=False, dnn_feature_columns=None,
                 dnn_optimizer=None, dnn_hidden_units=None, dnn_activation_fn=tf.nn.relu,
                 dnn_dropout=None, gradient_clip_norm=None, enable_centered_bias=False,
                 label_dimension=1, config=None, feature_engineering_fn=None,
                 embedding_lr_multipliers=None, input_layer_min_slice_size=None,
                 fix_global_step_increment_bug=False):
        super().__init__(
            regression_head(weight_column_name=weight_column_name,
                            label_dimension=label_dimension,
                            enable_centered_bias=enable_centered_bias),
            model_dir, config, feature_engineering_fn, embedding_lr_multipliers,
            linear_feature_columns, dnn_feature_columns, _joint_linear_weights,
            linear_optimizer=linear_optimizer, dnn_optimizer=dnn_optimizer,
            dnn_hidden_units=dnn_hidden_units, dnn_activation_fn=dnn_activation_fn,
            dnn_dropout=dnn_dropout, gradient_clip_norm=gradient_clip_norm,
            fix_global_step_increment_bug=fix_global_step_increment_bug)
