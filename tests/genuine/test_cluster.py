"""The recipes on parameter servers of genuine TensorFlow 1.15.5: see tests/cluster."""
import pytest

from tests.cluster import models
from tests.cluster.running import AVERAGED, check, train_all


@pytest.fixture(scope="module")
def traces(genuine, tmp_path_factory):
    folder, python = tmp_path_factory.mktemp("cluster"), genuine("1.15.5")
    return {way: train_all(folder / way, python=python, names=names) for way, names in (
        ("alone", ()), ("asynchronous", ()), ("synchronous", AVERAGED))}


@pytest.mark.parametrize("name", models.FORMULAS)
def test_one_worker_with_parameter_servers_trains_as_one_process(traces, name):
    check(name, traces["alone"], traces["asynchronous"])


@pytest.mark.parametrize("name", [each for each in AVERAGED if each in models.FORMULAS])
def test_two_workers_that_average_train_as_one_process(traces, name):
    check(name, traces["alone"], traces["synchronous"])
