"""The NumPy twins of TF1's optimizers against its kernels: on today's TensorFlow and on 1.15.5.

Each case trains three variables for 200 steps on random gradients: one densely, one sparsely in
rows of 9 (a packet of 8 floats and one beyond), one sparsely and a vector; ids repeat.
"""
import collections
import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_trainings import both_kinds
from tf1_recipes.optimizers.formulas import (
    Adadelta,
    Adagrad,
    Adam,
    GradientDescent,
    Momentum,
    RMSProp,
)
from tf1_recipes.optimizers.regularized_formulas import (
    Ftrl,
    ProximalAdagrad,
    ProximalGradientDescent,
)
from tf1_recipes.traces.ulp import ulp_distance
from tf1_recipes.v1 import tf

STEPS = 200
TODAY = not tf.__version__.startswith("1.")

PENALTIES = {"l1_regularization_strength": 0.05, "l2_regularization_strength": 0.01}
TWINS = [
    GradientDescent(0.1),
    Momentum(0.1, 0.9),
    Momentum(0.1, 0.9, use_nesterov=True),
    Adagrad(0.1),
    Adadelta(),
    Adadelta(1.0, rho=0.9, epsilon=1e-6),
    RMSProp(0.01),
    RMSProp(0.01, momentum=0.9),
    RMSProp(0.01, decay=0.8, momentum=0.5, epsilon=1e-3, centered=True),
    Adam(),
    Adam(0.01, beta1=0.8, beta2=0.99, epsilon=0.1),
    Ftrl(0.1),
    Ftrl(0.1, **PENALTIES),
    Ftrl(0.1, learning_rate_power=-0.7, initial_accumulator_value=0.5, **PENALTIES),
    Ftrl(0.1, l2_shrinkage_regularization_strength=0.01),
    ProximalGradientDescent(0.1),
    ProximalGradientDescent(0.1, **PENALTIES),
    ProximalAdagrad(0.1),
    ProximalAdagrad(0.1, **PENALTIES),
]

# How far one step may be apart, in ULPs of the tensor's largest element. Products, sums and
# quotients are rounded alike. Roots are not: the kernels take reciprocal roots (on 1.15 all roots)
# from the processor's estimate and one Newton step, up to 2 ULP off. Products carry that on:
# Adadelta squares it, RMSProp multiplies twice, Ftrl divides the difference of two roots by the
# rate. For a vector the sparse proximal kernel divides in double precision. (Measured: 1 for
# Adagrad, 2 for ProximalAdagrad and RMSProp, 4 for Adadelta; for Ftrl 4 on 1.15.5 and 3 on 2.21;
# for Adam 1 and 0. Processors differ in their estimates.)
STEP_ULP = {
    "GradientDescent": 0, "Momentum": 0, "Adam": 1, "ProximalGradientDescent": 1, "Adagrad": 2,
    "ProximalAdagrad": 2, "RMSProp": 3, "Adadelta": 4, "Ftrl": 6,
}

# What 200 steps may add up to, as a share of the tensor's largest value in the run: 200 times the
# rounding of a step, 6e-8, if all of them fell on one side. (Measured: at most 3.6e-6.)
FREE_RUN = 200 * 6e-8

# Those without a root; today, when roots are rounded as IEEE 754 says, also those with one, but not
# with a reciprocal one (Adagrad, Adadelta), nor with another power, for which NumPy's differs.
SAME_BITS = [
    twin for twin in TWINS
    if isinstance(twin, (GradientDescent, Momentum, ProximalGradientDescent)) or (
        TODAY and isinstance(twin, (RMSProp, Adam, Ftrl))
        and getattr(twin, "learning_rate_power", -0.5) == -0.5)]

each_twin = pytest.mark.parametrize("twin", TWINS, ids=str)

Rows = collections.namedtuple("Rows", "values indices")
Step = collections.namedtuple("Step", "number gradients states")


