import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graph_order import ancestors
from tests.small_trainings import both_kinds, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.evidence.recipes.C_clipped_gradients import model as reference
from tf1_recipes.gradients.clip import clip_gradients
from tf1_recipes.graph.gating import is_gated
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay

NAN, INF = float("nan"), float("inf")
WAYS = ["value", "norm", "global_norm", "average_norm"]

all_ways = pytest.mark.parametrize("by", WAYS)


def float32(*values):
    return np.array(values, np.float32)


def rows(values, ids, shape):
    """A sparse gradient."""
    return tf.IndexedSlices(tf.constant(values), tf.constant(ids), tf.constant(shape))


def dense(gradient, shape):
    """What a fetched sparse gradient stands for."""
    full = np.zeros(shape, gradient.values.dtype)
    np.add.at(full, gradient.indices, gradient.values)
    return full


def clip(gradients, by, limit, **options):
    """Returns (clipped gradients, norms, global norm) as numbers."""
    with tf.Graph().as_default(), tf.Session() as session:
        pairs = [(tf.constant(gradient), variable("v%d" % number, np.zeros_like(gradient)))
                 for number, gradient in enumerate(gradients)]
        clipped = clip_gradients(pairs, by, limit, **options)
        return session.run([[gradient for gradient, _ in clipped.grads_and_vars],
                            clipped.norms, clipped.global_norm])


def ulps(a, b):
    """How many float32 values apart; NaN beside NaN is 0 apart."""
    def place(value):
        bits = np.asarray(value, np.float32).view(np.int32).astype(np.int64)
        return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)
    both = np.isnan(a) & np.isnan(b)
    return int(np.max(np.where(both, 0, np.abs(place(a) - place(b))), initial=0))


@pytest.mark.parametrize("by, limit, expected, norms", [
    # gradients [3, 4] and [0, -12], of norms 5, 12 and together 13
    ("value", 1.0, [[1, 1], [0, -1]], [5, 12]),
    ("value", 3.5, [[3, 3.5], [0, -3.5]], [5, 12]),
    ("value", (-10.0, 2.0), [[2, 2], [0, -10]], [5, 12]),
    ("norm", 10, [[3, 4], [0, -10]], [5, 12]),
    ("norm", 2.5, [[1.5, 2], [0, -2.5]], [5, 12]),
    ("global_norm", 6.5, [[1.5, 2], [0, -6]], [5, 12]),
    ("global_norm", 13, [[3, 4], [0, -12]], [5, 12]),
    ("average_norm", 3.0, [[3, 4], [0, -6]], [2.5, 6]),
])
def test_each_way_by_hand(by, limit, expected, norms):
    clipped, found, total = clip([float32(3, 4), float32(0, -12)], by, limit)
    np.testing.assert_array_equal(clipped, float32(*expected))
    assert found == norms
    assert total == 13


eighths = st.lists(st.integers(-64, 64).map(lambda number: number / 8.0), min_size=1, max_size=12)
gradient_lists = st.lists(eighths.map(lambda values: float32(*values)), min_size=1, max_size=3)
limits = st.integers(1, 80).map(lambda number: number / 8.0)


