"""Losses of lists by time: cross entropies, weighted, and averaged over the weights' sum.

Everywhere below

    logits: list by time of tensors [batch, symbols].
    targets: list by time of integer tensors [batch].
    weights: list by time of tensors [batch].
    average_across_timesteps: bool, whether a sequence's loss is divided by its weights' sum.
    softmax_loss_function: of the user's, in place of the cross entropy; losses of [batch].
"""
from tf1_recipes.v1 import tf


class Losses:
    """The losses of a release.

    Args:
        by_name: bool, whether the user's loss gets ``labels=`` and ``logits=``, as since 1.0, or a
            logit and a target, as before.
    """

    def __init__(self, by_name):
        self._by_name = by_name

    def sequence_loss_by_example(self, logits, targets, weights, average_across_timesteps=True,
                                 softmax_loss_function=None, name=None):
        """Returns each sequence's loss, a vector of the batch.

        Raises:
            ValueError: the lists are not of the same length.
        """
        if len(targets) != len(logits) or len(weights) != len(logits):
            raise ValueError("Lengths of logits, weights, and targets must be the same %d, %d, "
                             "%d." % (len(logits), len(weights), len(targets)))
        with tf.name_scope(name, "sequence_loss_by_example", logits + targets + weights):
            losses = tf.add_n([
                self._cross_entropy(logit, target, softmax_loss_function) * weight
                for logit, target, weight in zip(logits, targets, weights)])
            if average_across_timesteps:
                # Not zero, where no weight is.
                losses /= tf.add_n(weights) + 1e-12
        return losses

    def _cross_entropy(self, logit, target, function):
        if function is None:
            return tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=tf.reshape(target, [-1]), logits=logit)
        return function(labels=target, logits=logit) if self._by_name else function(logit, target)

    def sequence_loss(self, logits, targets, weights, average_across_timesteps=True,
                      average_across_batch=True, softmax_loss_function=None, name=None):
        """Returns the loss of all sequences, a scalar."""
        with tf.name_scope(name, "sequence_loss", logits + targets + weights):
            loss = tf.reduce_sum(self.sequence_loss_by_example(
                logits, targets, weights, average_across_timesteps=average_across_timesteps,
                softmax_loss_function=softmax_loss_function))
            if average_across_batch:
                loss /= tf.cast(tf.shape(targets[0])[0], loss.dtype)
            return loss

    def model_with_buckets(self, encoder_inputs, decoder_inputs, targets, weights, buckets,
                           seq2seq, softmax_loss_function=None, per_example_loss=False, name=None):
        """Builds a model once for each bucket of lengths, with the same weights.

        Args:
            buckets: list of (length of inputs, length of targets), the longest last.
            seq2seq: function of (encoder inputs, decoder inputs) that returns (outputs, state).
            per_example_loss: bool, losses as vectors of the batch.

        Returns:
            (list by bucket of lists by time of outputs, list by bucket of losses).

        Raises:
            ValueError: lists shorter than the last bucket.
        """
        for title, given, length in (("encoder_inputs", encoder_inputs, buckets[-1][0]),
                                     ("targets", targets, buckets[-1][1]),
                                     ("weights", weights, buckets[-1][1])):
            if len(given) < length:
                raise ValueError("Length of %s (%d) must be at least that of last bucket (%d)." % (
                    title, len(given), length))
        loss = self.sequence_loss_by_example if per_example_loss else self.sequence_loss
        losses, outputs = [], []
        with tf.name_scope(name, "model_with_buckets",
                           encoder_inputs + decoder_inputs + targets + weights):
            for number, (source, target) in enumerate(buckets):
                with tf.variable_scope(tf.get_variable_scope(), reuse=True if number else None):
                    outputs.append(seq2seq(encoder_inputs[:source], decoder_inputs[:target])[0])
                    losses.append(loss(outputs[-1], targets[:target], weights[:target],
                                       softmax_loss_function=softmax_loss_function))
        return outputs, losses
