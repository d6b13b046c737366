"""Records the traces that ports are explained by again, on the genuine release."""
import os

import pytest

from tests.ports import conftest
from tf1_recipes.recording import record
from tf1_recipes.traces import compare_traces, open_trace

FOLDER = os.path.join(os.path.dirname(conftest.__file__), "fed_gradients")


@pytest.mark.parametrize("name", ["nesterov", "adagrad", "rmsprop", "adam", "adamw"])
def test_recorded_again_a_training_by_fed_gradients_is_the_same(genuine, name, tmp_path):
    again = str(tmp_path / "again.json")
    assert record(os.path.join(FOLDER, "train.py"), [name], again, python=genuine("1.15.5")) == 0
    committed = open_trace(os.path.join(FOLDER, name + "-1.15.5.json"))
    assert compare_traces(committed, open_trace(again)).agrees
