"""The figures of the README of the PyTorch ports: torch.optim beside TensorFlow 1's optimizers."""
import ast
import itertools
import math
import os
import re

import numpy as np
import pytest

from tests.ports.conftest import PORTS
from tf1_recipes import numpy_optimizer
from tf1_recipes.optimizers import formulas as twins

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

README = os.path.join(PORTS, "pytorch", "README.md")
STEPS = (1, 2, 10, 100)


def rows_of_table(header):
    """The cells of the table of the README whose first line begins with a header."""
    with open(README, encoding="utf-8") as file:
        lines = file.read().split("\n")
    start, = (number for number, line in enumerate(lines) if line.startswith(header))
    rows = itertools.takewhile(lambda line: line.startswith("|"), lines[start + 2:])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def gradients(scale, count=100):
    return [(7 * t % 11 + 1) / 8 * scale for t in range(count)]


def called(text):
    """``("Adam", {"lr": 0.1})`` of "Adam(lr=0.1)"."""
    call = ast.parse(text, mode="eval").body
    return call.func.id, {each.arg: eval(ast.unparse(each.value)) for each in call.keywords}


def steps_of_tf1(text, scale, drops):
    name, settings = called(text)
    decay = settings.pop("weight_decay", 0.0)
    twin = numpy_optimizer(name.replace("AdamW", "Adam"), **{
        key: value if isinstance(value, bool) else np.float64(value)
        for key, value in settings.items()})
    w, steps = np.float64([1.0]), []
    state = twin.initial(w)
    for t, gradient in enumerate(gradients(scale), 1):
        old, rate = w, np.float64(settings["learning_rate"] / 10) if drops and t > 5 else None
        w, state = twin.update(w - decay * w, np.float64([gradient]), state, rate)
        steps.append((old - w).item())
    return steps


def steps_of_torch(text, scale, drops, from_1, epsilon_hat):
    name, settings = called(text)
    w = torch.nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    optimizer, steps = getattr(torch.optim, name)([w], **settings), []
    if from_1:
        optimizer.state[w] = {
            "step": torch.tensor(0.0), "square_avg": torch.ones_like(w),
            "momentum_buffer": torch.zeros_like(w), "grad_avg": torch.zeros_like(w)}
    for t, gradient in enumerate(gradients(scale), 1):
        if epsilon_hat:
            optimizer.param_groups[0]["eps"] = 1e-8 / math.sqrt(1 - 0.999 ** t)
        if drops and t == 6:
            optimizer.param_groups[0]["lr"] /= 10
        old, w.grad = w.item(), torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        steps.append(old - w.item())
    return steps


@pytest.mark.parametrize("row", rows_of_table("| optimizer | 1 |"), ids=lambda row: row[0])
def test_the_steps_have_these_sizes(row):
    text = re.search("`(.*)`", row[0]).group(1)
    scale = 1e-6 if "gradients / 1000000" in row[0] else 1.0
    drops = "rate / 10" in row[0]
    if row[0].startswith("TF1"):
        steps = steps_of_tf1(text, scale, drops)
    else:
        steps = steps_of_torch(
            text, scale, drops, "from 1" in row[0], "epsilon hat" in row[0])
    for number, figure in zip(STEPS, row[1:]):
        step = steps[number - 1]
        half_a_digit = 0.501 * 10.0 ** (math.floor(math.log10(step)) - 3)  # of four
        assert abs(float(figure) - step) <= half_a_digit, number


def test_the_first_step_of_rmsprop_is_that_much_longer():
    first = {row[0]: float(row[1]) for row in rows_of_table("| optimizer | 1 |")}
    tf1 = first["TF1 `RMSProp(learning_rate=0.01)`"]
    assert round(first["`RMSprop(lr=0.01, alpha=0.9)`"] / tf1) == 24
    assert round(first["`RMSprop(lr=0.01)`"] / tf1) == 76


def test_decay_is_divided_out():
    steps = {row[0]: np.float64(row[1:]) for row in rows_of_table("| optimizer | 1 |")}
    np.testing.assert_allclose(
        steps["`Adam(weight_decay=0.01)`, from w = 1"], steps["`Adam()`"], rtol=0.01)


