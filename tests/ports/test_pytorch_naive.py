"""What `compare` says of a port that takes torch.optim's optimizer of the same name as it is."""
import os
import re

import numpy as np
import pytest

from tests.ports.conftest import PORTS
from tf1_recipes import Tolerance, numpy_optimizer
from tf1_recipes.evidence.catalogue import find
from tf1_recipes.traces import MemoryTrace, compare_traces, open_trace
from tf1_recipes.traces.explain import explain_traces

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
OPTIM = torch.optim


def explained(a, b, variables=None):
    """The first diagnosis, of differences that are more than rounding."""
    comparison = compare_traces(a, b, Tolerance(ulp=32, atol=1e-7), variables=variables)
    explanation = explain_traces(a, b, comparison)
    assert explanation.diagnoses and not explanation.unexplained, comparison.first
    return explanation.diagnoses[0]


# --- Against the genuine trace of the optimizers (F) ---


def arrays_of(w, name, optimizer, slots):
    """A parameter and its slots under TensorFlow 1's names; what is not there yet is 0."""
    state = optimizer.state[w]
    return {name: w.detach(), **{"%s/%s" % (name, slot): state.get(key, torch.zeros_like(w))
                                 for slot, key in slots.items()}}


def port_of_f(genuine, scope, make, slots):
    """Trains from the genuine trace's initial values with its gradients; rows are parameters."""
    start = genuine[0].arrays("variables")
    bias, *table = [torch.nn.Parameter(torch.from_numpy(each.copy())) for each in [
        start[scope + "/bias"], *start[scope + "/table"]]]
    optimizer, trace = make([bias, *table]), MemoryTrace()
    for number in genuine.numbers:
        feeds = genuine[number].arrays("feeds")
        if feeds:
            optimizer.zero_grad()
            bias.grad = torch.from_numpy(feeds["slope"].copy())
            for row, slopes in zip(feeds["ids"], feeds["row_slopes"]):
                table[row].grad = torch.from_numpy(slopes.copy())
            optimizer.step()
        rows = [arrays_of(row, scope + "/table", optimizer, slots) for row in table]
        arrays = {**arrays_of(bias, scope + "/bias", optimizer, slots),
                  **{name: torch.stack([row[name] for row in rows]) for name in rows[0]}}
        trace.step(number, [("variables", name, each.numpy().copy())
                            for name, each in arrays.items()] + [
            ("feeds", name, each) for name, each in feeds.items()], genuine[number].facts)
    return trace


@pytest.mark.parametrize("scope, make, slots, title, what", [
    ("rmsprop", lambda p: OPTIM.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.9),
     {"RMSProp": "square_avg", "RMSProp_1": "momentum_buffer"},
     "The optimizer's accumulators start from different values",
     "RMSProp begins at 1 in A and at 0 in B."),
    ("adagrad", lambda p: OPTIM.Adagrad(p, lr=0.1), {"Adagrad": "sum"},
     "The optimizer's accumulators start from different values",
     "Adagrad begins at 0.1 in A and at 0 in B."),
    ("nesterov", lambda p: OPTIM.SGD(p, lr=0.1, momentum=0.9), {"Momentum": "momentum_buffer"},
     "Nesterov momentum in A only", "A's first update is 1 + 0.9 times the other's"),
    ("momentum", lambda p: OPTIM.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
     {"Momentum": "momentum_buffer"},
     "Nesterov momentum in B only", "B's first update is 1 + 0.9 times the other's"),
])
def test_a_genuine_training_beside_a_naive_port(scope, make, slots, title, what):
    recipe, = find(["F"])
    genuine = open_trace(recipe.trace_path("1.15.5"))
    found = explained(genuine, port_of_f(genuine, scope, make, slots), variables=scope)
    assert (found.title, found.confidence) == (title, "high")
    assert found.what.startswith(what)