@settings(max_examples=40, deadline=None)
@given(gradients=gradient_lists, limit=limits, by=st.sampled_from(WAYS))
def test_every_way_agrees_with_the_model_and_with_tensorflow(gradients, limit, by):
    # Eighths have exact squares and sums: what is rounded is the root, the factor and the product,
    # in TensorFlow by average norm a rounded inverse root and two products.
    model = {
        "value": lambda: [reference.clip_by_value(each, -limit, limit) for each in gradients],
        "norm": lambda: [reference.clip_by_norm(each, limit) for each in gradients],
        "global_norm": lambda: reference.clip_by_global_norm(gradients, limit),
        "average_norm": lambda: [reference.clip_by_average_norm(each, limit)
                                 for each in gradients],
    }[by]()
    with tf.Graph().as_default(), tf.Session() as session:
        documented = session.run({
            "value": lambda: [tf.clip_by_value(each, -limit, limit) for each in gradients],
            "norm": lambda: [tf.clip_by_norm(each, limit) for each in gradients],
            "global_norm": lambda: tf.clip_by_global_norm(
                [tf.constant(each) for each in gradients], limit)[0],
            "average_norm": lambda: [tf.clip_by_average_norm(each, limit) for each in gradients],
        }[by]())
    ours, norms, total = clip(gradients, by, limit)
    for mine, modelled, theirs, before in zip(ours, model, documented, gradients):
        assert ulps(mine, modelled) <= (0 if by == "value" else 2)
        assert ulps(mine, theirs) <= {"value": 0, "average_norm": 4}.get(by, 2)
        if by != "value" and np.array_equal(modelled, before):  # within the limit: its bits
            assert mine.tobytes() == before.tobytes()
    size = reference.average_norm if by == "average_norm" else reference.norm
    assert ulps(norms, [size(each) for each in gradients]) <= 1
    assert ulps(total, reference.global_norm(gradients)) <= 1


@settings(max_examples=25, deadline=None)
@given(gradient=st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=40),
       limit=st.floats(0.125, 1e4, width=32), by=st.sampled_from(["norm", "average_norm"]))
def test_any_gradient_ends_within_its_limit(gradient, limit, by):
    gradient = float32(*gradient)
    (clipped,), (norm,), _ = clip([gradient], by, limit)
    size = {"norm": reference.norm, "average_norm": reference.average_norm}[by]
    # A float32 sum of 40 squares is off by 20 ULPs at most, its root by half of that.
    assert size(clipped) <= limit * (1 + 12 * 2.0 ** -23)
    assert abs(norm - size(gradient)) <= 12 * 2.0 ** -23 * norm + 1e-18
    # The direction remains: every element keeps its sign and shrinks.
    assert np.all(clipped * gradient >= 0)
    assert np.all(np.abs(clipped) <= np.abs(gradient))


def test_a_gradient_within_its_limit_keeps_its_bits_where_tensorflow_rounds_twice():
    gradient = float32(0.1)
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.clip_by_global_norm([tf.constant(gradient)], 41.0)[0][0]) < gradient
    for by in ("norm", "global_norm"):
        assert clip([gradient], by, 41.0)[0][0] == gradient


def test_by_value_gives_the_bits_of_the_documented_form_and_the_same_steps():
    # The same kernels: see `tests.rounding`.
    def train(clipping):
        with tf.Graph().as_default(), tf.Session() as session:
            random_state = np.random.RandomState(0)
            w = variable("w", random_state.randn(30, 20).astype(np.float32))
            b = variable("b", np.zeros(20, np.float32))
            x = tf.constant(random_state.randn(10, 30).astype(np.float32))
            loss = tf.reduce_sum(tf.square(tf.tanh(tf.matmul(x, w) + b) - 0.5))
            optimizer = tf.train.MomentumOptimizer(0.01, 0.9)
            train_op = optimizer.apply_gradients(clipping(optimizer.compute_gradients(loss)))
            session.run(tf.global_variables_initializer())
            for _ in range(5):
                session.run(train_op)
            return b"".join(each.tobytes() for each in session.run([w, b]))

    documented = train(lambda pairs: [
        (tf.clip_by_value(gradient, -1.0, 1.0), each) for gradient, each in pairs])
    assert train(lambda pairs: clip_gradients(pairs, "value", 1.0).grads_and_vars) == documented


@all_ways
@settings(max_examples=10, deadline=None)
@given(values=st.lists(st.tuples(st.integers(0, 3), st.integers(-24, 24)), min_size=1, max_size=8),
       limit=limits)
