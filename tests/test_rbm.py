import itertools
import math
import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.graph_order import races
from tests.small_trainings import both_kinds, refused, values_after, variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.transfer.pretraining import layerwise_autoencoders
from tf1_recipes.transfer.rbm import layerwise_rbms
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf


def sgd(rate):
    return lambda: tf.train.GradientDescentOptimizer(rate)


def layer(inputs, name, kernel, bias=None, use_resource=False):
    """A sigmoid layer of given weights, of the kernel's type."""
    with tf.variable_scope(name):
        bias = np.zeros(kernel.shape[1], kernel.dtype) if bias is None else bias
        kernel, bias = (variable(part, value, use_resource)
                        for part, value in (("kernel", kernel), ("bias", bias)))
    return tf.sigmoid(tf.matmul(inputs, kernel) + bias)


def random_layers(sizes, dtype=np.float32, use_resource=False, rows=20, scale=1.0):
    """Random inputs between 0 and 1, and layers hidden1, hidden2 ... of the sizes."""
    random = np.random.RandomState(0)
    tf.get_variable_scope().set_use_resource(use_resource)
    inputs = tf.constant(random.rand(rows, sizes[0]).astype(dtype))
    layers = [inputs]
    for number in range(1, len(sizes)):
        kernel = (scale * random.randn(sizes[number - 1], sizes[number])).astype(dtype)
        layers.append(layer(layers[-1], "hidden%d" % number, kernel, use_resource=use_resource))
    return inputs, layers[1:]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@both_kinds
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_step_by_hand(dtype, use_resource):
    with tf.Graph().as_default():
        tf.get_variable_scope().set_use_resource(use_resource)
        x = tf.constant([[1]], dtype)
        hidden = layer(x, "hidden1", np.zeros([1, 1], dtype), use_resource=use_resource)
        phase, = layerwise_rbms(x, [hidden], sgd(1.0))
        # All probabilities are 1/2: 0.25 turns the hidden unit on, 0.75 the visible one off.
        chance = {"rbms/hidden1/uniform_0:0": [[0.25]], "rbms/hidden1/uniform_1:0": [[0.75]]}
        # dW = 1 * 1/2 - 0 * 1/2, db = 1/2 - 1/2, dc = 1 - 0
        assert values_after(phase.train_op, phase.variables, feed=chance) == [0.5, 0.0]
        assert values_after(phase.train_op, phase.decoder_variables, feed=chance) == [1.0]
        assert phase.decoder_variables[0].dtype.base_dtype == dtype
        # The reconstruction without chance is 1/2.
        assert values_after(phase.train_op, [phase.loss, phase.reconstruction], 0) == [0.25, 0.5]


def model_step(weights, visible, uniforms, sample_visible, rate):
    """One step of gradient descent in NumPy, and how near a draw was to the other side."""
    kernel, hidden_bias, visible_bias = weights
    start, nearest = visible, 1.0

    def draw(probabilities, uniform):
        nonlocal nearest
        nearest = min(nearest, abs(uniform - probabilities).min())
        return (uniform < probabilities) * 1.0

    for chance in zip(uniforms[::2], uniforms[1::2]):
        hidden = draw(sigmoid(visible @ kernel + hidden_bias), chance[0])
        visible = sigmoid(hidden @ kernel.T + visible_bias)
        if sample_visible:
            visible = draw(visible, chance[1])
    positive, negative = (sigmoid(each @ kernel + hidden_bias) for each in (start, visible))
    count = len(start)
    return [kernel + rate * (start.T @ positive - visible.T @ negative) / count,
            hidden_bias + rate * (positive - negative).mean(0),
            visible_bias + rate * (start - visible).mean(0)], nearest


@settings(max_examples=12, deadline=None)
@given(sizes=st.lists(st.integers(1, 5), min_size=2, max_size=3), gibbs_steps=st.integers(1, 3),
       sample_visible=st.booleans(), use_resource=st.booleans(), seed=st.integers(0, 99))
