"""Beams beside each other in a batch, and the way back along their parents.

``ids`` and ``parents`` are int32 tensors [time, batch, beams]: what was chosen at each time, and
which beam of the time before it went on from.
"""
from tf1_recipes.v1 import tf


def tile_batch(t, multiplier, name=None):
    """Repeats each entry of a batch, for the beams: [batch, ...] to [batch * multiplier, ...].

    Args:
        t: tensor, or a structure of them.
        multiplier: int.
    """
    def tiled(tensor):
        tensor = tf.convert_to_tensor(tensor, name="t")
        if not tensor.shape.ndims:
            raise ValueError("t must have statically known rank")
        repeats = [1, multiplier] + [1] * (tensor.shape.ndims - 1)
        result = tf.reshape(
            tf.tile(tf.expand_dims(tensor, 1), repeats),
            tf.concat(([tf.shape(tensor)[0] * multiplier], tf.shape(tensor)[1:]), 0))
        batch = tensor.shape.dims[0].value
        result.set_shape(tf.TensorShape(
            [None if batch is None else batch * multiplier]).concatenate(tensor.shape[1:]))
        return result

    with tf.name_scope(name, "tile_batch", tf.nest.flatten(t) + [multiplier]):
        return tf.nest.map_structure(tiled, t)


def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=None):
    """The ids along each beam, from its last one back; behind an end token there are only those.

    Args:
        step_ids, parent_ids: see the module.
        max_sequence_lengths: int32 vector of the batch.
        end_token: int32 scalar, what is behind a sequence's length.

    Returns:
        int32 tensor [time, batch, beams].
    """
    with tf.name_scope(name, "GatherTree"):
        step_ids, parent_ids = tf.convert_to_tensor(step_ids), tf.convert_to_tensor(parent_ids)
        time, batch, beams = tf.unstack(tf.shape(step_ids))
        end_token = tf.convert_to_tensor(end_token, dtype=tf.int32)
        lengths = tf.expand_dims(tf.minimum(time, max_sequence_lengths), 1)

        def back(last, now):
            place, ids, parents = now
            inside = tf.tile(place < lengths, [1, beams])
            beam = last[0]
            return (tf.where(inside, tf.gather(parents, beam, batch_dims=1), beam),
                    tf.where(inside, tf.gather(ids, beam, batch_dims=1),
                             tf.fill([batch, beams], end_token)))

        own = tf.tile(tf.expand_dims(tf.range(beams), 0), [batch, 1])
        _, ids = tf.scan(back, (tf.range(time), step_ids, parent_ids), (own, own), reverse=True)
        ended = tf.cumsum(tf.cast(tf.equal(ids, end_token), tf.int32), exclusive=True) > 0
        ids = tf.where(ended, tf.fill(tf.shape(ids), end_token), ids)
        ids.set_shape(step_ids.shape)
        return ids


def gather_tree_from_array(t, parent_ids, sequence_length):
    """What was kept at each time along each beam.

    Args:
        t: tensor [time, batch, beams, ...] or [time, batch * beams, ...].
        parent_ids: see the module.
        sequence_length: integer tensor [batch, beams].
    """
    time, batch, beams = tf.unstack(tf.shape(parent_ids))
    own = tf.tile(tf.reshape(tf.range(beams), [1, 1, -1]), [time, batch, 1])
    lengths = tf.cast(tf.reduce_max(sequence_length, axis=1), tf.int32)
    beam = gather_tree(own, parent_ids, lengths, beams + 1)
    inside = tf.transpose(tf.sequence_mask(sequence_length, maxlen=time), perm=[2, 0, 1])
    beam = tf.where(inside, beam, own)
    by_beam = tf.reshape(t, tf.stack([time, batch, beams, -1]))
    return tf.reshape(tf.gather(by_beam, beam, batch_dims=2), tf.shape(t))