def test_a_sparse_gradient_is_clipped_as_the_dense_one_it_stands_for(by, values, limit):
    ids = [row for row, _ in values]
    slices = float32(*[[number / 8.0, -number / 4.0] for _, number in values])
    full = np.zeros([4, 2], np.float32)
    np.add.at(full, ids, slices)
    with tf.Graph().as_default(), tf.Session() as session:
        table = variable("table", np.zeros([4, 2], np.float32))
        other = variable("other", np.zeros(2, np.float32))
        beside = tf.constant([1.0, -2.0])
        sparse, whole = (
            clip_gradients([(gradient, table), (beside, other)], by, limit)
            for gradient in (rows(slices, ids, [4, 2]), tf.constant(full)))
        assert isinstance(sparse.grads_and_vars[0][0], tf.IndexedSlices)
        session.run(tf.global_variables_initializer())
        found, expected = session.run([sparse, whole])
    rows_found = found.grads_and_vars[0][0]
    assert sorted(rows_found.indices) == sorted(set(ids))
    np.testing.assert_array_equal(dense(rows_found, [4, 2]), expected.grads_and_vars[0][0])
    np.testing.assert_array_equal(found.grads_and_vars[1][0], expected.grads_and_vars[1][0])
    assert found.norms == expected.norms
    assert found.global_norm == expected.global_norm


def test_rows_of_one_id_are_added_up_where_tensorflow_takes_them_as_listed():
    with tf.Graph().as_default(), tf.Session() as session:
        table = variable("table", np.zeros([3, 1], np.float32))
        gradient = rows(float32([3], [4]), [1, 1], [3, 1])
        clipped = clip_gradients([(gradient, table)], "value", 1.0)
        theirs = tf.clip_by_value(gradient, -1.0, 1.0)
        ours, theirs, norms, their_norm = session.run([
            clipped.grads_and_vars[0][0], theirs, clipped.norms, tf.global_norm([gradient])])
        assert (norms, their_norm) == ([7.0], 5.0)
        np.testing.assert_array_equal(dense(ours, [3, 1]), [[0], [1], [0]])
        np.testing.assert_array_equal(dense(theirs, [3, 1]), [[0], [2], [0]])


@all_ways
def test_none_is_passed_on(by):
    with tf.Graph().as_default(), tf.Session() as session:
        w, unused = variable("w", [3.0, 4.0]), variable("unused", 1.0)
        pairs = [(None, unused), (tf.constant([3.0, 4.0]), w)]
        clipped = clip_gradients(pairs, by, 1.0)
        assert clipped.grads_and_vars[0] == (None, unused)
        assert clipped.norms[0] is None
        assert clipped.grads_and_vars[1][1] is w
        assert session.run(clipped.global_norm) == 5.0


@all_ways
def test_types_are_kept_and_half_is_measured_in_float32(by):
    half = np.full(16, 100, np.float16)  # its square sum of 160,000 is beyond float16
    with tf.Graph().as_default(), tf.Session() as session:
        pairs = [(tf.constant(half), variable("h", half)),
                 (tf.constant(np.float64([0, 300])), variable("d", np.zeros(2)))]
        clipped = clip_gradients(pairs, by, 250.0)
        (first, second), norms, total = session.run([
            [gradient for gradient, _ in clipped.grads_and_vars], clipped.norms,
            clipped.global_norm])
    assert (first.dtype, second.dtype) == (np.float16, np.float64)
    assert total == total.dtype.type(500)
    assert total.dtype == np.float64
    assert norms == ([25, 150] if by == "average_norm" else [400, 300])
    np.testing.assert_array_equal(first, {"norm": 62.5, "global_norm": 50}.get(by, 100) + 0 * half)
    np.testing.assert_array_equal(second, [0, {
        "value": 250, "norm": 250, "global_norm": 150, "average_norm": 300}[by]])


@all_ways
def test_a_limit_may_be_a_tensor_or_a_variable(by):
    with tf.Graph().as_default(), tf.Session() as session:
        w = variable("w", [6.0, 8.0])
        limit = tf.placeholder(tf.float32, [])
        held = tf.get_variable("limit", initializer=2.0, trainable=False)
        fed, of_variable, number = (
            clip_gradients([(tf.constant([6.0, 8.0]), w)], by, each).grads_and_vars[0][0]
            for each in (limit, held, 2.0))
        session.run(tf.global_variables_initializer())
        expected = session.run(number).tolist()
        assert session.run(fed, {limit: 2.0}).tolist() == expected
        assert session.run(of_variable).tolist() == expected
        for wrong in (0.0, -1.0, NAN, INF):
            with pytest.raises(tf.errors.InvalidArgumentError, match="limits to clip gradients by"):
                session.run(fed, {limit: wrong})