def test_the_epsilon_that_is_equal():
    with open(README, encoding="utf-8") as file:
        header = re.search(r"\| step \| (.*) \|\n", file.read()).group(1)
    (_, *figures), = rows_of_table("| step |")
    assert ["%.3g" % (1e-8 / math.sqrt(1 - 0.999 ** int(step)))
            for step in header.split(" | ")] == figures


@pytest.mark.parametrize("gradient, shorter", [(1e-5, "3%"), (0.01, "0.003%")])
def test_how_much_shorter_it_makes_the_first_step(gradient, shorter):
    tf1, theirs = (gradient / (gradient + epsilon) for epsilon in (
        1e-8 / math.sqrt(1 - 0.999), 1e-8))
    assert "%.1g%%" % (100 * (1 - tf1 / theirs)) == shorter


def test_tf1_takes_beta2_from_1_in_float32():
    one, beta2 = np.float32(1), np.float32(0.999)
    assert "%.1e" % abs((one - beta2) / 0.001 - 1) == "1.3e-05"
    powers = np.cumprod(np.full(100, beta2))  # as the variable beta2_power is multiplied
    exact = 0.999 ** np.arange(1, 101)
    assert np.max(np.abs(np.sqrt((one - powers) / (1 - exact)) - 1)) < 3e-5


def test_what_epsilon_0_is_good_for():
    """Below a mean square of 1 / 512, 1e-10 under the root is more than half an ULP of it."""
    above, below = np.float32(np.geomspace([1 / 512, 0.0009], [1, 1 / 513], 10000)).T
    assert np.all(above == above + np.float32(1e-10))
    assert np.any(np.sqrt(below) != np.sqrt(below + np.float32(1e-10)))


def default(text):
    return "none" if text is None else ", ".join("%g" % each for each in np.atleast_1d(text))


TF1 = {"Adagrad": twins.Adagrad(1.0), "Adadelta": twins.Adadelta(), "RMSProp": twins.RMSProp(1.0),
       "Adam": twins.Adam()}
# Of a default: where the twin has it, and where PyTorch has it.
DEFAULTS = {
    "Momentum: dampening": (None, "SGD", "dampening"),
    "Adagrad: rate": (None, "Adagrad", "lr"),
    "Adagrad: initial accumulator": (TF1["Adagrad"].initial_accumulator_value, "Adagrad",
                                     "initial_accumulator_value"),
    "Adagrad: epsilon": (None, "Adagrad", "eps"),
    "Adadelta: rate": (TF1["Adadelta"].learning_rate, "Adadelta", "lr"),
    "Adadelta: rho": (TF1["Adadelta"].rho, "Adadelta", "rho"),
    "Adadelta: epsilon": (TF1["Adadelta"].epsilon, "Adadelta", "eps"),
    "RMSProp: rate": (None, "RMSprop", "lr"),
    "RMSProp: decay": (TF1["RMSProp"].decay, "RMSprop", "alpha"),
    "RMSProp: epsilon": (TF1["RMSProp"].epsilon, "RMSprop", "eps"),
    "Adam: rate": (TF1["Adam"].learning_rate, "Adam", "lr"),
    "Adam: betas": ((TF1["Adam"].beta1, TF1["Adam"].beta2), "Adam", "betas"),
    "Adam: epsilon": (TF1["Adam"].epsilon, "Adam", "eps"),
    "AdamW: decay": (None, "AdamW", "weight_decay"),
}


def test_the_defaults():
    rows = rows_of_table("| default |")
    assert [row[0] for row in rows] == list(DEFAULTS)
    for name, tf1, theirs in rows:
        value, optimizer, setting = DEFAULTS[name]
        found = getattr(torch.optim, optimizer)([torch.nn.Parameter(torch.zeros(1))]).defaults
        assert (tf1, [float(each) for each in theirs.split(", ")]) == (
            default(value), list(np.atleast_1d(found[setting]))), name


def table_after(optimizer, steps=((0, 1), (1, 2)), **settings):
    """A table [4, 1] of ones, in which pairs of rows are looked up, after each step."""
    table = torch.nn.Embedding(4, 1, sparse=True)
    torch.nn.init.ones_(table.weight)
    optimizer = getattr(torch.optim, optimizer)(table.parameters(), lr=0.1, **settings)
    found = []
    for rows in steps:
        optimizer.zero_grad()
        table(torch.tensor(rows)).sum().backward()
        optimizer.step()
        found.append(table.weight.detach().numpy().ravel().copy())
    return np.array(found)


