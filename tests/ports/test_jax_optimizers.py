"""The figures of the README of the JAX ports: optax beside TensorFlow 1's optimizers."""
import ast
import contextlib
import dataclasses
import itertools
import json
import os
import re

import numpy as np
import pytest

from tests.ports.conftest import PORTS
from tests.ports.test_jax import JITTED, OLDER, OP_BY_OP, jitted, optax  # noqa: F401, fixtures
from tf1_recipes import Tolerance, numpy_optimizer
from tf1_recipes.evidence.catalogue import find
from tf1_recipes.optimizers import formulas as twins
from tf1_recipes.traces import compare_traces, open_trace
from tf1_recipes.traces.explain import explain_traces
from tf1_recipes.traces.ulp import ulp_distance

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(PORTS, "jax", "README.md")


def rows_of_table(header):
    """The cells of the table of the README whose first line begins with a header."""
    with open(README, encoding="utf-8") as file:
        lines = file.read().split("\n")
    start, = (number for number, line in enumerate(lines) if line.startswith(header))
    rows = itertools.takewhile(lambda line: line.startswith("|"), lines[start + 2:])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def called(row):
    return re.search("`(.*)`", row)[1]


def scale_of(row):
    found = re.search(r"gradients / (\d+)", row)
    return 1 / int(found[1]) if found else 1


def steps_of_tf1(row):
    call = ast.parse(called(row), mode="eval").body
    settings = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
    decay = settings.pop("weight_decay", 0.0)
    twin = numpy_optimizer(call.func.id.replace("AdamW", "Adam"), **{
        key: value if isinstance(value, bool) else np.float64(value)
        for key, value in settings.items()})
    w, steps = np.float64([1.0]), []
    state = twin.initial(w)
    for t in range(100):
        old = w
        gradient = np.float64([(7 * t % 11 + 1) / 8 * scale_of(row)])
        w, state = twin.update(w - decay * w, gradient, state)
        steps.append((old - w).item())
    return steps


def request_of(row):
    """A call of optax, and the scale of its gradients; epsilon hat is a schedule of eps."""
    call = re.sub(r"\b(sgd|adagrad|adadelta|rmsprop|adamw?|chain|add_decayed_weights)\b",
                  r"optax.\1", called(row))
    if "epsilon hat" in row:
        name, arguments = re.fullmatch(r"(optax\.\w+)\((.*)\)", call).groups()
        epsilon = re.search(r"eps=([\d.]+)", arguments)
        call = ("optax.inject_hyperparams(%s)(%s, eps=lambda count: "
                "%s / jnp.sqrt(1 - 0.999 ** (count + 1)))" % (
                    name, re.sub(r", eps=[\d.]+", "", arguments),
                    epsilon[1] if epsilon else "1e-8"))
    return call, scale_of(row)


@pytest.fixture
def ask(optax, jitted):  # noqa: F811, fixtures
    """A function that has `optax_steps.py` answer a request."""
    return lambda request: json.loads(
        jitted.run(os.path.join(HERE, "optax_steps.py"), json.dumps(request)))


# --- The recipes ---


def test_the_table_of_recipes_is_that_of_the_tests():
    rows = [row[:4] for row in rows_of_table("| recipe |")]
    assert rows == [[recipe.name, "`%s`" % recipe.example, written(OP_BY_OP[recipe.name][0]),
                     written(JITTED[recipe.name])] for recipe in find([])]
    with open(README, encoding="utf-8") as file:
        older = re.search(r"1\.7\.1 are as near, but for (.*)\.\n", file.read())[1]
    assert dict(re.findall(r"(\w+) \((.*?)\)", older)) == {
        name: written(tolerance).replace(",", " or") for name, tolerance in OLDER.items()}
    assert sum(tolerance == Tolerance() for tolerance, _ in OP_BY_OP.values()) == 11


def written(tolerance):
    text = "%d ULP" % tolerance.ulp
    return text + (", " + ("%g" % tolerance.atol).replace("e-0", "e-") if tolerance.atol else "")


# --- The optimizers ---


