"""``tf.contrib.learn``: linear models and networks, ready-made, with the old variables."""
import math

from tf_slim.layers import layers, optimizers
from tf_slim.layers.optimizers import optimize_loss

from tf1_recipes.legacy.contrib.feature_columns import (
    input_from_feature_columns,
    weighted_sum_from_feature_columns,
)
from tf1_recipes.legacy.contrib.learn.estimator import Estimator
from tf1_recipes.legacy.contrib.learn.heads import (
    PredictionKey,
    multi_class_head,
    regression_head,
)
from tf1_recipes.v1 import tf

LEARNING_RATES = {"dnn": 0.05, "linear": 0.2}
_ACTIVATIONS = {"relu": tf.nn.relu, "tanh": tf.nn.tanh, "sigmoid": tf.nn.sigmoid}


def one_part():
    """Variables in parts, of which there is one: it decides the names of the optimizers' slots."""
    return tf.min_max_variable_partitioner(max_partitions=0)


def as_features(features):
    """The features as a dict."""
    return dict(features) if isinstance(features, dict) else {"": features}


def _columns(features, columns, weights, scope):
    """The first layer, of contrib's columns or of tf.feature_column's."""
    if all(hasattr(column, "dense") for column in columns):
        return input_from_feature_columns(features, columns, weights, scope=scope)
    return tf.feature_column.input_layer(features, columns, weight_collections=weights)


def _optimizer(optimizer):
    if callable(optimizer) and not isinstance(optimizer, type):
        return optimizer()
    if isinstance(optimizer, str):
        return optimizers.OPTIMIZER_CLS_NAMES[optimizer](learning_rate=LEARNING_RATES["dnn"])
    return optimizer


def network(features, columns, hidden_units, activation, dropout, outputs, mode):
    """Fully connected layers, in the scope in which it is called.

    Args:
        features: dict of tensors.
        columns: the feature columns of the first layer.
        hidden_units: list of int.
        activation: function, or its name.
        dropout: float, the part of a layer's outputs dropped in training, or None.
        outputs: int.
        mode: of `ModeKeys`.

    Returns:
        Tensor [batch, outputs].
    """
    activation = _ACTIVATIONS[activation] if isinstance(activation, str) else activation

    def summarize(tensor, tag):
        tf.summary.scalar("%s_fraction_of_zero_values" % tag, tf.nn.zero_fraction(tensor))
        tf.summary.histogram("%s_activation" % tag, tensor)

    with tf.variable_scope("input_from_feature_columns", values=tuple(features.values()),
                           partitioner=one_part()) as scope:
        net = _columns(features, columns, ["dnn"], scope)
    for number, units in enumerate(hidden_units):
        with tf.variable_scope("hiddenlayer_%d" % number, values=(net,)) as scope:
            net = layers.fully_connected(net, units, activation_fn=activation,
                                         variables_collections=["dnn"], scope=scope)
            if dropout is not None and mode == "train":
                net = layers.dropout(net, keep_prob=1.0 - dropout)
        summarize(net, scope.name)
    with tf.variable_scope("logits", values=(net,)) as scope:
        logits = layers.fully_connected(net, outputs, activation_fn=None,
                                        variables_collections=["dnn"], scope=scope)
    summarize(logits, scope.name)
    return logits


def weighted_sum(features, columns, outputs, scope):
    """A linear model, in the scope that it is given."""
    if all(hasattr(column, "dense") for column in columns):
        logits, _, _ = weighted_sum_from_feature_columns(
            features, columns, outputs, ["linear"], scope=scope)
        return logits
    return tf.feature_column.linear_model(
        features, columns, units=outputs, weight_collections=["linear"])


def network_model(features, labels, mode, params):
    """A network of fully connected layers."""
    head, features = params["head"], as_features(features)
    with tf.variable_scope("dnn", values=tuple(features.values()), partitioner=one_part()):
        logits = network(features, params["feature_columns"], params["hidden_units"],
                         params["activation_fn"], params["dropout"], head.logits_dimension, mode)

        def train(loss):
            return optimize_loss(
                loss=loss, global_step=tf.train.get_global_step(),
                learning_rate=LEARNING_RATES["dnn"],
                optimizer=_optimizer(params["optimizer"] or "Adagrad"),
                clip_gradients=params["gradient_clip_norm"], name="dnn", summaries=[])

        return head.create_model_fn_ops(features, mode, labels, train, logits)


def linear_model(features, labels, mode, params):
    """A linear model."""
    head, features = params["head"], as_features(features)
    columns = params["feature_columns"]
    with tf.variable_scope("linear", values=tuple(features.values()),
                           partitioner=one_part()) as scope:
        logits = weighted_sum(features, columns, head.logits_dimension, scope)

        def train(loss):
            weights = tf.get_collection("linear")
            gradients = tf.gradients(loss, weights)
            if params["gradient_clip_norm"]:
                gradients, _ = tf.clip_by_global_norm(gradients, params["gradient_clip_norm"])
            optimizer = _optimizer(params["optimizer"] or tf.train.FtrlOptimizer(
                min(LEARNING_RATES["linear"], 1.0 / math.sqrt(len(columns)))))
            return optimizer.apply_gradients(
                zip(gradients, weights), global_step=tf.train.get_global_step())

        return head.create_model_fn_ops(features, mode, labels, train, logits)


