"""Where Keras' optimizers differ from TensorFlow 1's: the README's figures, and naive ports."""
import os
import re

import numpy as np
import pytest

from tests.ports.conftest import PORTS, ports_fixture
from tests.ports.test_keras import TOLERANCES, against, keras_3  # noqa: F401, skips by itself
from tf1_recipes import Tolerance
from tf1_recipes.evidence.catalogue import RECIPES, find
from tf1_recipes.traces.explain import explain_traces

pytestmark = pytest.mark.long  # it trains in another framework

ports = ports_fixture("keras", "keras", "Keras 3", KERAS_BACKEND="tensorflow",
                      CUDA_VISIBLE_DEVICES="")

with open(os.path.join(PORTS, "keras", "README.md"), encoding="utf-8") as file:
    README = file.read()


def test_the_readme_names_every_recipe_with_its_file_and_tolerance():
    rows = re.findall(r"\| (\w+) \| `(\w+\.py)` \| (\d+) ULP(?: or (\S+))? \|", README)
    assert {(name, file): Tolerance(int(ulp), 0.0, float(atol or 0))
            for name, file, ulp, atol in rows} == {
        (recipe.name, recipe.example): TOLERANCES[recipe.name] for recipe in RECIPES}


def test_the_readme_has_the_figures_that_the_optimizers_give_today(ports):
    printed = ports.run("optimizers_in_numbers.py")
    assert printed.count("\n|") > 25
    for line in printed.splitlines():
        assert line in README


# By hand, for a rate of 0.1 and the first gradient 0.02: TensorFlow 1's and Keras' first steps.
FIRST_STEPS = {
    "Adagrad": (0.1 * 0.02 / np.sqrt(0.1 + 0.02 ** 2),
                0.1 * 0.02 / np.sqrt(0.1 + 0.02 ** 2 + 1e-7)),
    "Adadelta": (0.1 * np.sqrt(1e-8) / np.sqrt(0.05 * 0.02 ** 2 + 1e-8) * 0.02,
                 0.1 * np.sqrt(1e-7) / np.sqrt(0.05 * 0.02 ** 2 + 1e-7) * 0.02),
    "RMSProp": (0.1 * 0.02 / np.sqrt(0.9 + 0.1 * 0.02 ** 2 + 1e-10),
                0.1 * 0.02 / np.sqrt(0.1 * 0.02 ** 2 + 1e-7)),
    "Adam": (0.1 * 0.02 / (0.02 + 1e-8 / np.sqrt(0.001)),
             0.1 * 0.02 / (0.02 + 1e-7 / np.sqrt(0.001))),
    "Adam, gradients / 10000": (0.1 * 2e-6 / (2e-6 + 1e-8 / np.sqrt(0.001)),
                                0.1 * 2e-6 / (2e-6 + 1e-7 / np.sqrt(0.001))),
}


@pytest.mark.parametrize("name", FIRST_STEPS)
def test_the_readmes_first_steps_are_those_of_the_formulas(name):
    row, = re.findall(r"\| %s \| (\S+) \| (\S+) \|" % re.escape(name), README)[:1]
    np.testing.assert_allclose([float(each) for each in row], FIRST_STEPS[name], rtol=5e-4)


def test_a_beta_subtracted_from_1_in_32_bits_is_another_number():
    difference = np.float32(1) - np.float32(0.999)
    assert "%.11f" % difference == "0.00099998713"
    assert "%.1e" % (0.001 / float(difference) - 1) == "1.3e-05"


def naive(ports, name, changes, tmp_path, variables=None):
    """Compares the genuine trace with a port in which something was not thought of.

    Args:
        changes: dict {text of the port: what the naive port has in its place}.
    """
    recipe, = find([name])
    with open(os.path.join(ports.folder, recipe.example), encoding="utf-8") as file:
        source = file.read()
    for text, other in changes.items():
        assert source.count(text) == 1
        source = source.replace(text, other)
    script, out = os.path.join(tmp_path, recipe.example), os.path.join(tmp_path, "naive.npz")
    with open(script, "w", encoding="utf-8") as file:
        file.write(source)
    ports.run(script, out)
    a, b, comparison = against(name, recipe.releases[-1], out, variables)
    return comparison, explain_traces(a, b, comparison)


EVERYWHERE = {"if not isinstance(gradient, tf.IndexedSlices):": "if True:"}
# The recipe, what its naive port has, the variables, and what the explanation says.
EXPLAINED = {
    "RMSProp's start": (
        "F", {"each.assign(tf.ones_like(each))": "pass"}, "rmsprop/bias",
        "The optimizer's accumulators start from different values",
        "RMSProp begins at 1 in A and at 0 in B", "Keras"),
    "L2 without the half": (
        "E1", {"L2(WEIGHT_DECAY_FACTOR / 2)": "L2(WEIGHT_DECAY_FACTOR)"}, None,
        "Weight decay missing or smaller in A", "5e-05", "L2 in the loss"),
    "no decay": (
        "E3", {"constraint=lambda weights: weights - DECAY * weights": "constraint=None"}, None,
        "Weight decay missing or smaller in B", "0.0005", "after the update"),
    "a decay times the rate": (
        "E4", {"weight_decay=DECAY / RATE, epsilon": "weight_decay=DECAY, epsilon",
               "weight_decay=DECAY / RATE, name": "weight_decay=DECAY, name"}, None,
        "Weight decay missing or smaller in B", "0.009", "before the update"),
}


@pytest.mark.parametrize("case", EXPLAINED)
def test_compare_names_what_is_wrong_with_a_naive_port(ports, case, tmp_path):
    name, changes, variables, title, figure, words = EXPLAINED[case]
    comparison, explanation = naive(ports, name, changes, tmp_path, variables)
    assert not comparison.agrees
    diagnosis = explanation.diagnoses[0]
    assert diagnosis.title == title
    text = " ".join([diagnosis.what, *diagnosis.evidence])
    assert words in text
    if figure in ("5e-05", "0.0005", "0.009"):
        found = float(re.search(r"decays its weights by (\S+)", diagnosis.what)[1])
        assert found == pytest.approx(float(figure), rel=1e-3)
    else:
        assert figure in text
    assert title in README and figure in README


@pytest.mark.parametrize("table, place", [
    ("momentum/table", "step 2, variables/momentum/table"),
    ("ftrl/table", "step 1, variables/ftrl/table")])
def test_rows_that_move_without_a_gradient_are_seen(ports, table, place, tmp_path):
    comparison, _ = naive(ports, "F", EVERYWHERE, tmp_path, table)
    assert not comparison.agrees
    assert comparison.first.startswith(place)
    assert "First divergence: " + place in README


def test_boundaries_taken_over_as_they_stand_drop_the_rate_a_step_late(ports, tmp_path):
    comparison, _ = naive(ports, "D1", {"    [4, 9, 14], [": "    [5, 10, 15], ["}, tmp_path)
    assert comparison.first_step == 6
    assert comparison.first.startswith("step 6, variables/w: 0.4499999 against 0.39999992")


@pytest.mark.parametrize("changes, variables", [
    ({"beta_2=float32(0.999), epsilon=1e-8": "beta_2=float32(0.999)"}, "adam/(bias|table)"),
    ({"Adagrad(0.1, epsilon=0.0, ": "Adagrad(0.1, "}, "adagrad/(bias|table)")])
def test_keras_epsilon_does_not_show_at_gradients_of_about_1(ports, changes, variables, tmp_path):
    comparison, _ = naive(ports, "F", changes, tmp_path, variables)
    assert comparison.agrees
