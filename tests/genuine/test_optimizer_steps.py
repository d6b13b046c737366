"""What TensorFlow 0.12.1's optimizers compute otherwise than 1.15.5's."""
import os
import subprocess

import numpy as np
import pytest

from tf1_recipes.evidence.agreement import sessions_of
from tf1_recipes.evidence.catalogue import find
from tf1_recipes.evidence.recipes.F_optimizer_steps import model as optimizer_steps
from tf1_recipes.optimizers import formulas, regularized_formulas
from tf1_recipes.recording.command import record
from tf1_recipes.traces import compare_traces, open_trace


class Adadelta(formulas.Adadelta):
    """Steps by the accumulated update of this step, not by that of the last one."""

    def dense(self, w, g, state):
        _, after = super().dense(w, g, state)
        stepped, _ = super().dense(w, g, dict(state, accum_update=after["accum_update"]))
        return stepped, after


class WithoutSign:
    """|p| for p: what is left after the penalty is positive, whatever the weight was."""

    def dense(self, w, g, state):
        w, state = super().dense(w, g, state)
        return np.abs(w), state


class ProximalGradientDescent(WithoutSign, regularized_formulas.ProximalGradientDescent):
    pass


class ProximalAdagrad(WithoutSign, regularized_formulas.ProximalAdagrad):
    pass


# The classes are called as in TensorFlow, for their slots are called after them.
OF_012 = {"adadelta": Adadelta, "proximal_gradient_descent": ProximalGradientDescent,
          "proximal_adagrad": ProximalAdagrad}


@pytest.fixture(scope="module")
def traces(genuine, tmp_path_factory):
    recipe, = find(["F"])
    old = str(tmp_path_factory.mktemp("traces") / "old.json")
    assert record(recipe.example_path(), [], old, python=genuine("0.12.1")) == 0
    return open_trace(old), open_trace(recipe.trace_path("1.15.5"))


def test_eight_of_eleven_optimizers_are_the_same_to_the_bit(traces):
    comparison = compare_traces(*traces, kinds=("variables",))
    differ = {row.name.split("/")[0] for row in comparison.rows if row.differs}
    assert differ == set(OF_012)


@pytest.mark.parametrize("scope", sorted(OF_012))
def test_the_other_three_follow_another_formula(traces, scope):
    old, _ = traces
    twin = OF_012[scope](**vars(optimizer_steps.OPTIMIZERS[scope]))
    session, = sessions_of(old)
    found = {step.number: step.arrays("variables") for step in old}
    state = session.initial
    for number, feeds in session.steps:
        state = optimizer_steps.update(state, feeds, {scope: twin})
        for name in (scope + "/bias", scope + "/table"):
            np.testing.assert_array_max_ulp(state[name], found[number][name], maxulp=1)


# Adam's first step moves by the rate, 0.1, whatever the gradient: if it is one gradient. Two of 1,
# that are not summed, give m = 2 (1 - b1) and v = (1 + 1) (1 - b2), and 2 / sqrt(2) of the rate.
TWICE = """
import tensorflow as tf
w = tf.Variable([[0.0], [0.0]])
ones = tf.IndexedSlices(tf.constant([[1.0], [1.0]]), tf.constant([1, 1]), tf.constant([2, 1]))
step = tf.train.AdamOptimizer(0.1).apply_gradients([(ones, w)])
session = tf.Session()
session.run(tf.global_variables_initializer())
session.run(step)
print("%.4f" % session.run(w)[1, 0])
"""


@pytest.mark.parametrize("release, moved", [
    ("0.12.1", "-0.1414"), ("1.7.1", "-0.1000"), ("1.15.5", "-0.1000")])
def test_two_gradients_for_one_row_are_summed_on_later_releases(genuine, release, moved):
    # Today's TensorFlow, where it is imported, sets TF2_BEHAVIOR, which 1.15 would heed.
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    printed = subprocess.run([genuine(release), "-c", TWICE], check=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, universal_newlines=True, env=environment)
    assert printed.stdout.split() == [moved]
