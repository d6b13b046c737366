"""The cross entropy of sequences, weighted."""
from tf1_recipes.v1 import tf


def sequence_loss(logits, targets, weights, average_across_timesteps=True,
                  average_across_batch=True, sum_over_timesteps=False, sum_over_batch=False,
                  softmax_loss_function=None, name=None):
    """The weighted cross entropy of sequences, averaged as is asked.

    Averages are over the weights' sum; sums are divided by the number of weights that are not 0.

    Args:
        logits: tensor [batch, time, symbols].
        targets: integer tensor [batch, time].
        weights: tensor [batch, time].
        softmax_loss_function: function of (labels=, logits=) in place of the cross entropy.

    Returns:
        Tensor of the dimensions that are neither averaged nor summed over.

    Raises:
        ValueError: a wrong number of dimensions, or an average and a sum over the same one.
    """
    for title, tensor, dimensions in (("Logits", logits, 3), ("Targets", targets, 2),
                                      ("Weights", weights, 2)):
        if len(tensor.shape) != dimensions:
            raise ValueError("%s must have %d dimensions: batch, time%s" % (
                title, dimensions, ", logits" if dimensions == 3 else ""))
    for title, average, total in (
            ("timesteps", average_across_timesteps, sum_over_timesteps),
            ("batch", average_across_batch, sum_over_batch)):
        if average and total:
            raise ValueError("average_across_%s and sum_over_%s cannot be set to True at same "
                             "time." % (title, title))
    with tf.name_scope(name, "sequence_loss", [logits, targets, weights]):
        flat_logits = tf.reshape(logits, [-1, tf.shape(logits)[2]])
        flat_targets = tf.reshape(targets, [-1])
        function = softmax_loss_function or tf.nn.sparse_softmax_cross_entropy_with_logits
        losses = function(labels=flat_targets, logits=flat_logits)
        losses *= tf.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return tf.div_no_nan(tf.reduce_sum(losses), tf.reduce_sum(weights))
        if sum_over_timesteps and sum_over_batch:
            count = tf.cast(tf.count_nonzero(weights), losses.dtype)
            return tf.div_no_nan(tf.reduce_sum(losses), count)
        losses = tf.reshape(losses, tf.shape(logits)[:2])
        if average_across_timesteps or average_across_batch:
            axis = [0 if average_across_batch else 1]
            total = tf.reduce_sum(weights, axis=axis)
        elif sum_over_timesteps or sum_over_batch:
            axis = [0 if sum_over_batch else 1]
            total = tf.cast(tf.count_nonzero(weights, axis=axis), losses.dtype)
        else:
            return losses
        return tf.div_no_nan(tf.reduce_sum(losses, axis=axis), total)
