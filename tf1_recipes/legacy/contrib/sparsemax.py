"""``tf.contrib.sparsemax``: a softmax that gives zeros, and its loss.

Martins and Astudillo, "From softmax to sparsemax: a sparse model of attention and multi-label
classification", 2016.
"""
from tf1_recipes.v1 import tf


def sparsemax(logits, name=None):
    """The point of the simplex that is nearest to the logits: max(z - tau(z), 0).

    tau is such that the sum is 1; it is of the k largest, those with 1 + k z_k > z_1 + ... + z_k.

    Args:
        logits: tensor [batch, classes].

    Returns:
        Tensor [batch, classes].
    """
    with tf.name_scope(name, "sparsemax", [logits]):
        logits = tf.convert_to_tensor(logits, name="logits")
        batch, classes = tf.shape(logits)[0], tf.shape(logits)[1]
        falling, _ = tf.nn.top_k(logits, k=classes)
        sums = tf.cumsum(falling, axis=1)
        numbers = tf.range(1, tf.cast(classes, logits.dtype) + 1, dtype=logits.dtype)
        count = tf.reduce_sum(tf.cast(1 + numbers * falling > sums, tf.int32), axis=1)
        last = tf.stack([tf.range(0, batch), tf.maximum(count, 1) - 1], axis=1)
        threshold = (tf.gather_nd(sums, last) - 1) / tf.cast(count, logits.dtype)
        result = tf.maximum(tf.cast(0, logits.dtype), logits - threshold[:, tf.newaxis])
        # With no largest, or with one that is no number, there is no result.
        return tf.where(tf.logical_or(tf.equal(count, 0), tf.is_nan(sums[:, -1])),
                        tf.fill([batch, classes], tf.cast(float("nan"), logits.dtype)), result)


def sparsemax_loss(logits, sparsemax, labels, name=None):
    """The loss of which sparsemax - labels is the gradient.

    sum over s > 0 of s (z - s / 2), plus the sum of q (q / 2 - z), with the sparsemax s of the
    logits z and the labels q.

    Args:
        logits, sparsemax, labels: tensors [batch, classes].

    Returns:
        Tensor [batch].
    """
    with tf.name_scope(name, "sparsemax_loss", [logits, sparsemax, labels]):
        logits = tf.convert_to_tensor(logits, name="logits")
        sparsemax = tf.convert_to_tensor(sparsemax, name="sparsemax")
        labels = tf.convert_to_tensor(labels, name="labels")
        support = tf.where(tf.logical_or(sparsemax > 0, tf.is_nan(sparsemax)),
                           sparsemax * (logits - 0.5 * sparsemax), tf.zeros_like(sparsemax))
        rest = tf.where(tf.logical_and(tf.equal(labels, 0), tf.is_inf(logits)),
                        tf.zeros_like(logits), labels * (0.5 * labels - logits))
        return tf.reduce_sum(support + rest, axis=1)