def test_one_side_of_a_pair_may_be_a_tensor():
    with tf.Graph().as_default(), tf.Session() as session:
        high = tf.placeholder(tf.float64, [])
        pairs = [(tf.constant([-6.0, 8.0]), variable("w", [0.0, 0.0]))]
        clipped = clip_gradients(pairs, "value", (-1, high)).grads_and_vars[0][0]
        assert session.run(clipped, {high: 2.0}).tolist() == [-1, 2]
        with pytest.raises(tf.errors.InvalidArgumentError, match="limits to clip gradients by"):
            session.run(clipped, {high: -0.5})
        clipped = clip_gradients(pairs, "value", (-high, 2)).grads_and_vars[0][0]
        assert session.run(clipped, {high: 1.0}).tolist() == [-1, 2]
        with pytest.raises(tf.errors.InvalidArgumentError, match="limits to clip gradients by"):
            session.run(clipped, {high: -0.5})  # from 0.5 on


OPTIMIZERS = [
    tf.train.GradientDescentOptimizer,
    lambda rate: tf.train.MomentumOptimizer(rate, 0.9),
    tf.train.AdamOptimizer,
    tf.train.AdagradOptimizer,
    tf.train.RMSPropOptimizer,
    tf.train.FtrlOptimizer,
    lambda rate: GroupedOptimizer([(tf.train.AdamOptimizer(rate), "w"),
                                   (tf.train.MomentumOptimizer(rate, 0.9), "table")]),
    lambda rate: DecoupledWeightDecay(tf.train.AdamOptimizer(rate), 0.1),
    lambda rate: DecoupledWeightDecay(
        tf.train.MomentumOptimizer(rate, 0.9), 0.1, order="before_update"),
]


def training(make_optimizer, use_resource=False, sparse=True, behind_check=True, **options):
    """Returns (session, train op, the tensor fed as gradient of w, ClippedGradients)."""
    w = variable("w", [1.0, 2.0], use_resource)
    table = variable("table", tf.ones([4, 2]), use_resource)
    step = tf.train.get_or_create_global_step()
    gradient = tf.placeholder(tf.float32, [2])
    optimizer = make_optimizer(0.1)
    beside = rows(float32([3, 0], [4, 0]), [1, 1], [4, 2]) if sparse else tf.ones([4, 2])
    clipped = clip_gradients([(gradient, w), (beside, table)], **options)
    with tf.control_dependencies([clipped.checked] if behind_check else []):
        train_op = optimizer.apply_gradients(clipped.grads_and_vars, global_step=step)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session, train_op, gradient, clipped


def state_after(fed, on_non_finite, *args, **options):
    """All variables, {name: array}, after steps with these gradients of w."""
    with tf.Graph().as_default():
        session, train_op, gradient, clipped = training(
            *args, by="norm", limit=1.0, on_non_finite=on_non_finite, **options)
        with session:
            for values in fed:
                try:
                    norms, _ = session.run([clipped.norms, train_op], {gradient: values})
                    assert np.isfinite(norms).all() == np.isfinite(values).all()
                except tf.errors.InvalidArgumentError:
                    assert on_non_finite == "error"
                    assert not np.isfinite(values).all()
            return session.run({each.op.name: each for each in tf.global_variables()})


THREE_STEPS = [[3, 4], [1, -2], [0, 1]]
THREE_AND_TWO_LOST = [[3, 4], [NAN, 1], [1, -2], [INF, -INF], [0, 1]]


@both_kinds
@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("on_non_finite", ["skip", "error"])
@pytest.mark.parametrize("make_optimizer", OPTIMIZERS)
def test_a_step_that_is_not_finite_leaves_everything_as_it_was(
        make_optimizer, on_non_finite, sparse, use_resource):
    options = {"use_resource": use_resource, "sparse": sparse, "behind_check": sparse}
    expected = state_after(THREE_STEPS, on_non_finite, make_optimizer, **options)
    found = state_after(THREE_AND_TWO_LOST, on_non_finite, make_optimizer, **options)
    assert expected["global_step"] == 3
    for name in expected:  # weights, slots, Adam's powers, global step
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


