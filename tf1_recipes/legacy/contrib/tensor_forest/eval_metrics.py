"""``tf.contrib.tensor_forest.client.eval_metrics``: metrics of a forest, by their names."""
from tf1_recipes.v1 import tf

INFERENCE_PROB_NAME = "probabilities"
INFERENCE_PRED_NAME = "classes"
FEATURE_IMPORTANCE_NAME = "global_feature_importance"


def _flat(labels):
    return tf.reshape(tf.cast(labels, tf.int32), [-1])


def _accuracy(predictions, labels, weights=None):
    return tf.metrics.accuracy(labels, predictions, weights)


def _precision(predictions, labels, weights=None):
    return tf.metrics.precision(labels, predictions, weights)


def _recall(predictions, labels, weights=None):
    return tf.metrics.recall(labels, predictions, weights)


def _auc(predictions, labels, weights=None):
    return tf.metrics.auc(labels, predictions[:, 1:2], weights)


def _r2(predictions, labels, weights=None):
    labels = tf.cast(labels, tf.float32)
    total = tf.reduce_sum(tf.squared_difference(labels, tf.reduce_mean(labels, 0)), 0)
    rest = tf.reduce_sum(tf.squared_difference(labels, predictions), 0)
    return tf.metrics.mean(1 - tf.reduce_sum(rest / total), weights)


def _softmax_entropy(predictions, labels, weights=None):
    return tf.metrics.mean(tf.losses.sparse_softmax_cross_entropy(
        _flat(labels), predictions), weights)


def _log_loss(predictions, labels, weights=None):
    return tf.metrics.mean(tf.losses.log_loss(
        tf.one_hot(_flat(labels), tf.shape(predictions)[1]), predictions), weights)


def _top_5(predictions, labels):
    return tf.metrics.mean(tf.cast(tf.nn.in_top_k(predictions, _flat(labels), 5), tf.float32))


# Name: (metric, the prediction that it is of).
_METRICS = {
    "accuracy": (_accuracy, INFERENCE_PRED_NAME),
    "auc": (_auc, INFERENCE_PROB_NAME),
    "classification_log_loss": (_log_loss, INFERENCE_PROB_NAME),
    "precision": (_precision, INFERENCE_PRED_NAME),
    "r2": (_r2, "scores"),
    "recall": (_recall, INFERENCE_PRED_NAME),
    "softmax_entropy": (_softmax_entropy, INFERENCE_PROB_NAME),
    "top_5": (_top_5, INFERENCE_PROB_NAME),
}


def get_metric(metric_name):
    """Returns a metric, a function of predictions and labels."""
    return _METRICS[metric_name][0]


def get_prediction_key(metric_name):
    """Returns the name of the prediction that a metric is of."""
    return _METRICS[metric_name][1]