def test_the_right_port_differs_by_rounding_only():
    recipe, = find(["F"])
    genuine = open_trace(recipe.trace_path("1.15.5"))
    port = port_of_f(genuine, "adagrad", lambda p: OPTIM.Adagrad(
        p, lr=0.1, initial_accumulator_value=0.1, eps=0), {"Adagrad": "sum"})
    assert compare_traces(genuine, port, Tolerance(ulp=4), variables="adagrad").agrees


# --- Against the NumPy twins: gradients of four orders of magnitude, as a net has them ---

START = np.float32(np.linspace(-1.0, 1.5, 32))
SIZES = 10.0 ** -(np.arange(32) % 4)
GRADIENTS = [np.float32(((np.arange(32) * 7 + t * 5) % 37 - 17.5) / 16 * SIZES) for t in range(12)]


def tf1(name, slots=(), decay=0.0, **settings):
    twin, w, trace = numpy_optimizer(name, **settings), START, MemoryTrace()
    state = twin.initial(w)
    for number in range(len(GRADIENTS) + 1):
        if number:
            w, state = twin.update(w - np.float32(decay) * w, GRADIENTS[number - 1], state)
        trace.step(number, [("variables", "w", w)] + [
            ("variables", "w/" + slot, state[slot]) for slot in slots], {"session": 0})
    return trace


def port(make, **slots):
    w, trace = torch.nn.Parameter(torch.from_numpy(START.copy())), MemoryTrace()
    optimizer = make([w])
    for number in range(len(GRADIENTS) + 1):
        if number:
            w.grad = torch.from_numpy(GRADIENTS[number - 1].copy())
            optimizer.step()
        trace.step(number, [("variables", name, each.numpy().copy()) for name, each in arrays_of(
            w, "w", optimizer, slots).items()], {"session": 0})
    return trace


def test_epsilon_hat():
    found = explained(tf1("Adam", epsilon=1e-4), port(lambda p: OPTIM.Adam(p, eps=1e-4)))
    assert (found.title, found.confidence) == (
        "Epsilon inside the bias correction in A", "high")
    assert found.figures["ratio"] == pytest.approx(np.sqrt(0.001), rel=0.02)


def test_decay_that_adam_divides_out():
    found = explained(
        tf1("Adam", ["m", "v"], decay=0.01, learning_rate=0.01),
        port(lambda p: OPTIM.Adam(p, lr=0.01, weight_decay=0.01), m="exp_avg", v="exp_avg_sq"))
    assert (found.title, found.confidence) == (
        "Weight decay coupled in B, decoupled in A", "high")


def test_decay_times_the_rate():
    found = explained(tf1("Adam", decay=0.01, learning_rate=0.01),
                      port(lambda p: OPTIM.AdamW(p, lr=0.01, weight_decay=0.01)))
    assert (found.title, found.confidence) == ("Weight decay missing or smaller in B", "high")
    # 0.01 w in A, and rate * 0.01 w in B
    decay = re.match(r"A decays its weights by (\S+) a step", found.what).group(1)
    assert float(decay) == pytest.approx(0.01 - 0.01 * 0.01, rel=1e-3)


def test_adagrad_without_its_slots():
    found = explained(tf1("Adagrad", learning_rate=0.1), port(lambda p: OPTIM.Adagrad(p, lr=0.1)))
    assert re.search("start at 0|start from different values", found.title)
    assert "Adagrad" in found.title + found.what


def test_dampening():
    found = explained(
        tf1("Momentum", learning_rate=0.1, momentum=0.9),
        port(lambda p: OPTIM.SGD(p, lr=0.1, momentum=0.9, dampening=0.9)))
    assert (found.title, found.confidence) == ("Dampened momentum in B", "high")


def test_the_readme_says_what_compare_says():
    """Of each row, the cause: the tests above have it as they are told."""
    with open(os.path.join(PORTS, "pytorch", "README.md"), encoding="utf-8") as file:
        told = re.findall(r"^\| `.*` for .* \| (.*) \| high \|$", file.read(), re.M)
    with open(__file__, encoding="utf-8") as file:
        tests = file.read()
    assert len(told) == 8
    assert [each for each in told if '"%s' % each not in tests] == []