def test_every_step_of_the_table_is_what_the_optimizer_does(ask):
    rows = rows_of_table("| optimizer |")
    of_optax = iter(ask({"steps": [request_of(name) for name, *_ in rows
                                   if not name.startswith("TF1")]})["steps"])
    assert len(rows) == 35
    for name, *figures in rows:
        steps = steps_of_tf1(name) if name.startswith("TF1") else next(of_optax)
        assert [steps[each - 1] for each in (1, 2, 10, 100)] == pytest.approx(
            [float(each) for each in figures], rel=1e-3), name


def test_what_is_said_to_be_equal_is_equal_to_rounding_at_every_step(ask):
    names = [row[0] for row in rows_of_table("| optimizer |")]
    genuine, pairs = None, []
    for name in names:
        genuine = name if name.startswith("TF1") else genuine
        if re.search("`sgd|initial_scale|rho=|epsilon hat", name):
            pairs.append((genuine, name))
    assert len(pairs) == 10
    for (genuine, name), steps in zip(
            pairs, ask({"steps": [request_of(name) for _, name in pairs]})["steps"]):
        # 1 - 0.999 has an error of 1.3e-5 in float32, wherever it is taken.
        rel = 1e-4 if "adam" in name else 1e-5
        assert steps == pytest.approx(steps_of_tf1(genuine), rel=rel), name


def test_ratios_and_shares_of_the_text(ask):
    names = ["adagrad(0.1)", "adagrad(0.1, eps=0)", "rmsprop(0.01)"]
    requests = [("optax." + name, 1) for name in names] + [("optax.rmsprop(0.01)", 1e-4)]
    with_eps, without, from_0, from_0_small = ask({"steps": requests})["steps"]
    shorter = max(1 - a / b for a, b in zip(with_eps, without))
    assert 4e-7 < shorter <= 5.5e-7
    assert from_0[0] / steps_of_tf1("`RMSProp(learning_rate=0.01)`")[0] == pytest.approx(24, abs=.5)
    assert from_0_small[0] / steps_of_tf1(
        "`RMSProp(learning_rate=0.01)`, gradients / 10000")[0] == pytest.approx(9480, rel=1e-3)


def test_the_epsilons_that_are_equal():
    header = [1, 10, 100, 1000, 10000]
    (_, *figures), = rows_of_table("| step |")
    assert figures == ["%.3g" % (1e-8 / np.sqrt(1 - 0.999 ** step)) for step in header]


def test_the_table_of_defaults(ask):
    functions = {"Adagrad": "adagrad", "Adadelta": "adadelta", "RMSProp": "rmsprop",
                 "Adam": "adam", "AdamW": "adamw"}
    settings = {  # in TensorFlow 1, and in optax
        "initial accumulator": ("initial_accumulator_value", "initial_accumulator_value"),
        "epsilon": ("epsilon", "eps"), "rate": ("learning_rate", "learning_rate"),
        "rho": ("rho", "rho"), "decay": ("decay", "decay"), "betas": ("beta1 beta2", "b1 b2"),
        "initial mean square": (None, "initial_scale")}
    found = ask({"defaults": list(functions.values())})["defaults"]
    for row, tf1, of_optax in rows_of_table("| default |"):
        name, setting = row.split(": ")
        ours, theirs = settings[setting]
        if name == "AdamW":
            theirs = "weight_decay"
        else:
            twin = {field.name: field.default for field in dataclasses.fields(
                getattr(twins, name)) if field.default is not dataclasses.MISSING}
            if ours is None:
                twin, ours = twins.RMSProp(0.1).initial(np.float32(0)), "rms"
            assert tf1 == shown(twin, ours), row
        assert of_optax == shown(found[functions[name]], theirs), row


def shown(settings, names):
    if names.split()[0] not in settings:
        return "none"
    return ", ".join("%g" % settings[name] for name in names.split())


# --- What the scripts' docstrings and the text say beside that ---