@functools.lru_cache(maxsize=None)
def train(twin, use_resource, dtype=np.float32):
    """What TensorFlow's optimizer computes: a `Step` for each, with ``{variable: state}``."""
    random = np.random.RandomState(0)
    start = {"dense": random.randn(5, 9).astype(dtype), "rows": random.randn(6, 9).astype(dtype),
             "vector": random.randn(7).astype(dtype)}
    with tf.Graph().as_default(), tf.Session() as session:
        variables, pairs, placeholders = {}, [], {}
        for name, value in start.items():
            variables[name] = tf.get_variable(name, initializer=value, use_resource=use_resource)
            gradient = tf.placeholder(dtype, (None,) + value.shape[1:])
            ids = tf.placeholder(tf.int32, [None])
            placeholders[name] = Rows(gradient, ids)
            if name != "dense":
                gradient = tf.IndexedSlices(gradient, ids)
            pairs.append((gradient, variables[name]))
        optimizer = optimizer_of(twin)
        step = optimizer.apply_gradients(pairs)
        fetches = {name: state_of(optimizer, variable, twin.initial(start[name]))
                   for name, variable in variables.items()}
        session.run(tf.global_variables_initializer())
        steps = [Step(0, None, session.run(fetches))]
        for number in range(1, STEPS + 1):
            gradients, feeds = {}, {}
            for name, value in start.items():
                count = len(value) if name == "dense" else 4
                values = random.randn(count, *value.shape[1:]).astype(dtype)
                ids = random.randint(0, 5, 4).astype(np.int32)
                gradients[name] = values if name == "dense" else Rows(values, ids)
                feeds[placeholders[name].values] = values
                if name != "dense":
                    feeds[placeholders[name].indices] = ids
            session.run(step, feeds)
            steps.append(Step(number, gradients, session.run(fetches)))
    return steps


def optimizer_of(twin):
    return getattr(tf.train, type(twin).__name__ + "Optimizer")(**vars(twin))


def state_of(optimizer, variable, slots):
    powers = dict(zip(("beta1_power", "beta2_power"), optimizer._get_beta_accumulators())
                  if "beta1_power" in slots else ())
    state = {name: powers[name] if name in powers else optimizer.get_slot(variable, name)
             for name in slots}
    return dict(state, variable=variable)


def updated(twin, state, gradient):
    slots = dict(state)
    variable, slots = twin.update(slots.pop("variable"), gradient, slots)
    return dict(slots, variable=variable)


def first_divergence(twin, steps, distances, allowed, unit, free_running=False, only=None):
    """Returns the message that names the first step at which the twin parts, or None.

    Args:
        distances: function of (found array, expected array, name of the variable, of the slot).
    """
    states = steps[0].states
    for before, step in zip(steps, steps[1:]):
        if not free_running:
            states = before.states
        states = {name: updated(twin, states[name], gradient)
                  for name, gradient in step.gradients.items()}
        for name in only or states:
            for slot, found in states[name].items():
                expected = step.states[name][slot]
                assert np.shape(found) == np.shape(expected)
                assert np.asarray(found).dtype == np.asarray(expected).dtype
                apart = distances(np.atleast_1d(found), np.atleast_1d(expected), name, slot)
                if not apart.max() <= allowed:  # not >, for NaN
                    place = np.unravel_index(np.argmax(apart), apart.shape)
                    return "step %d, %s of %r %s: %r, twin %r (%.3g %s, %.3g allowed)" % (
                        step.number, slot, name, [int(index) for index in place],
                        np.atleast_1d(expected)[place], np.atleast_1d(found)[place],
                        apart.max(), unit, allowed)
    return None


def ulps(found, expected, name, slot):
    return ulp_distance(np.ascontiguousarray(found), np.ascontiguousarray(expected))


def ulps_of_the_largest(found, expected, name, slot):
    """In units of the largest element: one that nearly cancels keeps the errors of its addends."""
    return np.abs(found - expected) / np.spacing(max(np.abs(expected).max(), expected.dtype.type(
        np.finfo(expected.dtype).tiny)))


