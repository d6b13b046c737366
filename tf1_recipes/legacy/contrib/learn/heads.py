"""``tf.contrib.learn``: loss, predictions and metrics of classifiers and regressors."""
from tf1_recipes.legacy.contrib.learn.model_fn import ModeKeys, ModelFnOps
from tf1_recipes.v1 import tf


class ProblemType:
    """What a model solves, which decides how it is served."""

    UNSPECIFIED, CLASSIFICATION, LINEAR_REGRESSION, LOGISTIC_REGRESSION = range(4)


class PredictionKey:
    """The names of what is predicted."""

    CLASSES = "classes"
    PROBABILITIES = "probabilities"
    LOGITS = "logits"
    LOGISTIC = "logistic"
    SCORES = "scores"
    TOP_K = "top_k"
    GENERIC = "output"


class _Head:
    """What is made of a model's outputs.

    Args:
        logits_dimension: int, the number of outputs.
        weight_column_name: str, the feature with the weight of each example, or None.
        enable_centered_bias: bool; it is not served.
    """

    def __init__(self, logits_dimension, weight_column_name=None, enable_centered_bias=False):
        if enable_centered_bias:
            raise ValueError("enable_centered_bias is not served: a bias is learned without it")
        self.logits_dimension = logits_dimension
        self._weight_column = weight_column_name

    def create_model_fn_ops(self, features, mode, labels=None, train_op_fn=None, logits=None,
                            logits_input=None, scope=None):
        """Returns `ModelFnOps` of a model's outputs."""
        with tf.variable_scope(scope, self._SCOPE, [logits, labels]):
            predictions = self.predictions(logits)
            loss = train_op = metrics = None
            if mode != ModeKeys.INFER and labels is not None:
                if isinstance(labels, dict):
                    labels, = labels.values()
                weights = None if self._weight_column is None else tf.reshape(
                    tf.cast(features[self._weight_column], tf.float32), [-1, 1])
                each = self.losses(labels, logits)
                loss = average = tf.reduce_mean(each, name="loss")
                if weights is not None:
                    weighted = each * weights
                    loss = tf.reduce_mean(weighted, name="loss")
                    average = tf.div(tf.reduce_sum(weighted), tf.reduce_sum(weights))
                with tf.name_scope(""):
                    tf.summary.scalar("loss", tf.identity(average))
                if mode == ModeKeys.TRAIN:
                    with tf.name_scope("train_op"):
                        train_op = train_op_fn(loss)
                with tf.name_scope("metrics"):
                    metrics = dict(self.metrics(predictions, labels, weights),
                                   loss=tf.metrics.mean(average))
            served = {None: (self._PROBLEM, self.served(predictions))} \
                if mode == ModeKeys.INFER else None
            return ModelFnOps(mode, predictions, loss, train_op, metrics, served)

    def served(self, predictions):
        """What of the predictions an exported model gives."""
        return predictions


class RegressionHead(_Head):
    """The squared error."""

    _SCOPE = "regression_head"
    _PROBLEM = ProblemType.LINEAR_REGRESSION

    def losses(self, labels, logits):
        """The loss of each example."""
        labels = tf.convert_to_tensor(labels)
        labels = tf.expand_dims(labels, 1) if labels.shape.ndims == 1 else labels
        return tf.squared_difference(logits, tf.cast(labels, tf.float32))

    def predictions(self, logits):
        """The outputs."""
        with tf.name_scope("predictions"):
            return {PredictionKey.SCORES: tf.squeeze(logits, axis=1, name="scores")
                    if self.logits_dimension == 1 else logits}

    def metrics(self, predictions, labels, weights):
        """None but the loss."""
        return {}


class _Classifier(_Head):
    _keys = None

    def served(self, predictions):
        """The probabilities, and beside each one its class, as a string."""
        chances = predictions[PredictionKey.PROBABILITIES]
        classes = tf.constant(self._keys) if self._keys else tf.as_string(
            tf.range(tf.shape(chances)[1]))
        return {PredictionKey.PROBABILITIES: chances, PredictionKey.CLASSES: tf.tile(
            tf.expand_dims(classes, 0), [tf.shape(chances)[0], 1])}