def table_of_tf1(name, steps=((0, 1), (1, 2)), **settings):
    class Rows:
        values = np.ones([2, 1], np.float32)

    twin = numpy_optimizer(name, learning_rate=0.1, **settings)
    w = np.ones([4, 1], np.float32)
    state, found = twin.initial(w), []
    for Rows.indices in map(np.array, steps):
        w, state = twin.update(w, Rows, state)
        found.append(w.ravel())
    return np.array(found)


@pytest.mark.filterwarnings("ignore:Sparse invariant checks")
@pytest.mark.parametrize("optimizer, settings, name", [
    ("SGD", {}, "GradientDescent"),
    ("Adagrad", {"initial_accumulator_value": 0.1, "eps": 0}, "Adagrad"),
])
def test_with_sparse_gradients_these_are_the_same(optimizer, settings, name):
    np.testing.assert_array_max_ulp(
        table_after(optimizer, **settings), table_of_tf1(name), maxulp=2)


def test_momentum_moves_rows_that_had_a_gradient_before():
    ours, theirs = table_of_tf1("Momentum", momentum=0.5), table_after("SGD", momentum=0.5)
    np.testing.assert_allclose(ours[1], [0.9, 0.75, 0.9, 1.0], rtol=1e-6)  # by hand
    np.testing.assert_allclose(theirs[1], [0.85, 0.75, 0.9, 1.0], rtol=1e-6)


def test_sparse_adam_leaves_the_rows_that_adam_moves():
    ours, theirs = table_of_tf1("Adam"), table_after("SparseAdam")
    assert ours[1][0] < ours[0][0] - 0.01
    assert theirs[1][0] == theirs[0][0]


@pytest.mark.parametrize("optimizer", ["Adam", "AdamW", "RMSprop", "Adadelta"])
def test_these_refuse_sparse_gradients(optimizer):
    with pytest.raises(RuntimeError, match="sparse"):
        table_after(optimizer)


def test_the_norm_is_cut_a_little_too_short():
    w = torch.nn.Parameter(torch.zeros(1))
    w.grad = torch.tensor([0.001])
    torch.nn.utils.clip_grad_norm_([w], 0.0005)
    assert "%.4g" % w.grad.item() == "0.0004995"


def test_a_rate_that_drops_acts_on_the_whole_buffer():
    """The figures in caffe_sgd.py: a tenth of the rate behind five steps, at the sixth."""
    w = torch.nn.Parameter(torch.tensor(2.0))
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.0005)
    caffe, history = 2.0, 0.0
    for step in range(6):
        rate = optimizer.param_groups[0]["lr"] = 0.1 if step < 5 else 0.01
        old = w.item(), caffe
        optimizer.zero_grad()
        (torch.square(w - 1) / 2).backward()
        optimizer.step()
        history = 0.9 * history + rate * (caffe - 1 + 0.0005 * caffe)
        caffe -= history
    assert ("%.4f" % (w.item() - old[0]), "%.4f" % (caffe - old[1])) == ("-0.0228", "-0.2302")
    with open(os.path.join(PORTS, "pytorch", "caffe_sgd.py"), encoding="utf-8") as file:
        assert "by -0.0228 at step 6, Caffe by -0.2302." in file.read()


@pytest.mark.parametrize("script, epsilon, figures", [
    ("decoupled_optimizers.py", 1e-8, {1: "3.2e-7", 10: "1.0e-7", 100: "3.2e-8"}),
    ("keras_discriminative_adam.py", 1e-7, {1: "3.2e-6", 10: "1.0e-6"}),
])
def test_the_epsilons_in_the_scripts(script, epsilon, figures):
    with open(os.path.join(PORTS, "pytorch", script), encoding="utf-8") as file:
        text = file.read()
    for step, figure in figures.items():
        equal = epsilon / math.sqrt(1 - 0.999 ** step)
        assert ("%.1e" % equal).replace("e-0", "e-") == figure
        assert figure in text
