"""What the proof of independent rows accepts is independent: random graphs, compared exactly.

The graphs are of whole numbers, or of fractions that float64 holds, so that every kernel gives the
same bits in whatever batch. Row i of a batch must then be what example i gives alone.
"""
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tf1_recipes.transfer.cache.rows.kinds import Rows
from tf1_recipes.transfer.cache.rows.proof import prove
from tf1_recipes.transfer.cache.tensor_sources import operations_for
from tf1_recipes.v1 import tf

EXAMPLES = np.float64(np.random.RandomState(0).randint(-3, 4, [5, 2, 3]))
OTHERS = np.float64(np.random.RandomState(1).randint(-3, 4, [5, 2, 3]))


def small(tensor):
    """Keeps numbers small, element by element."""
    return tf.floormod(tensor, tf.constant(7, tensor.dtype))


def axis_of(draw, tensor):
    return draw(st.integers(0, tensor.shape.ndims - 1))


def cumsum(draw, one, other):
    return tf.cumsum(one, axis_of(draw, one), draw(st.booleans()), draw(st.booleans()))


def reduced(draw, one, other):
    function = draw(st.sampled_from([tf.reduce_sum, tf.reduce_max, tf.reduce_min, tf.reduce_prod]))
    return function(one, draw(st.sampled_from([axis_of(draw, one), axis_of(draw, one) - 1, None])),
                    keepdims=draw(st.booleans()))


def transposed(draw, one, other):
    return tf.transpose(one, draw(st.permutations(range(one.shape.ndims))))