class BinaryLogisticHead(_Classifier):
    """The log loss of two classes, by one output."""

    _SCOPE = "binary_logistic_head"
    _PROBLEM = ProblemType.LOGISTIC_REGRESSION

    def losses(self, labels, logits):
        """The loss of each example."""
        labels = tf.cast(labels, tf.float32)
        labels = tf.expand_dims(labels, 1) if labels.shape.ndims == 1 else labels
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)

    def predictions(self, logits):
        """The outputs, their probabilities, and the likelier class."""
        with tf.name_scope("predictions"):
            both = tf.concat((tf.zeros_like(logits), logits), 1)
            return {
                PredictionKey.LOGITS: logits,
                PredictionKey.LOGISTIC: tf.sigmoid(logits, name="logistic"),
                PredictionKey.PROBABILITIES: tf.nn.softmax(both, name="probabilities"),
                PredictionKey.CLASSES: tf.argmax(both, 1, name="classes")}

    def metrics(self, predictions, labels, weights):
        """Accuracy, means, areas under curves, precision and recall."""
        chance = predictions[PredictionKey.LOGISTIC]
        labels = tf.reshape(tf.cast(labels, tf.float32), [-1, 1])
        flat = None if weights is None else tf.reshape(weights, [-1])
        above = tf.cast(tf.greater_equal(chance, 0.5), tf.float32)
        at_half = "positive_threshold_0.500000_mean"
        return {
            "accuracy": tf.metrics.accuracy(
                tf.reshape(labels, [-1]), predictions[PredictionKey.CLASSES], flat),
            "labels/prediction_mean": tf.metrics.mean(chance, weights),
            "labels/actual_label_mean": tf.metrics.mean(labels, weights),
            "accuracy/baseline_label_mean": tf.metrics.mean(labels, weights),
            "auc": tf.metrics.auc(labels, chance, weights),
            "auc_precision_recall": tf.metrics.auc(labels, chance, weights, curve="PR"),
            "accuracy/threshold_0.500000_mean": tf.metrics.accuracy(labels, above, weights),
            "precision/" + at_half: _scalars(tf.metrics.precision_at_thresholds(
                labels, chance, [0.5], weights)),
            "recall/" + at_half: _scalars(tf.metrics.recall_at_thresholds(
                labels, chance, [0.5], weights)),
        }


def _scalars(pair):
    return tuple(tf.squeeze(each) for each in pair)


class MultiClassHead(_Classifier):
    """The cross entropy of three classes or more.

    Args:
        label_keys: list of str, the names of the classes; by default they are numbers.
    """

    _SCOPE = "multi_class_head"
    _PROBLEM = ProblemType.CLASSIFICATION

    def __init__(self, n_classes, weight_column_name=None, enable_centered_bias=False,
                 label_keys=None):
        super().__init__(n_classes, weight_column_name, enable_centered_bias)
        self._keys = label_keys

    def losses(self, labels, logits):
        """The loss of each example."""
        if self._keys:
            labels = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(
                self._keys, list(range(len(self._keys))), tf.string, tf.int64), -1).lookup(labels)
        labels = tf.convert_to_tensor(labels)
        if not labels.dtype.is_integer:
            raise ValueError("Labels dtype should be integer Instead got %s." % labels.dtype)
        squeezed = labels.shape.ndims == 2
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.squeeze(labels, axis=1) if squeezed else labels, logits=logits)
        return tf.expand_dims(loss, 1)

    def predictions(self, logits):
        """The outputs, their probabilities, and the likeliest class."""
        with tf.name_scope("predictions"):
            classes = tf.argmax(logits, 1, name="classes")
            return {
                PredictionKey.LOGITS: logits,
                PredictionKey.PROBABILITIES: tf.nn.softmax(logits, name="probabilities"),
                PredictionKey.CLASSES: tf.gather(self._keys, classes) if self._keys else classes}

    def metrics(self, predictions, labels, weights):
        """The accuracy."""
        classes = predictions[PredictionKey.CLASSES]
        labels = tf.reshape(labels, [-1])
        weights = None if weights is None else tf.reshape(weights, [-1])
        if self._keys:
            return {"accuracy": tf.metrics.mean(tf.cast(
                tf.equal(labels, classes), tf.float32), weights)}
        return {"accuracy": tf.metrics.accuracy(labels, classes, weights)}


def multi_class_head(n_classes, label_name=None, weight_column_name=None,
                     enable_centered_bias=False, head_name=None, thresholds=None,
                     metric_class_ids=None, loss_fn=None, label_keys=None):
    """The head for a number of classes."""
    _refuse(head_name=head_name, thresholds=thresholds, metric_class_ids=metric_class_ids,
            loss_fn=loss_fn)
    if n_classes is None or n_classes < 2:
        raise ValueError("n_classes must be > 1 for classification: %s." % n_classes)
    if n_classes == 2:
        _refuse(label_keys=label_keys)
        return BinaryLogisticHead(1, weight_column_name, enable_centered_bias)
    return MultiClassHead(n_classes, weight_column_name, enable_centered_bias, label_keys)


def regression_head(label_name=None, weight_column_name=None, label_dimension=1,
                    enable_centered_bias=False, head_name=None, link_fn=None):
    """The head for numbers."""
    _refuse(head_name=head_name, link_fn=link_fn)
    return RegressionHead(label_dimension, weight_column_name, enable_centered_bias)


def _refuse(**given):
    for name, value in given.items():
        if value:
            raise ValueError("a head's %s is not served: write the model's function out and give "
                             "it to tf.contrib.learn.Estimator" % name)
