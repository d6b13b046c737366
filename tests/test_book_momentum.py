"""The book's momentum and Nesterov's, in NumPy and in TensorFlow, beside TF1's own."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graph_order import races
from tests.small_trainings import both_kinds, refused, values_after, variable
from tf1_recipes.optimizers import momentum_figure
from tf1_recipes.optimizers.book_formulas import momentum_step, nesterov_step, terminal_speed
from tf1_recipes.optimizers.book_momentum import BookMomentumOptimizer
from tf1_recipes.optimizers.numpy_optimizers import numpy_optimizer
from tf1_recipes.v1 import tf

both_forms = pytest.mark.parametrize("nesterov", [False, True], ids=["momentum", "nesterov"])

# A cost with curved slopes that pull the variables at each other: J = sum log cosh(A w - b).
A = np.array([[1.0, 0.5, 0.0], [-0.5, 1.0, 2.0], [0.25, 0.0, 1.0]])
B = np.array([1.0, -2.0, 0.5])
START = np.array([0.5, -1.0, 2.0])


def slope(theta):
    return A.T @ np.tanh(A @ theta - B)


def cost(w):
    return tf.reduce_sum(tf.log(tf.cosh(tf.tensordot(tf.constant(A), w, 1) - tf.constant(B))))


def by_hand(nesterov, etas, beta):
    """The book's theta and m after steps with these learning rates."""
    step = nesterov_step if nesterov else momentum_step
    theta, m = START, np.zeros(3)
    for eta in etas:
        theta, m = step(theta, m, slope, eta, beta)
    return theta, m


def trained(optimizer, etas, use_resource=False, eta=None):
    """Variable, slot and theta of TensorFlow after as many steps, in float64."""
    w = variable("w", START, use_resource)
    train_op = optimizer.minimize(cost(w))
    fetches = [w, optimizer.get_slot(w, "momentum")]
    fetches += [optimizer.theta(w)] if hasattr(optimizer, "theta") else []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for value in etas:
            session.run(train_op, None if eta is None else {eta: value})
        return session.run(fetches)


def near(found, expected):
    # Float64: 30 steps of some fifty roundings of numbers below 8, on a cost that does not blow
    # them up.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11)


def test_two_steps_of_each_by_hand():
    # J = theta^2 from 1, eta 1/8, beta 1/2. The first steps are equal: m = -2/8.
    after = {}
    for step in (momentum_step, nesterov_step):
        theta, m = step(1.0, 0.0, lambda theta: 2 * theta, 0.125, 0.5)
        assert (theta, m) == (0.75, -0.25)
        after[step] = step(theta, m, lambda theta: 2 * theta, 0.125, 0.5)
    assert after[momentum_step] == (0.75 - 0.3125, -0.125 - 0.1875)  # the slope at 0.75
    assert after[nesterov_step] == (0.75 - 0.28125, -0.125 - 0.15625)  # the slope at 0.625


@both_kinds
@both_forms
def test_tensorflow_takes_the_book_s_steps(nesterov, use_resource):
    with tf.Graph().as_default():
        optimizer = BookMomentumOptimizer(0.125, 0.75, nesterov)
        w, history, theta = trained(optimizer, [None] * 30, use_resource)
    expected, m = by_hand(nesterov, [0.125] * 30, 0.75)
    near(theta, expected)
    near(history, -m)
    near(w, expected + 0.75 * m if nesterov else expected)
    assert abs(w - theta).max() > 1e-6 or not nesterov


@settings(max_examples=10, deadline=None)
@given(etas=st.lists(st.sampled_from([0.25, 0.125, 0.03125]), min_size=1, max_size=12),
       beta=st.sampled_from([0.0, 0.5, 0.9]), nesterov=st.booleans())