class Model(Estimator):
    """An estimator by a head and feature columns, both in its parameters."""

    def __init__(self, model_fn, head, feature_columns, model_dir, config,
                 feature_engineering_fn, **params):
        super().__init__(model_fn, model_dir, config, dict(
            params, head=head, feature_columns=tuple(feature_columns or [])),
            feature_engineering_fn)

    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True,
                iterate_batches=False):
        """Yields what the model is for, each class or each number; all ``outputs`` if named."""
        if outputs or iterate_batches:
            return super().predict(x, input_fn, batch_size, outputs, as_iterable, iterate_batches)
        return self._predict_one(self._KEY, x, input_fn, batch_size, as_iterable)

    def _predict_one(self, key, x, input_fn, batch_size, as_iterable):
        found = super().predict(x, input_fn, batch_size, [key], as_iterable)
        return (each[key] for each in found) if as_iterable else found[key]


class Classifier(Model):
    """One that predicts classes."""

    _KEY = PredictionKey.CLASSES

    def predict_classes(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """Yields the class of each row."""
        return self._predict_one(PredictionKey.CLASSES, x, input_fn, batch_size, as_iterable)

    def predict_proba(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """Yields the probabilities of all classes for each row."""
        return self._predict_one(PredictionKey.PROBABILITIES, x, input_fn, batch_size, as_iterable)


class Regressor(Model):
    """One that predicts numbers."""

    _KEY = PredictionKey.SCORES

    def predict_scores(self, x=None, input_fn=None, batch_size=None, as_iterable=True):
        """Yields the number for each row."""
        return self._predict_one(PredictionKey.SCORES, x, input_fn, batch_size, as_iterable)


class DNNClassifier(Classifier):
    """A network that classifies."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, n_classes=2,
                 weight_column_name=None, optimizer=None, activation_fn=tf.nn.relu, dropout=None,
                 gradient_clip_norm=None, enable_centered_bias=False, config=None,
                 feature_engineering_fn=None, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None, label_keys=None):
        super().__init__(
            network_model, multi_class_head(n_classes, weight_column_name=weight_column_name,
                                            enable_centered_bias=enable_centered_bias,
                                            label_keys=label_keys),
            feature_columns, model_dir, config, feature_engineering_fn, hidden_units=hidden_units,
            optimizer=optimizer, activation_fn=activation_fn, dropout=dropout,
            gradient_clip_norm=gradient_clip_norm)
        refuse_multipliers(embedding_lr_multipliers)


class DNNRegressor(Regressor):
    """A network that predicts numbers."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, weight_column_name=None,
                 optimizer=None, activation_fn=tf.nn.relu, dropout=None, gradient_clip_norm=None,
                 enable_centered_bias=False, config=None, feature_engineering_fn=None,
                 label_dimension=1, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None):
        super().__init__(
            network_model, regression_head(weight_column_name=weight_column_name,
                                           label_dimension=label_dimension,
                                           enable_centered_bias=enable_centered_bias),
            feature_columns, model_dir, config, feature_engineering_fn, hidden_units=hidden_units,
            optimizer=optimizer, activation_fn=activation_fn, dropout=dropout,
            gradient_clip_norm=gradient_clip_norm)
        refuse_multipliers(embedding_lr_multipliers)


class LinearClassifier(Classifier):
    """A linear model that classifies."""

    def __init__(self, feature_columns, model_dir=None, n_classes=2, weight_column_name=None,
                 optimizer=None, gradient_clip_norm=None, enable_centered_bias=False,
                 _joint_weight=False, config=None, feature_engineering_fn=None, label_keys=None):
        super().__init__(
            linear_model, multi_class_head(n_classes, weight_column_name=weight_column_name,
                                           enable_centered_bias=enable_centered_bias,
                                           label_keys=label_keys),
            feature_columns, model_dir, config, feature_engineering_fn, optimizer=optimizer,
            gradient_clip_norm=gradient_clip_norm)


class LinearRegressor(Regressor):
    """A linear model that predicts numbers."""

    def __init__(self, feature_columns, model_dir=None, weight_column_name=None, optimizer=None,
                 gradient_clip_norm=None, enable_centered_bias=False, label_dimension=1,
                 _joint_weights=False, config=None, feature_engineering_fn=None):
        super().__init__(
            linear_model, regression_head(weight_column_name=weight_column_name,
                                          label_dimension=label_dimension,
                                          enable_centered_bias=enable_centered_bias),
            feature_columns, model_dir, config, feature_engineering_fn, optimizer=optimizer,
            gradient_clip_norm=gradient_clip_norm)


def refuse_multipliers(multipliers):
    """Refuses rates of their own for embeddings."""
    if multipliers:
        raise ValueError("embedding_lr_multipliers is not served: train the embeddings by a "
                         "model's function of your own, see tf1_recipes.multiply_gradients")