@each_twin
@both_kinds
def test_initial_state_is_tf1_s(twin, use_resource):
    for state in train(twin, use_resource)[0].states.values():
        expected = twin.initial(state["variable"])
        assert sorted(expected) == sorted(set(state) - {"variable"})
        for slot, value in expected.items():
            np.testing.assert_array_equal(state[slot], value)
            assert state[slot].dtype == value.dtype


@each_twin
@both_kinds
def test_every_one_of_200_steps_is_the_kernel_s(twin, use_resource):
    steps = train(twin, use_resource)
    allowed = STEP_ULP[type(twin).__name__]
    message = first_divergence(twin, steps, ulps_of_the_largest, allowed, "ULP of the largest")
    assert message is None, message


@each_twin
@both_kinds
def test_200_steps_on_end_stay_within_the_sum_of_their_roundings(twin, use_resource):
    steps = train(twin, use_resource)
    largest = {(name, slot): max(np.abs(step.states[name][slot]).max() for step in steps)
               for name, state in steps[0].states.items() for slot in state}

    def share(found, expected, name, slot):
        return np.abs(found - expected) / (largest[name, slot] or 1)

    message = first_divergence(twin, steps, share, FREE_RUN, "of the largest", free_running=True)
    assert message is None, message


@pytest.mark.parametrize("twin", SAME_BITS, ids=str)
@both_kinds
@pytest.mark.parametrize("free_running", [False, True], ids=["each_step", "on_end"])
def test_without_an_estimated_root_the_bits_are_the_same(twin, use_resource, free_running):
    # The sparse kernels of RMSProp take reciprocal roots, and those of vectors round otherwise.
    only = ["dense"] if isinstance(twin, RMSProp) else ["dense", "rows"]
    message = first_divergence(twin, train(twin, use_resource), ulps, 0, "ULP", free_running, only)
    assert message is None, message


@pytest.mark.parametrize("twin", [twin for twin in TWINS if "Proximal" not in str(twin)], ids=str)
def test_float64_variables_learn_at_a_rate_rounded_to_float32(twin):
    # The proximal optimizers refuse float64 variables, on 1.15 and today.
    message = first_divergence(twin, train(twin, False, np.float64), ulps_of_the_largest, 4,
                               "ULP of the largest")
    assert message is None, message


def test_on_1_15_sparse_gradient_descent_on_float64_resources_alone_does_not_round_its_rate():
    message = first_divergence(GradientDescent(0.1), train(GradientDescent(0.1), True, np.float64),
                               ulps, 0, "ULP")
    assert (message is None) == TODAY
    exact = GradientDescent(np.float64(0.1))
    if not TODAY:
        assert first_divergence(exact, train(GradientDescent(0.1), True, np.float64), ulps, 0,
                                "ULP", only=["rows", "vector"]) is None


@pytest.mark.parametrize("wrong, said", [
    (RMSProp(0.01, epsilon=0.1), "step 1, momentum of 'dense' "),
    (RMSProp(0.01, decay=0.91), "step 1, rms of 'dense' "),
])
def test_another_formula_is_found_at_its_first_step(wrong, said):
    steps = train(RMSProp(0.01), False)
    message = first_divergence(wrong, steps, ulps_of_the_largest, 4, "ULP of the largest")
    assert message.startswith(said) and message.endswith("ULP of the largest, 4 allowed)")


# By hand: one step each.

def test_nesterov_s_second_step_looks_ahead():
    twin, w = Momentum(0.1, 0.5, use_nesterov=True), np.float64(0)
    w, state = twin.update(w, np.float64(1), twin.initial(w))
    assert (w, state["momentum"]) == (pytest.approx(-0.15), 1)  # 0.1 (1 + 0.5 * 1)
    w, state = twin.update(w, np.float64(1), state)
    assert (w, state["momentum"]) == (pytest.approx(-0.325), 1.5)  # 0.1 (1 + 0.5 * 1.5)


