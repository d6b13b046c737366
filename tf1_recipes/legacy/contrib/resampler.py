"""``tf.contrib.resampler``: the values of images between their pixels."""
from tf1_recipes.v1 import tf


def resampler(data, warp, name="resampler"):
    """The values of images at points, by bilinear interpolation; 0 beyond their edges.

    Args:
        data: float tensor [batch, height, width, channels].
        warp: float tensor [batch, ..., 2], of the points' (x, y).

    Returns:
        Tensor [batch, ..., channels].
    """
    with tf.name_scope(name, "resampler", [data, warp]):
        data = tf.convert_to_tensor(data, name="data")
        warp = tf.convert_to_tensor(warp, name="warp")
        shape, points = tf.shape(data), tf.reshape(warp, [tf.shape(warp)[0], -1, 2])
        x, y = points[..., 0], points[..., 1]
        left, top = tf.floor(x), tf.floor(y)
        inside = tf.logical_and(
            tf.logical_and(x > -1, x < tf.cast(shape[2], x.dtype)),
            tf.logical_and(y > -1, y < tf.cast(shape[1], y.dtype)))
        result = 0
        for column, by_x in ((left, left + 1 - x), (left + 1, x - left)):
            for row, by_y in ((top, top + 1 - y), (top + 1, y - top)):
                weight = tf.where(inside, by_x * by_y, tf.zeros_like(x))
                result += weight[..., tf.newaxis] * _at(data, shape, row, column)
        result = tf.reshape(result, tf.concat([tf.shape(warp)[:-1], shape[3:]], 0))
        result.set_shape(warp.shape[:-1].concatenate(data.shape[3:]))
        return result


def _at(data, shape, row, column):
    """The values of pixels; 0 of those that are not there."""
    row, column = tf.cast(row, tf.int32), tf.cast(column, tf.int32)
    there = tf.logical_and(tf.logical_and(row >= 0, row < shape[1]),
                           tf.logical_and(column >= 0, column < shape[2]))
    image = tf.range(shape[0])[:, tf.newaxis] + tf.zeros_like(row)
    values = tf.gather_nd(data, tf.stack([
        image, tf.clip_by_value(row, 0, shape[1] - 1),
        tf.clip_by_value(column, 0, shape[2] - 1)], axis=-1))
    return tf.cast(there, data.dtype)[..., tf.newaxis] * values