def test_facts(ask):
    facts = ask({"facts": True})["facts"]
    assert facts["decay of the old weight"] == pytest.approx(
        [1.70000, 1.46000, 1.26800, 1.11440], abs=5e-6)  # E2
    assert facts["decay times the rate"] == pytest.approx(
        [1.88000, 1.77320, 1.67815, 1.59355], abs=5e-6)  # E2
    assert facts["Adam's step after 1000 without a gradient, in rates"] == pytest.approx(
        2.5, abs=0.05)  # B6
    assert facts["updates before the boundary"] == 5  # D1
    assert facts["update of what a mask leaves out"] == 3.0  # B4: the gradient itself
    assert facts["NaN clipped"] == "nan"  # C
    assert facts["clip_by_block_rms"] == [1, 1, 1, 1]  # C: of norm 2, not 1
    # m = 0.09, v = 0.000999 after the largest, 0.001: 0.09 / 0.19 / sqrt(0.001 / 0.001), and
    # sqrt(0.001999) / 0.19 * 0.09 / sqrt(0.001)
    assert facts["AMSGrad after 1 and 0"] == pytest.approx(0.000474, abs=5e-7)
    assert 0.001 * np.sqrt(0.001999) / 0.19 * 0.09 / np.sqrt(0.001) == pytest.approx(
        0.000670, abs=5e-7)  # A8
    assert np.diff(facts["momentum without a gradient"]) == pytest.approx(-0.09)


def test_a_cosine_of_32_bits(ask):
    genuine = open_trace(find(["D2"])[0].trace_path("1.15.5"))
    rates = np.array([genuine[number].arrays("variables")["lr"][1]
                      for number in genuine.numbers[::2]])
    ours = np.float32(ask({"facts": True})["facts"]["rates of cosine cycles"])
    assert 8 <= ulp_distance(rates, ours).max() <= 16


def test_one_less_decay_is_rounded_otherwise(ask):
    """0.05 * 1.25^2, by float32(1 - 0.95), and by 1 - float32(0.95)."""
    slot = open_trace(find(["F"])[0].trace_path("1.15.5"))[1].arrays("variables")[
        "adadelta/bias/Adadelta"][0]
    ours = np.float32(ask({"facts": True})["facts"]["Adadelta's first slot"])
    assert ulp_distance(np.array([slot]), np.array([ours])) == 2


def test_caffe_keeps_the_old_rate_in_its_history():
    genuine = open_trace(find(["E5"])[0].trace_path("1.15.5"))
    start, before, after = (
        genuine[number].arrays("variables")["weights"] for number in (0, 5, 6))
    assert (before - after)[0] == pytest.approx(0.2302, abs=5e-5)
    momentum = numpy_optimizer("Momentum", learning_rate=0.1, momentum=0.9)
    w, state = start, momentum.initial(start)
    for step in range(6):
        old = w
        w, state = momentum.update(w, w - 1 + np.float32(0.0005) * w, state,
                                   learning_rate=0.1 if step < 5 else 0.01)
    assert (old - w)[0] == pytest.approx(0.0228, abs=5e-5)


# --- What `compare` says ---

SLOTS = {"nesterov": {"w/Momentum": "trace"}, "adagrad": {"w/Adagrad": "sum_of_squares"},
         "rmsprop": {"w/RMSProp": "nu"}, "adam": {"w/Adam": "mu", "w/Adam_1": "nu"},
         "adamw": {"w/AdamW": "mu", "w/AdamW_1": "nu"}}


@pytest.fixture
def compared(ask, tmp_path):
    """A function that trains by a call of optax, and compares that with a genuine trace."""
    def compare(genuine, call, ulp):
        path = os.path.join(HERE, "fed_gradients", genuine + "-1.15.5.json")
        out = os.path.join(tmp_path, "port.npz")
        ask({"naive": request_of("`%s`" % call)[0], "trace": out, "feeds": path,
             "slots": SLOTS[genuine]})
        a = open_trace(path)
        with contextlib.closing(open_trace(out)) as b:
            comparison = compare_traces(a, b, Tolerance(ulp=ulp))
            return comparison, explain_traces(a, b, comparison)
    return compare


def test_compare_names_the_cause(compared):
    for genuine, call, title, confidence in rows_of_table("| TF1 | taken | what"):
        _, explanation = compared(genuine, called(call), 8)
        first = explanation.diagnoses[0]
        assert (first.title, first.confidence) == (title, confidence), call


def test_what_is_no_mistake_agrees(compared):
    for genuine, call, apart in rows_of_table("| TF1 | taken | at most"):
        comparison, _ = compared(genuine, called(call), int(apart.split()[0]))
        assert not comparison.first, call
