"""``tf.contrib.metrics``: the operations on sets, and the matrix of confusion."""
from tf1_recipes.v1 import tf

set_size = tf.sets.size
set_intersection = tf.sets.intersection
set_difference = tf.sets.difference
set_union = tf.sets.union


def confusion_matrix(labels, predictions, num_classes=None, dtype=tf.int32, name=None,
                     weights=None):
    """``tf.confusion_matrix`` with its last arguments in another order."""
    return tf.confusion_matrix(labels, predictions, num_classes=num_classes, dtype=dtype,
                               name=name, weights=weights)