def test_a_learning_rate_that_changes_leaves_past_steps_alone(etas, beta, nesterov):
    with tf.Graph().as_default():
        eta = tf.placeholder(tf.float64, [])
        _, _, theta = trained(BookMomentumOptimizer(eta, beta, nesterov), etas, eta=eta)
    near(theta, by_hand(nesterov, etas, beta)[0])


@both_forms
def test_tf1_s_optimizer_is_the_book_s_by_a_change_of_variables(nesterov):
    with tf.Graph().as_default():
        optimizer = tf.train.MomentumOptimizer(0.125, 0.75, use_nesterov=nesterov)
        w, accumulator = trained(optimizer, [None] * 30)
    theta, m = by_hand(nesterov, [0.125] * 30, 0.75)
    near(-0.125 * accumulator, m)
    near(w, theta + 0.75 * m if nesterov else theta)
    near(w + 0.75 * 0.125 * accumulator if nesterov else w, theta)


@both_forms
def test_tf1_s_optimizer_is_not_the_book_s_once_the_learning_rate_drops(nesterov):
    # Down a slope of 1 at 1, then at 1/4, beta 1/2. Book: m = -1, then -1/2 - 1/4.
    # TF1: a = 1, then 3/2, and the step is a/4, with Nesterov (1 + a/2)/4.
    def after(optimizer, rate):
        w = variable("w", 0.0)
        train_op = optimizer.minimize(w)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for value in (1.0, 0.25):
                session.run(train_op, {rate: value})
            return session.run(w)

    with tf.Graph().as_default():
        rate = tf.placeholder(tf.float32, [])
        book = after(BookMomentumOptimizer(rate, 0.5, nesterov), rate)
    with tf.Graph().as_default():
        rate = tf.placeholder(tf.float32, [])
        tf1 = after(tf.train.MomentumOptimizer(rate, 0.5, use_nesterov=nesterov), rate)
    assert (book, tf1) == ((-1.75 - 0.375, -1.5 - 0.4375) if nesterov else (-1.75, -1.375))


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_steps_down_a_constant_slope_tend_to_the_terminal_speed(beta):
    # The sum of a geometric series: eta g (1 - beta^t) / (1 - beta).
    theta, m = 0.0, 0.0
    for step in range(1, 200):
        theta, m = momentum_step(theta, m, lambda _: -3.0, 0.5, beta)
        assert m == pytest.approx(terminal_speed(0.5, beta, 3.0) * (1 - beta ** step), rel=1e-12)


def test_the_book_s_figure_ten_times_gradient_descent():
    assert terminal_speed(0.01, 0.9) == pytest.approx(10 * 0.01)
    assert terminal_speed(0.01, 0.0) == 0.01
    assert terminal_speed(2, 0.5, -3) == 12
    # Half of it after 7 steps, 99% after 44, as the docstring has it: 0.9^7, 0.9^44.
    assert [steps for steps in range(1, 100) if 1 - 0.9 ** steps >= 0.5][0] == 7
    assert [steps for steps in range(1, 100) if 1 - 0.9 ** steps >= 0.99][0] == 44


@both_kinds
def test_tensorflow_and_its_twin_reach_the_terminal_speed(use_resource):
    for make in (lambda: BookMomentumOptimizer(0.01, 0.9),
                 lambda: tf.train.MomentumOptimizer(0.01, 0.9),
                 lambda: BookMomentumOptimizer(0.01, 0.9, nesterov=True),
                 lambda: tf.train.MomentumOptimizer(0.01, 0.9, use_nesterov=True)):
        with tf.Graph().as_default():
            w = variable("w", np.float64(0.0), use_resource)
            train_op = make().minimize(-w)
            before, after = (values_after(train_op, w, steps) for steps in (300, 301))
        # What is missing after 300 steps is 0.9^300 of it, 2e-14.
        assert after - before == pytest.approx(0.1, rel=1e-6)  # TF1 rounds 0.9 to float32
    twin = numpy_optimizer("Momentum", learning_rate=0.01, momentum=0.9)
    w, state = np.float64([0.0]), twin.initial(np.float64([0.0]))
    for _ in range(300):
        before, (w, state) = w, twin.update(w, np.float64([-1.0]), state)
    assert w - before == pytest.approx(0.1, rel=1e-6)