@both_kinds
def test_adam_of_sparse_gradients_needs_the_check(use_resource):
    expected, found = (
        state_after(fed, "skip", tf.train.AdamOptimizer, use_resource, behind_check=False)
        for fed in ([[3, 4]], [[3, 4], [NAN, 1]]))
    different = {name for name in expected if not np.array_equal(expected[name], found[name])}
    assert different == {"table/Adam", "table/Adam_1"}
    np.testing.assert_allclose(found["table/Adam"], 0.9 * expected["table/Adam"], rtol=1e-6)


def test_the_error_lists_every_norm():
    with tf.Graph().as_default():
        session, train_op, gradient, _ = training(
            OPTIMIZERS[0], by="value", limit=1.0, on_non_finite="error")
        with session, pytest.raises(tf.errors.InvalidArgumentError) as error:
            session.run(train_op, {gradient: [NAN, 1]})
        lines = str(error.value).replace("b'", "'").splitlines()
        message = " ".join(line.strip(" []'") for line in lines)
        assert "A gradient is not finite; nothing was written. The norm of each:" in message
        assert "w" in message
        assert "table" in message
        assert "nan" in message
        assert "7" in message


def test_what_waits_for_a_skipped_step_is_skipped_too():
    with tf.Graph().as_default():
        session, train_op, gradient, clipped = training(
            OPTIMIZERS[0], by="norm", limit=1.0, on_non_finite="skip")
        average = tf.get_variable("average", initializer=0.0, trainable=False)
        with tf.control_dependencies([train_op]):
            behind = tf.assign_add(average, 1.0).op
        with session:
            session.run(average.initializer)
            session.run(behind, {gradient: [NAN, 1]})
            assert session.run(average) == 0
            session.run(behind, {gradient: [1, 1]})
            assert session.run(average) == 1
            # A tensor behind it has no value then.
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(clipped.grads_and_vars[0][0], {gradient: [NAN, 1]})


def test_propagate_by_value_keeps_nan_and_clips_infinity_as_tensorflow():
    for length in (1, 3, 4, 33, 1000):  # vector instructions take another path
        for value, expected in ((NAN, NAN), (INF, 1), (-INF, -1), (1e30, 1)):
            (clipped,), _, _ = clip([np.full(length, value, np.float32)], "value", 1.0,
                                    on_non_finite="propagate")
            np.testing.assert_array_equal(clipped, np.full(length, expected))


@pytest.mark.parametrize("worst", [NAN, INF, -INF, 1e20])  # the square of 1e20 is infinite
@pytest.mark.parametrize("by, first, second", [
    ("norm", NAN, 0.5), ("average_norm", NAN, 0.5), ("global_norm", NAN, NAN)])
def test_propagate_by_norm_makes_all_that_was_measured_nan(by, first, second, worst):
    clipped, _, _ = clip([float32(worst, 1), float32(0.5)], by, 1.0, on_non_finite="propagate")
    np.testing.assert_array_equal(clipped[0], [first, first])
    np.testing.assert_array_equal(clipped[1], [second])


def test_what_tensorflow_makes_of_them():
    def theirs(function, *gradient):
        with tf.Graph().as_default(), tf.Session() as session:
            return session.run(function(tf.constant(float32(*gradient)), 1.0))

    def by_global_norm(gradient, limit):
        return tf.clip_by_global_norm([gradient], limit)[0][0]

    for function in (tf.clip_by_norm, tf.clip_by_average_norm):
        np.testing.assert_array_equal(theirs(function, INF, 1, 3), [NAN, 0, 0])
        np.testing.assert_array_equal(theirs(function, 1e20, 1e20, 0), [0, 0, 0])
    np.testing.assert_array_equal(theirs(by_global_norm, INF, 1, 3), [NAN] * 3)
    np.testing.assert_array_equal(theirs(by_global_norm, 1e20, 1e20, 0), [NAN] * 3)