def reshaped(draw, one, other):
    sizes = one.shape.as_list()
    dynamic = tf.unstack(tf.shape(one))
    options = [[-1], [-1, 1], [1, -1], [-1, 2], [-1, 3], [-1, 6], [2, -1], [3, -1], [6, -1],
               [2, 3, -1], [2, -1, 3], [-1, 2, 3], [-1, 3, 2], [dynamic[0], -1], [-1, dynamic[-1]],
               [dynamic[0] * dynamic[-1], -1], [-1, dynamic[0]], dynamic[::-1],
               [dynamic[0] // 2, -1], tf.concat([tf.shape(one)[:-1], [1, -1]], 0),
               [size if size else -1 for size in sizes]]
    return tf.reshape(one, draw(st.sampled_from(options)))


def sliced(draw, one, other):
    entry = st.sampled_from([
        slice(None), slice(0, None), slice(1, None), slice(None, -1), slice(None, None, -1),
        slice(None, None, 2), slice(0, tf.shape(one)[0]), slice(tf.shape(one)[0] - 1, None),
        tf.newaxis, Ellipsis, 0, -1, slice(None, 1)])
    return one[tuple(draw(st.lists(entry, min_size=1, max_size=3)))]


def sliced_from(draw, one, other):
    rank = one.shape.ndims
    size = tf.shape(one)[draw(st.integers(0, rank - 1))]
    begin = [draw(st.sampled_from([0, 0, 0, 1, size - 1])) for _ in range(rank)]
    ends = [draw(st.sampled_from([-1, -1, 1, size])) for _ in range(rank)]
    return tf.slice(one, begin, ends)


def joined(draw, one, other):
    return draw(st.sampled_from([tf.concat, tf.stack]))(
        [one, draw(st.sampled_from([one, other]))], axis_of(draw, one))


def parted(draw, one, other):
    axis = axis_of(draw, one)
    parts = tf.split(one, draw(st.sampled_from([1, 2, 3])), axis) if draw(st.booleans()) else (
        tf.unstack(one, axis=axis))
    return parts[draw(st.integers(0, len(parts) - 1))]


def resized(draw, one, other):
    rank = one.shape.ndims
    kind = draw(st.integers(0, 3))
    if kind == 0:
        pads = [[draw(st.integers(0, 1)) * draw(st.integers(0, 1)), 0] for _ in range(rank)]
        return tf.pad(one, pads, draw(st.sampled_from(["CONSTANT", "SYMMETRIC"])))
    if kind == 1:
        return tf.tile(one, [draw(st.sampled_from([1, 1, 2, tf.shape(one)[0]]))
                             for _ in range(rank)])
    if kind == 2:
        return tf.expand_dims(one, draw(st.integers(-rank - 1, rank)))
    return tf.squeeze(one, draw(st.sampled_from([None, [0], [1], [-1]])))


def turned(draw, one, other):
    axis = axis_of(draw, one)
    return draw(st.sampled_from([
        lambda: tf.reverse(one, [axis]), lambda: tf.roll(one, 1, axis),
        lambda: tf.nn.top_k(one, 1)[0], lambda: tf.sort(one, axis),
        lambda: tf.cast(tf.argmax(one, axis), one.dtype),
        lambda: tf.reverse_sequence(one, tf.ones([tf.shape(one)[0]], tf.int32) * 2, seq_axis=axis,
                                    batch_axis=0)
    ]))()


def gathered(draw, one, other):
    axis = axis_of(draw, one)
    index = tf.cast(small(one), tf.int32)
    table = tf.constant(np.arange(14.0).reshape(7, 2) % 5)
    return draw(st.sampled_from([
        lambda: tf.gather(one, [1, 0], axis=axis), lambda: tf.gather(one, [[0]], axis=axis),
        lambda: tf.gather(table, index), lambda: tf.gather(one, index, axis=axis),
        lambda: tf.gather_nd(one, index[..., :1]), lambda: tf.gather_nd(table, index[..., :1]),
        lambda: tf.gather(one, index, axis=axis, batch_dims=1),
        lambda: tf.one_hot(index, 4, axis=draw(st.integers(-1, one.shape.ndims)),
                           dtype=one.dtype)]))()


def multiplied(draw, one, other):
    rank = one.shape.ndims
    last, before = one.shape.as_list()[-1], one.shape.as_list()[-2]
    flips = {"transpose_a": draw(st.booleans()), "transpose_b": draw(st.booleans())}
    weights = tf.constant(np.arange(1.0, 1 + 2 * (last or 5)).reshape(last or 5, 2) % 3)
    return small(draw(st.sampled_from([
        lambda: tf.matmul(one, other, **flips), lambda: tf.matmul(one, one, **flips),
        lambda: tf.matmul(one, weights), lambda: tf.matmul(weights, one, **flips),
        lambda: tf.matmul(one, tf.ones([1] * (rank - 2) + [before or 5, 2], one.dtype),
                          transpose_a=True),
        lambda: tf.tensordot(one, weights, 1), lambda: tf.tensordot(one, one, [[0], [0]]),
        lambda: tf.einsum("ab,bc->ac", one, weights), lambda: tf.einsum("ab,cb->ac", one, one),
        lambda: tf.einsum("abc,abd->acd", one, other),
        lambda: tf.einsum("abc,cd->bad", one, weights),
    ]))())


def combined(draw, one, other):
    function = draw(st.sampled_from([
        tf.add, tf.subtract, tf.maximum, lambda a, b: small(a * b), lambda a, b: tf.add_n([a, b]),
        lambda a, b: tf.where(a > b, a, b), lambda a, b: tf.where_v2(a > b, a, b),
        lambda a, b: tf.where(tf.equal(tf.reduce_max(a, list(range(1, a.shape.ndims))), 3), a, b)]))
    sizes = [size or 1 for size in one.shape.as_list()]
    constant = tf.constant(np.arange(1.0, 1 + np.prod(sizes)).reshape(sizes))
    return function(one, draw(st.sampled_from([
        other, one, constant, tf.reshape(constant, [-1])[:sizes[-1]],
        tf.constant([[[1.0]], [[2.0]]], one.dtype), tf.cast(tf.shape(one)[0], one.dtype),
        tf.cast(tf.range(tf.shape(one)[0]), one.dtype), tf.zeros_like(other),
        tf.ones(tf.shape(one), one.dtype), tf.fill([tf.shape(one)[0], 1], np.float64(2)),
        tf.reduce_mean(other), tf.reduce_sum(tf.zeros_like(one), 0)])))


def flowing(draw, one, other):
    times = draw(st.sampled_from([2, tf.shape(one)[0], tf.shape(one)[-1]]))
    step = draw(st.sampled_from([
        lambda each: each + 1, lambda each: tf.reverse(each, [0]), lambda each: -each,
        lambda each: each - tf.reduce_sum(each, -1, keepdims=True)]))
    return draw(st.sampled_from([
        lambda: tf.while_loop(lambda i, _: i < times, lambda i, each: (i + 1, small(step(each))),
                              [0, one])[1],
        lambda: tf.cond(tf.reduce_max(one) > 2, lambda: one + 1, lambda: one),
        lambda: tf.cond(tf.shape(one)[0] > 2, lambda: one + 1, lambda: one),
        lambda: one + tf.cond(tf.reduce_max(one) > 2, lambda: tf.constant(1.0, one.dtype),
                              lambda: tf.constant(2.0, one.dtype)),
        lambda: one + tf.cond(tf.shape(one)[0] > 2, lambda: tf.constant(1.0, one.dtype),
                              lambda: tf.constant(2.0, one.dtype)),
        lambda: tf.map_fn(step, one), lambda: tf.scan(lambda a, b: small(a + b), one),
        lambda: tf.transpose(tf.scan(lambda a, b: small(a + b), tf.transpose(one)))]))()


STEPS = [cumsum, reduced, transposed, transposed, reshaped, reshaped, sliced, sliced_from, joined,
         parted, resized, turned, gathered, multiplied, multiplied, combined, combined, combined,
         flowing]


def graph_of(draw, x):
    """A random tensor that is computed from x."""
    tensors = [x]
    for step in draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5)):
        one = tensors[-1] if draw(st.integers(0, 3)) else draw(st.sampled_from(tensors))
        try:
            new = step(draw, one, draw(st.sampled_from(tensors)))
        except (ValueError, TypeError, IndexError, tf.errors.OpError):
            continue  # Shapes that do not fit.
        if new.shape.ndims and new.dtype == tf.float64:
            tensors.append(new)
    return tensors[-1]


