"""Sparse steps before TensorFlow 1.0: the rows of one index were not summed first.

If a batch looks up a row of an embedding twice, its gradient has the row twice. Since 1.0 an
optimizer applies their sum; before, Adam's second moment took the squares of each, and Momentum,
Adagrad, RMSProp, Adadelta and Ftrl made one step for each.
"""
from tf1_recipes.legacy.patch import patch
from tf1_recipes.legacy.seeds import op_counts


@patch("sparse steps do not sum the rows of one index", after="tensorflow", until="0.12")
def sparse_steps(changes, tensorflow):
    from tensorflow.python.training import adadelta, optimizer

    changes.put(optimizer, "_deduplicate_indexed_slices", lambda values, indices: (values, indices))

    @changes.wrap(adadelta.AdadeltaOptimizer, "_apply_sparse")
    def apply_sparse(today, self, grad, var):
        op_counts.say("tf.train.AdadeltaOptimizer applies the gradient of an embedding otherwise "
                      "than TensorFlow 0.12.1")
        return today(self, grad, var)