@pytest.mark.parametrize("twin, w, g, expected", [
    (GradientDescent(0.1), 1, 2, 0.8),
    (Adagrad(0.1, initial_accumulator_value=0.75), 1, 0.5, 0.95),  # a = 0.75 + 0.25
    (Adadelta(1.0, rho=0.75, epsilon=1.0), 1, 2, 1 - 2 / 2 ** 0.5),  # a = 1, d = 1 / sqrt(1 + 1) 2
    (RMSProp(0.1, epsilon=0.0), 1, 1, 0.9),  # s starts at 1 and stays there
    (RMSProp(0.1, decay=0.5, epsilon=3.25, centered=True), 1, 1, 0.95),  # sqrt(1 - 0.25 + 3.25)
    (Adam(0.1, epsilon=0.0), 1, 7, 0.9),  # the first step is the rate, whatever the gradient
    (Ftrl(0.1, initial_accumulator_value=0.75, l1_regularization_strength=0.1), 0, 0.5, -0.04),
    (Ftrl(0.1, l1_regularization_strength=0.6), 0, 0.5, 0),  # |z| = 0.5 is below l1
    (ProximalGradientDescent(0.1, 1.0, 1.0), 1, 1, 0.8 / 1.1),  # (0.9 - 0.1) / (1 + 0.1)
    (ProximalGradientDescent(0.1, 1.0), -1, 0, -0.9),  # and not 0.9, which 0.12.1 gives
    (ProximalAdagrad(0.2, 3.0, 1.0, 1.0), 1, 1, 0.8 / 1.1),  # a = 3 + 1: rate 0.2 / 2
], ids=str)
def test_first_step_by_hand(twin, w, g, expected):
    w, g = np.float64([w]), np.float64([g])
    assert twin.update(w, g, twin.initial(w))[0] == pytest.approx([expected], rel=1e-6)


def test_two_values_for_one_row_are_summed_before_they_are_squared():
    twin, w = Adagrad(1.0, initial_accumulator_value=1.0), np.zeros((3, 1))
    w, state = twin.update(w, Rows(np.ones((2, 1)), np.array([1, 1])), twin.initial(w))
    np.testing.assert_array_equal(state["accumulator"], [[1], [5], [1]])  # 1 + (1 + 1)^2
    np.testing.assert_allclose(w, [[0], [-2 / 5 ** 0.5], [0]])


def test_after_a_step_momentum_leaves_rows_without_gradient_and_adam_does_not():
    for twin, moves in ((Momentum(0.1, 0.9), False), (Adam(), True)):
        w = np.zeros((2, 1))
        w, state = twin.update(w, Rows(np.ones((1, 1)), np.array([0])), twin.initial(w))
        after, _ = twin.update(w, Rows(np.ones((1, 1)), np.array([1])), state)
        assert (after[0] != w[0]).all() == moves


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(TWINS), st.integers(0, 2 ** 32 - 1))
def test_a_sparse_gradient_of_every_row_is_the_dense_one_and_nothing_given_is_changed(twin, seed):
    random = np.random.RandomState(seed)
    w, g, order = random.randn(4, 3), random.randn(4, 3), random.permutation(4)
    state = twin.initial(w)
    given_before = [array.copy() for array in [w, g] + list(map(np.asarray, state.values()))]

    dense, dense_state = twin.update(w, g, state)
    sparse, sparse_state = twin.update(w, Rows(g[order], order), state)

    np.testing.assert_allclose(sparse, dense, rtol=1e-6, atol=1e-12)
    assert sorted(sparse_state) == sorted(dense_state) == sorted(state)
    for slot in state:
        np.testing.assert_allclose(sparse_state[slot], dense_state[slot], rtol=1e-6, atol=1e-12)
    for before, after in zip(given_before, [w, g] + list(state.values())):
        np.testing.assert_array_equal(before, after)
