"""What the docstrings of the Keras ports say that can still go wrong, and what no longer can."""
import dataclasses
import json
import os

import pytest

from tests.ports.conftest import HERE, PORTS, ports_fixture
from tests.ports.test_keras import has_multi_optimizer, keras_3  # noqa: F401, skips by itself
from tf1_recipes.optimizers import formulas, regularized_formulas

pytestmark = pytest.mark.long  # it trains in another framework

ports = ports_fixture("keras", "keras", "Keras 3", KERAS_BACKEND="tensorflow",
                      CUDA_VISIBLE_DEVICES="")


@pytest.fixture(scope="module")
def found(ports, tmp_path_factory):
    script = os.path.join(HERE, "traps_in_keras.py")
    return json.loads(ports.run(script, tmp_path_factory.mktemp("traps")))


def test_clipping_leaves_out_a_gradient_that_is_none_with_a_warning(found):
    clipped, left, warning = found["clipped without a gradient"]
    assert (clipped, left) == ([pytest.approx(0.9)], [1.0])
    assert warning.startswith("Gradients do not exist for variables")
    assert found["two clips"].startswith("ValueError: Only one of")


def test_a_nan_passes_the_clipping(found):
    assert found["NaN under clipvalue"] == [True, False, False]
    assert found["NaN under global_clipnorm"] == [True, True, True]


def test_rows_of_one_id_are_clipped_before_they_are_summed(found):
    assert found["clipped rows of one id"] == [1.0, 0.5, 1.0]


def test_a_pattern_that_matches_nothing_is_no_error_and_two_that_match_are(found):
    if not has_multi_optimizer():
        pytest.skip("this Keras has no MultiOptimizer")
    assert found["two patterns"].startswith("ValueError: Multiple optimizers")
    assert found["no pattern"] == "none"


def test_weights_are_loaded_by_place_but_layers_are_found_by_name(found):
    assert found["weights by place"] is True
    assert found["no such layer"].startswith("ValueError: No such layer: hidden1")
    assert found["another shape"].startswith("ValueError")


def test_a_layer_frozen_behind_fit_moves_until_the_model_is_compiled(found):
    assert found["frozen behind fit"] == [True, False]


def test_an_optimizer_refuses_layers_that_it_was_not_built_for(found):
    assert found["unfrozen with its optimizer"].startswith("ValueError: Unknown variable")


def test_a_loaded_model_has_its_optimizers_state(found):
    assert found["optimizer behind load_model"] == [1, True]


def test_a_multiplier_in_front_of_a_lookup_is_still_a_type_error(found):
    assert found["multiplier in front of a lookup"].startswith("TypeError")


def test_the_loss_in_logs_is_the_mean_of_the_epoch_until_now(found):
    in_logs, by_train_on_batch = found["losses of two batches"]
    assert in_logs == [1.0, 5.0]  # (1 + 9) / 2
    assert by_train_on_batch == [1.0, 9.0]


def test_the_optimizers_own_weight_decay_is_of_the_weight_before_the_update(found):
    assert found["own weight_decay"] == "1.70000 1.46000 1.26800 1.11440"


def default(twin, setting):
    """The default of an argument in TensorFlow 1, or None if it must be given."""
    value = {field.name: field.default for field in dataclasses.fields(twin)}[setting]
    return None if value is dataclasses.MISSING else value


def test_the_readmes_table_of_defaults(found):
    # {row of the table: (TensorFlow 1's, Keras')}
    keras = found["defaults"]
    rates = (formulas.GradientDescent, formulas.Momentum, formulas.Adagrad,
             formulas.RMSProp, regularized_formulas.Ftrl)
    assert {default(twin, "learning_rate") for twin in rates} == {None}
    rows = {
        "Adam, epsilon": (default(formulas.Adam, "epsilon"), keras["Adam"]["epsilon"]),
        "RMSProp, epsilon": (default(formulas.RMSProp, "epsilon"), keras["RMSprop"]["epsilon"]),
        "Adagrad, epsilon": (None, keras["Adagrad"]["epsilon"]),
        "Adadelta, epsilon": (
            default(formulas.Adadelta, "epsilon"), keras["Adadelta"]["epsilon"]),
        "Adadelta, rate": (default(formulas.Adadelta, "learning_rate"),
                           keras["Adadelta"]["learning_rate"]),
        "GradientDescent, Momentum, Adagrad, RMSProp, Ftrl, rate": (None, ", ".join(
            "%g" % keras[name]["learning_rate"]
            for name in ("SGD", "SGD", "Adagrad", "RMSprop", "Ftrl"))),
        "Adam, rate": (default(formulas.Adam, "learning_rate"), keras["Adam"]["learning_rate"]),
        "AdamW, weight_decay": (None, keras["AdamW"]["weight_decay"]),
    }
    with open(os.path.join(PORTS, "keras", "README.md"), encoding="utf-8") as file:
        readme = file.read()
    for row, values in rows.items():
        cells = ["none" if each is None else each if isinstance(each, str) else "%g" % each
                 for each in values]
        assert "| %s | %s | %s |" % (row, *cells) in readme
    # What is alike on both sides, and named so.
    assert (keras["Adagrad"]["initial_accumulator_value"]
            == default(formulas.Adagrad, "initial_accumulator_value") == 0.1)
    assert keras["Ftrl"]["initial_accumulator_value"] == 0.1
