"""What TensorFlow 0.12.1's optimizers compute otherwise than 1.15.5's: three of them do."""
import numpy as np
import pytest

from tf1_recipes.catalogue import find
from tf1_recipes.recording import record
from tf1_recipes.reference import optimizer_steps, optimizers, regularized_optimizers
from tf1_recipes.traces import compare_traces, open_trace
from tf1_recipes.verify import sessions_of


# Called as they are in TensorFlow, for their slots are called after them.

class Adadelta(optimizers.Adadelta):
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


class ProximalGradientDescent(WithoutSign, regularized_optimizers.ProximalGradientDescent):
    pass


class ProximalAdagrad(WithoutSign, regularized_optimizers.ProximalAdagrad):
    pass


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
