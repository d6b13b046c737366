"""Sparse steps before TensorFlow 1.0: the rows of one index were not summed first.

Where a batch looks a row of an embedding up twice, its gradient has the row twice. Since 1.0 an
optimizer steps by their sum; before, Adam's second moment took the squares of each, and Momentum,
Adagrad, RMSProp, Adadelta and Ftrl made a step for each, one after the other.
"""
from tf1_recipes.legacy.seeds import op_counts

SINCE_SUMS = (1, 0)


def restore(release):
    """Has `tf.train`'s optimizers step as a release did.

    Args:
        release: tuple of numbers, such as (0, 12).
    """
    from tensorflow.python.training import adadelta, optimizer

    if release >= SINCE_SUMS:
        return
    optimizer._deduplicate_indexed_slices = lambda values, indices: (values, indices)
    apply_sparse = adadelta.AdadeltaOptimizer._apply_sparse

    def and_say(self, grad, var):
        op_counts.say("tf.train.AdadeltaOptimizer steps otherwise by the gradient of an embedding "
                      "than TensorFlow 0.12.1 did")
        return apply_sparse(self, grad, var)

    adadelta.AdadeltaOptimizer._apply_sparse = and_say
