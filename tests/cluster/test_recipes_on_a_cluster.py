"""Every recipe on TensorFlow's own runtime: on parameter servers, as alone.

Two servers hold the two parts of each variable. One worker trains without waiting for anybody; or
two, each with a half of every batch, average their gradients (SyncReplicasOptimizer). Either is
held, at every step, to the training in one process with the whole batch.

The bound: with e the error bound of `tests.cluster.models` for any float32 evaluation, both are
within e of exact arithmetic, so within 2 e of each other.
"""
import pytest

from tests.cluster import models
from tests.cluster.running import AVERAGED, NOT_AVERAGED, check, train_all
from tests.cluster.training import RECIPES
from tf1_recipes import layerwise_autoencoders, unfreeze_on_schedule
from tf1_recipes.evidence.agreement import agreement
from tf1_recipes.v1 import tf

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", params=["ref", "resource"])
def kind(request):
    return ["--resource"] if request.param == "resource" else []


@pytest.fixture(scope="module")
def alone(kind, tmp_path_factory):
    return train_all(tmp_path_factory.mktemp("cluster") / "alone", *kind)


@pytest.fixture(scope="module")
def asynchronous(kind, tmp_path_factory):
    return train_all(tmp_path_factory.mktemp("cluster") / "asynchronous", *kind)


@pytest.fixture(scope="module")
def synchronous(kind, tmp_path_factory):
    return train_all(tmp_path_factory.mktemp("cluster") / "synchronous", *kind,
                     names=AVERAGED)


@pytest.mark.parametrize("name", models.FORMULAS)
def test_one_worker_with_parameter_servers_trains_as_one_process(alone, asynchronous, name):
    check(name, alone, asynchronous)


@pytest.mark.parametrize("name", [each for each in AVERAGED if each in models.FORMULAS])
def test_two_workers_that_average_train_as_one_process(alone, synchronous, name):
    check(name, alone, synchronous)


def test_clipping_before_the_average_is_another_training(alone, synchronous):
    """Alone it is `clipped_by_value`; of two workers each clips the gradient of its half batch."""
    expected = models.expected("clipped_by_value")
    assert agreement(expected, alone["clipped_by_each_worker"]).holds
    assert not agreement(expected, synchronous["clipped_by_each_worker"]).holds


@pytest.mark.parametrize("build", [
    lambda loss, layer, factory, step: unfreeze_on_schedule(loss, factory, [(0, ".*")], step),
    lambda loss, layer, factory, step: layerwise_autoencoders(
        tf.ones([2, 3]), [layer], factory, global_step=step),
], ids=["unfreeze_on_schedule", "layerwise_autoencoders"])
def test_what_calls_its_optimizers_without_a_step_cannot_average(graph, build):
    layer = tf.matmul(tf.ones([2, 3]), tf.get_variable("w", [3, 4]))
    with pytest.raises(ValueError):
        build(tf.reduce_sum(layer), layer, lambda: tf.train.SyncReplicasOptimizer(
            tf.train.GradientDescentOptimizer(0.1), 2), tf.train.get_or_create_global_step())


def test_every_recipe_has_a_formula_or_a_reason():
    assert set(RECIPES) == set(models.FORMULAS) | {"clipped_by_each_worker"}
    assert set(RECIPES) > NOT_AVERAGED
