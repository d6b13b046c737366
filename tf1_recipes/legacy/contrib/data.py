"""``tf.contrib.data``: transformations that ``tf.data`` took over as methods or arguments."""
import numpy as np

from tf1_recipes.v1 import tf


def batch_and_drop_remainder(batch_size):
    """A transformation into batches, for ``Dataset.apply``, without the last one if it is short."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def padded_batch_and_drop_remainder(batch_size, padded_shapes, padding_values=None):
    """A transformation into padded batches, without the last one if it is short."""
    return lambda dataset: dataset.padded_batch(
        batch_size, padded_shapes=padded_shapes, padding_values=padding_values,
        drop_remainder=True)


def reduce_dataset(dataset, reducer):
    """What a ``Reducer`` makes of all elements, before its last step."""
    return dataset.reduce(reducer.init_func(np.int64(0)), reducer.reduce_func)


def sloppy_interleave(map_func, cycle_length, block_length=1):
    """``parallel_interleave`` in whichever order the elements arrive."""
    return tf.data.experimental.parallel_interleave(
        map_func, cycle_length, block_length, sloppy=True)