def test_steps_with_given_chance_are_those_of_a_numpy_model(
        sizes, gibbs_steps, sample_visible, use_resource, seed):
    random, rate = np.random.RandomState(seed), 0.5
    with tf.Graph().as_default(), tf.Session() as session:
        inputs, layers = random_layers(sizes, np.float64, use_resource)
        phases = layerwise_rbms(inputs, layers, sgd(rate), gibbs_steps, sample_visible)
        session.run(tf.global_variables_initializer())
        for phase, visible in zip(phases, [inputs] + layers):
            own = phase.variables + phase.decoder_variables
            *weights, source = session.run(own + [visible])
            for _ in range(3):
                chance = [random.rand(len(source), sizes[layers.index(visible) + 1 if (
                    visible in layers) else 0] if number % 2 else weights[0].shape[1]).astype(
                        np.float32) for number in range(2 * gibbs_steps)]
                weights, nearest = model_step(weights, source, chance, sample_visible, rate)
                # The samples are compared in float32, whose numbers below 1 are 2^-24 apart.
                assume(nearest > 1e-6)
                session.run(phase.train_op, {
                    "rbms/%s/uniform_%d:0" % (phase.name, number): each
                    for number, each in enumerate(chance) if sample_visible or number % 2 == 0})
            for expected, found in zip(weights, session.run(own)):
                # Float64: some hundred roundings of numbers below 10.
                np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


# A machine of 3 visible and 2 hidden units, small enough to enumerate.
KERNEL = np.array([[2.0, -1.0], [-1.5, 2.5], [1.0, 1.5]])
HIDDEN_BIAS, VISIBLE_BIAS = np.array([0.5, -1.0]), np.array([-0.5, 0.25, -1.0])
VISIBLE, HIDDEN = (np.array(list(itertools.product([0.0, 1.0], repeat=units))) for units in (3, 2))
START = np.array([1.0, 0.0, 1.0])


def log_probability(rows, kernel, hidden_bias, visible_bias):
    """The mean log probability of rows: by the energies of all 32 states, and nothing else."""
    def total(visible):
        return sum(np.exp(visible @ kernel @ hidden + hidden @ hidden_bias + visible @ visible_bias)
                   for hidden in HIDDEN[:, :len(hidden_bias)])

    partition = sum(map(total, VISIBLE))
    return np.mean([np.log(total(row) / partition) for row in rows])


def expected_step(gibbs_steps):
    """The expectation of (dW, db, dc) from START, over all ways that chance can go."""
    def probability(state, probabilities):
        return np.prod(np.where(state == 1, probabilities, 1 - probabilities))

    transition = np.array([[sum(
        probability(hidden, sigmoid(before @ KERNEL + HIDDEN_BIAS))
        * probability(after, sigmoid(KERNEL @ hidden + VISIBLE_BIAS)) for hidden in HIDDEN)
        for after in VISIBLE] for before in VISIBLE])
    index, = np.flatnonzero((VISIBLE == START).all(1))
    reached = np.linalg.matrix_power(transition, gibbs_steps)[index]

    def statistics(visible):
        hidden = sigmoid(visible @ KERNEL + HIDDEN_BIAS)
        return np.concatenate([np.outer(visible, hidden).ravel(), hidden, visible])

    return statistics(START) - sum(chance * statistics(state)
                                   for chance, state in zip(reached, VISIBLE))


def mean_step(gibbs_steps, chains, use_resource=False, seed=0):
    """The mean of (dW, db, dc) of so many chains from START, by one step of rate 1."""
    with tf.Graph().as_default():
        x = tf.constant(np.tile(np.float32(START), [chains, 1]))
        hidden = layer(x, "hidden1", np.float32(KERNEL), np.float32(HIDDEN_BIAS), use_resource)
        phase, = layerwise_rbms(x, [hidden], sgd(1.0), gibbs_steps, seed=seed)
        own = phase.variables + phase.decoder_variables
        set_bias = tf.assign(phase.decoder_variables[0], VISIBLE_BIAS)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(set_bias)
            before = session.run(own)
            session.run(phase.train_op)
            return np.concatenate([(new - old).ravel()
                                   for old, new in zip(before, session.run(own))])


CHAINS = 100000
# Hoeffding: the mean of n numbers that lie within 1 is off its expectation by more than t with a
# chance below 2 exp(-2 n t^2). For 11 means and a chance of 1e-9: t = 0.0109; float32 adds 1e-5.
NEAR = math.sqrt(math.log(2 * 11 / 1e-9) / (2 * CHAINS)) + 1e-5


@both_kinds
@pytest.mark.parametrize("gibbs_steps", [1, 3])
def test_the_mean_of_many_chains_is_the_expectation_over_all_ways_of_chance(
        gibbs_steps, use_resource):
    found = mean_step(gibbs_steps, CHAINS, use_resource)
    np.testing.assert_allclose(found, expected_step(gibbs_steps), rtol=0, atol=NEAR)
    # Another number of Gibbs steps would be noticed.
    assert abs(expected_step(gibbs_steps) - expected_step(gibbs_steps + 1)).max() > 2 * NEAR


