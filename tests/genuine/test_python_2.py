"""What Python 2's division of integers makes of the documented recipes."""
import numpy as np

from tf1_recipes.evidence.agreement import sessions_of
from tf1_recipes.evidence.catalogue import find
from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.recipes.A6_stop_gradient_scaling import model as stop_gradient_scaling
from tf1_recipes.recording.command import record
from tf1_recipes.traces import open_trace
from tf1_recipes.traces.ulp import ulp_distance


def test_a6_freezes_the_lower_layers_on_0_12_1(genuine, tmp_path):
    """1/100 is 0 there: the model with that fraction is what was trained."""
    path = str(tmp_path / "frozen.npz")
    assert record(find(["A6"])[0].example_path(), [], path, python=genuine("0.12.1")) == 0
    trace = open_trace(path)

    model = replay(lambda state, feeds: stop_gradient_scaling.update(state, feeds, fraction=0.0))
    states = model(sessions_of(trace))

    start = trace[0].arrays("variables")
    assert len(trace) == 6
    for step in trace:
        found = step.arrays("variables")
        for name in ("layer1/kernel", "layer2/kernel"):
            np.testing.assert_array_equal(found[name], start[name])
        # The model adds in another order. 0.12.1 is compiled for any x86, without a look at which:
        # what it trains does not depend on the machine.
        for name in found:
            assert ulp_distance(found[name], states[step.number][name]).max() <= 2
    assert (trace[5].arrays("variables")["layer3/kernel"] != start["layer3/kernel"]).all()