@both_kinds
@both_forms
def test_all_slopes_are_computed_before_a_variable_is_written(nesterov, use_resource):
    with tf.Graph().as_default():
        w, v = variable("w", START, use_resource), variable("v", START, use_resource)
        train_op = BookMomentumOptimizer(0.1, 0.9, nesterov).minimize(cost(w * v))
        assert races(train_op) == []


@both_kinds
def test_rows_without_a_slope_stand_still(use_resource):
    with tf.Graph().as_default():
        table = variable("table", np.zeros([3, 1], np.float32), use_resource)
        optimizer = BookMomentumOptimizer(1.0, 0.5, nesterov=True)
        train_op = optimizer.minimize(tf.reduce_sum(tf.gather(table, [1, 1])))
        w, theta = values_after(train_op, [table, optimizer.theta(table)], steps=2)
    # Down a slope of 2: m = -2, then -3; theta = -2 - 3; w = theta + m / 2.
    np.testing.assert_array_equal(theta, [[0], [-5], [0]])
    np.testing.assert_array_equal(w, [[0], [-6.5], [0]])


def test_the_figure_s_numbers():
    for beta in momentum_figure.BETAS:
        speeds = momentum_figure.speeds(beta, steps=3)
        np.testing.assert_allclose(speeds, [0, 1, 1 + beta, 1 + beta + beta ** 2])
    paths = momentum_figure.paths(steps=2)
    # Down theta^2 / 2 from 1: m = -0.1, then -0.09 - 0.1 * 0.9, or - 0.1 * (0.9 - 0.09).
    np.testing.assert_allclose(paths["momentum, theta"], [1, 0.9, 0.9 - 0.18])
    np.testing.assert_allclose(paths["Nesterov, theta"], [1, 0.9, 0.9 - 0.171])
    np.testing.assert_allclose(paths["Nesterov, theta + beta m: TF1's variable"],
                               [1, 0.9 - 0.09, 0.729 - 0.9 * 0.171])


def test_the_figure_s_last_curve_is_tf1_s_variable():
    with tf.Graph().as_default():
        w = variable("w", np.float64(1.0))
        train_op = tf.train.MomentumOptimizer(
            np.float64(momentum_figure.ETA), np.float64(momentum_figure.BETA),
            use_nesterov=True).minimize(tf.square(w) / 2)
        *_, last = momentum_figure.paths(steps=20).values()
        np.testing.assert_allclose(values_after(train_op, w, 20), last[-1], rtol=0, atol=1e-6)


def test_the_figure_is_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "momentum.png"
    momentum_figure.draw(str(path))
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_what_is_no_momentum_is_refused():
    with tf.Graph().as_default():
        assert refused(BookMomentumOptimizer, -0.1, 1.0, nesterov=1) == [
            "the learning rate is -0.1: it must be >= 0",
            "the momentum is 1.0: it must be < 1, or a step never ends",
            "nesterov is 1: it must be True or False"]
        beta = tf.constant(0.5)
        assert refused(BookMomentumOptimizer, float("nan"), beta) == [
            "the learning rate is nan: it must be finite",
            "the momentum is a tensor: it must be a number, since theta + beta m is kept from one "
            "step to the next"]
        w = variable("w", 1.0)
        assert refused(BookMomentumOptimizer(0.1).theta, w) == [
            "'w' is not trained by this optimizer: call minimize, or apply_gradients, before"]
    assert refused(terminal_speed, -1, 1, "steep") == [
        "the learning rate is -1: it must be a number >= 0",
        "the momentum is 1: it must be a number from 0 to below 1",
        "the gradient is 'steep': it must be a number"]