def test_with_many_gibbs_steps_it_is_the_slope_of_the_log_likelihood():
    theta = [KERNEL, HIDDEN_BIAS, VISIBLE_BIAS]
    slopes, width = [], 1e-6
    for which, part in enumerate(theta):
        for place in np.ndindex(part.shape):
            moved = [[each.copy() for each in theta] for _ in range(2)]
            moved[0][which][place] += width
            moved[1][which][place] -= width
            up, down = (log_probability([START], *each) for each in moved)
            slopes.append((up - down) / (2 * width))
    exact = expected_step(200)
    np.testing.assert_allclose(exact, slopes, rtol=0, atol=1e-8)
    left = [abs(expected_step(steps) - exact).max() for steps in (1, 4, 16)]
    assert left[0] > 0.2 and left[0] > 2 * left[1] > 4 * left[2]  # CD-1 is another direction
    found = mean_step(16, CHAINS)
    np.testing.assert_allclose(found, slopes, rtol=0, atol=NEAR + left[2])


def test_a_machine_learns_that_bits_agree():
    rows = np.float32([[0, 0, 0], [1, 1, 1]])
    with tf.Graph().as_default():
        x = tf.constant(np.tile(rows, [50, 1]))
        hidden = layer(x, "hidden1", np.float32([[0.1, -0.1], [0.1, -0.1], [0.1, -0.1]]))
        phase, = layerwise_rbms(x, [hidden], sgd(0.1), gibbs_steps=5)
        weights = values_after(
            phase.train_op, phase.variables + phase.decoder_variables, steps=1000)
    # Bits that do not know each other have log 2 each; two rows that alternate, log 2 in all.
    entropy = -log_probability(rows, *weights)
    assert math.log(2) < entropy < 1.5 * math.log(2)


def test_runs_are_alike_and_seeds_are_not():
    first = mean_step(2, 50)
    np.testing.assert_array_equal(first, mean_step(2, 50))
    np.testing.assert_array_equal(first, mean_step(2, 50, use_resource=True))
    assert (first != mean_step(2, 50, seed=1)).any()


def test_no_two_draws_are_alike():
    with tf.Graph().as_default():
        inputs, layers = random_layers([4, 4, 4])
        layerwise_rbms(inputs, layers, sgd(0.1), gibbs_steps=2)
        draws = [op.outputs[0] for op in tf.get_default_graph().get_operations()
                 if op.type == "RandomUniform"]
        with tf.Session() as session:
            values = session.run(draws)
    assert len(draws) == 2 * 4
    for one, other in itertools.combinations(values, 2):
        assert (one != other).all()


@both_kinds
@pytest.mark.parametrize("make_optimizer", [
    sgd(0.1), lambda: tf.train.AdamOptimizer(0.01), lambda: tf.train.MomentumOptimizer(0.1, 0.5)])
def test_a_phase_leaves_all_other_variables_to_the_bit(make_optimizer, use_resource):
    with tf.Graph().as_default():
        inputs, layers = random_layers([6, 5, 4], use_resource=use_resource)
        step = tf.train.get_or_create_global_step()
        phases = layerwise_rbms(inputs, layers, make_optimizer, global_step=step)
        trainable = tf.trainable_variables()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for phase in phases:
                before = session.run(trainable)
                for _ in range(3):
                    session.run(phase.train_op)
                moved = {name_of(each) for each, old, new in zip(
                    trainable, before, session.run(trainable)) if (old != new).any()}
                assert moved == set(map(name_of, phase.variables + phase.decoder_variables))
            assert session.run(step) == 6


@both_kinds
def test_both_statistics_are_computed_before_any_variable_is_written(use_resource):
    with tf.Graph().as_default():
        inputs, layers = random_layers([5, 4, 3], use_resource=use_resource)
        for phase in layerwise_rbms(inputs, layers, sgd(0.5), gibbs_steps=2):
            assert races(phase.train_op) == []