def proven(session, tensor, x, fixed=None, examples=EXAMPLES):
    """What the proof says of a tensor that is computed from x."""
    operations = operations_for(session, tensor, {x.name}, {})
    return prove(session, tensor, operations, {x: examples[:fixed or 1]}, [x], fixed, {})[0]


def unoptimized():
    """A session that runs the graph as it is.

    TensorFlow's graph optimizer, of 1.15.5 and of 2.21, removes transposes wrongly: of a transpose
    with (1, 0, 2), one with (0, 1, 2) and one with (1, 0, 2) it leaves one.
    """
    config = tf.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return tf.Session(config=config)


def run(session, tensor, feeds):
    """A tensor's value; another graph is asked for if a kernel refuses this one's arguments."""
    try:
        return session.run(tensor, feeds)
    except tf.errors.InvalidArgumentError:
        assume(False)


def taken(value, rows, examples):
    """An array [examples, ...] of what belongs to each example, by the definition of `Rows`."""
    shape = value.shape
    assert shape[rows.axis] == rows.before * examples * rows.after
    parts = value.reshape(shape[:rows.axis] + (rows.before, examples, rows.after)
                          + shape[rows.axis + 1:])
    return np.moveaxis(parts, rows.axis + 1, 0)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_accepted_in_batches_of_any_size_is_what_an_example_gives_alone(data):
    with tf.Graph().as_default(), unoptimized() as session:
        x = tf.placeholder(tf.float64, [None, 2, 3])
        tensor = graph_of(data.draw, x)
        assume(tensor is not x)
        rows = proven(session, tensor, x)
        assume(isinstance(rows, Rows))
        for examples in (EXAMPLES, EXAMPLES[3:1:-1]):
            batch = taken(run(session, tensor, {x: examples}), rows, len(examples))
            for number in range(len(examples)):
                alone = session.run(tensor, {x: examples[number:number + 1]})
                np.testing.assert_array_equal(taken(alone, rows, 1)[0], batch[number])


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_accepted_in_batches_of_a_fixed_size_is_the_same_at_each_place(data):
    with tf.Graph().as_default(), unoptimized() as session:
        x = tf.placeholder(tf.float64, [5, 2, 3])
        tensor = graph_of(data.draw, x)
        assume(tensor is not x)
        rows = proven(session, tensor, x, 5)
        assume(isinstance(rows, Rows))
        batch = taken(run(session, tensor, {x: EXAMPLES}), rows, 5)
        for number in range(5):
            for place in range(5):
                moved = OTHERS.copy()
                moved[place] = EXAMPLES[number]
                again = taken(session.run(tensor, {x: moved}), rows, 5)
                np.testing.assert_array_equal(again[place], batch[number])