@all_ways
@pytest.mark.parametrize("on_non_finite", ["skip", "error", "propagate"])
def test_clipped_gradients_come_out_of_one_gate(by, on_non_finite):
    with tf.Graph().as_default():
        pairs = [(tf.constant([1.0]), variable("w", [0.0])),
                 (rows(float32([1]), [0], [2, 1]), variable("table", float32([0], [0])))]
        clipped = clip_gradients(pairs, by, 1.0, on_non_finite)
        assert is_gated([gradient for gradient, _ in clipped.grads_and_vars])


def test_by_value_no_norm_is_computed_unless_it_is_asked_for():
    with tf.Graph().as_default():
        pairs = [(tf.constant([3.0, 4.0]), variable("w", [3.0, 4.0]))]
        for by, computed in (("value", False), ("norm", True)):
            gradient = clip_gradients(pairs, by, 1.0, "propagate").grads_and_vars[0][0]
            assert ("L2Loss" in {op.type for op in ancestors(gradient)}) == computed


def problems_with(grads_and_vars, by="value", limit=1.0, **options):
    count = len(tf.get_default_graph().get_operations())
    with pytest.raises(RecipeError) as error:
        clip_gradients(grads_and_vars, by, limit, **options)
    assert str(error.value).startswith("Cannot clip gradients:\n")
    assert len(tf.get_default_graph().get_operations()) == count  # nothing was added
    return error.value.problems


@pytest.mark.parametrize("by, limit, problem", [
    ("norm", 0, "the limit is 0: it must be > 0"),
    ("value", -1.0, "the limit is -1.0: it must be > 0"),
    ("value", NAN, "the limit is nan: it must be finite"),
    ("global_norm", INF, "the limit is inf: it must be finite"),
    ("norm", "1", "the limit is '1': it must be a number or a scalar tensor"),
    ("norm", None, "the limit is None: it must be a number or a scalar tensor"),
    ("norm", np.ones(2), "the limit has the shape (2,): it must be a scalar"),
    ("norm", (-1, 1), "the limit is (-1, 1): it must be one number"),
    ("value", (1, 2, 3), "the limit is (1, 2, 3): it must be one number or a pair (low, high)"),
    ("value", (NAN, 1), "the limit's low is nan: it must be finite"),
    ("value", (-1, "1"), "the limit's high is '1': it must be a number or a scalar tensor"),
    ("value", (1, 2), "the limit's low is 1.0: it must be <= 0, or a gradient of 0 would change"),
    ("value", (-2, -1),
     "the limit's high is -1.0: it must be >= 0, or a gradient of 0 would change"),
    ("value", (0, 0), "the limit's low and high are both 0.0: low must be < high"),
])
def test_wrong_limits(by, limit, problem):
    with tf.Graph().as_default():
        assert problems_with([(tf.ones([]), variable("w", 1.0))], by, limit) == [problem]


def test_tensors_whose_value_is_known_are_checked_at_once():
    with tf.Graph().as_default():
        pairs = [(tf.ones([]), variable("w", 1.0))]
        assert problems_with(pairs, "norm", tf.constant(-2.0)) == [
            "the limit is -2.0: it must be > 0"]
        assert problems_with(pairs, "norm", tf.constant(NAN)) == [
            "the limit is nan: it must be finite"]
        assert problems_with(pairs, "norm", tf.ones([1])) == [
            "the limit has the shape (1,): it must be a scalar"]


def test_no_gradients_are_refused():
    with tf.Graph().as_default():
        for given in (None, 3, tf.constant([1.0])):
            assert problems_with(given) == [
                "grads_and_vars is %r: it must be a list of (gradient, variable) pairs" % (given,)]
        assert problems_with([(None, variable("unused", 1.0))]) == ["there is no gradient to clip"]
        assert problems_with([], by=[]) == [
            "there is no gradient to clip",
            "by is []: it must be one of 'value', 'norm', 'global_norm', 'average_norm'"]