def test_layers_as_they_are_built_by_tensorflow():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 4])
        with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(2)):
            first = tf.layers.dense(x, 4, tf.nn.sigmoid, name="hidden1")
            transposed = tf.get_variable("transposed", [3, 4])
            bias = tf.get_variable("offset", [3])
            second = tf.nn.sigmoid(bias + tf.matmul(first, transposed, transpose_b=True))
            phases = layerwise_rbms(x, [first, tf.identity(second)], sgd(0.5))
        assert [len(phase.variables) for phase in phases] == [4, 4]
        assert list(map(name_of, phases[0].decoder_variables)) == [
            "net/rbms/net/hidden1/bias/part_0", "net/rbms/net/hidden1/bias/part_1"]
        feed = {x: [[1, 0, 0, 1], [0, 1, 1, 0]]}
        for phase in phases:
            own = phase.variables + phase.decoder_variables
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                before = session.run(own)
                for _ in range(3):
                    session.run(phase.train_op, feed)
                for old, new in zip(before, session.run(own)):
                    assert (old != new).any()
                assert session.run(phase.reconstruction, feed).shape == (2, 4)


def test_pretrained_layers_end_in_a_new_net_as_after_auto_encoders(tmp_path):
    def pretrained(way):
        with tf.Graph().as_default():
            inputs, layers = random_layers([6, 5, 4])
            phases = way(inputs, layers, sgd(0.1))
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                for phase in phases:
                    session.run(phase.train_op)
                return tf.train.Saver().save(session, os.path.join(str(tmp_path), way.__name__))

    for way in (layerwise_rbms, layerwise_autoencoders):
        checkpoint = pretrained(way)
        with tf.Graph().as_default():
            random_layers([6, 5, 4])
            plan = plan_restore(checkpoint, include="hidden[12]")
            with tf.Session() as session:
                assert plan.restore(session).restored == [
                    "hidden1/kernel", "hidden1/bias", "hidden2/kernel", "hidden2/bias"]


@pytest.mark.parametrize("wrong", [-0.25, 1.5, float("nan")])
def test_inputs_that_are_no_probabilities_are_refused(wrong):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2])
        phase, = layerwise_rbms(x, [layer(x, "hidden1", np.zeros([2, 3], np.float32))], sgd(0.1))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            with pytest.raises(tf.errors.InvalidArgumentError, match=(
                    "The inputs of the restricted Boltzmann machine hidden1 must be from 0 to 1")):
                session.run(phase.train_op, {x: [[0.5, wrong]]})
            np.testing.assert_array_equal(session.run(phase.variables[0]), np.zeros([2, 3]))
            session.run(phase.train_op, {x: [[0, 1]]})


def test_layers_that_are_no_machines_are_refused():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        kernel, bias = variable("kernel", np.ones([3, 2], np.float32)), variable("bias", [0.0, 0.0])
        product = tf.matmul(x, kernel)

        def problem(tensor, source=x):
            text, = refused(layerwise_rbms, source, [tensor], sgd(0.1))
            return text

        assert problem(tf.nn.relu(product + bias, name="hidden1")) == (
            "'hidden1' is not sigmoid(matmul(x, kernel) + bias), of which p(h|v) consists: its op "
            "is Relu")
        assert problem(tf.sigmoid(product, name="hidden2")) == (
            "'hidden2' is not sigmoid(matmul(x, kernel) + bias), of which p(h|v) consists: there "
            "is no bias, but MatMul")
        noisy = tf.sigmoid(tf.matmul(tf.nn.dropout(x, 0.5), kernel) + bias, name="hidden3")
        assert problem(noisy) == (
            "'hidden3' is not sigmoid(matmul(x, kernel) + bias), of which p(h|v) consists")
        assert problem(tf.sigmoid(product + tf.matmul(x, kernel))).startswith("'Sigmoid")


def test_all_that_is_wrong_is_named():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        first = layer(x, "hidden1", np.ones([3, 2], np.float32))
        variable("rbms/hidden1/bias", 0.0)
        assert refused(layerwise_rbms, x, [first], tf.train.AdamOptimizer(0.1), gibbs_steps=0,
                       sample_visible="yes", seed=-1) == [
            "there are variables in 'rbms/hidden1' already: give another scope",
            "make_optimizer is an optimizer, which the phases would share, with its slots and "
            "counters: give lambda: tf.train.AdamOptimizer(...)",
            "gibbs_steps is 0: it must be a whole number >= 1",
            "sample_visible is 'yes': it must be True or False",
            "seed is -1: it must be a whole number from 0 to 2^32 - 1"]
        assert refused(layerwise_rbms, x, first, sgd(0.1), gibbs_steps=True, seed=0.5) == [
            "the layers are %r: they must be a list of tensors" % first,
            "gibbs_steps is True: it must be a whole number >= 1",
            "seed is 0.5: it must be a whole number from 0 to 2^32 - 1"]
