"""The summaries, read back from the event file by TensorBoard's own reader."""
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.small_trainings import both_kinds, variable
from tf1_recipes.errors import RecipeError
from tf1_recipes.gradients.multiply import multiply_gradients
from tf1_recipes.learning_rates.summaries import summarize_training
from tf1_recipes.schedules.learning_rates import piecewise_constant
from tf1_recipes.v1 import tf


def read_back(folder):
    accumulator = EventAccumulator(str(folder), size_guidance={"histograms": 0, "scalars": 0})
    accumulator.Reload()
    return accumulator


def facts(histogram):
    """What a histogram holds in plain numbers."""
    value = histogram.histogram_value
    return value.min, value.max, value.num, value.sum, value.sum_squares


@both_kinds
def test_a_training_as_tensorboard_reads_it(use_resource, tmp_path):
    with tf.Graph().as_default():
        w = variable("net/w", [1.0, 2.0], use_resource)
        table = variable("net/table", tf.zeros([5, 1]), use_resource)
        variable("net/unused", 7.0, use_resource)
        rate = tf.placeholder(tf.float32, [])
        step = tf.train.get_or_create_global_step()
        optimizer = tf.train.GradientDescentOptimizer(rate)
        # dL/dw = w, and -1 for the table's row 3 and twice for row 1
        loss = tf.nn.l2_loss(w) - tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 3, 1]))
        pairs = multiply_gradients(optimizer, optimizer.compute_gradients(loss), {"net/w": 2.0})
        summarize_training(pairs, rate, name="training")
        train = optimizer.apply_gradients(pairs, global_step=step)
        merged = tf.summary.merge_all()
        writer = tf.summary.FileWriter(str(tmp_path))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for number in range(2):
                feeds = {rate: 0.25 / (1 + number)}
                writer.add_summary(session.run(merged, feeds), session.run(step))
                session.run(train, feeds)
        writer.close()

    found = read_back(tmp_path)
    assert found.Tags()["scalars"] == ["training/learning_rate"]
    assert sorted(found.Tags()["histograms"]) == [
        "training/gradients/net/table", "training/gradients/net/w",
        "training/variables/net/table", "training/variables/net/unused",
        "training/variables/net/w"]
    assert [(event.step, event.value) for event in found.Scalars("training/learning_rate")] == [
        (0, 0.25), (1, 0.125)]

    def histograms(tag):
        return [facts(event) for event in found.Histograms("training/" + tag)]

    # w = [1, 2], and the gradient times 2; a step at 0.25 halves w: w -= 0.25 * 2w
    assert histograms("variables/net/w") == [(1, 2, 2, 3, 5), (0.5, 1, 2, 1.5, 1.25)]
    assert histograms("gradients/net/w") == [(2, 4, 2, 6, 20), (1, 2, 2, 3, 5)]
    # Rows 1 and 3 have gradients -2 and -1: row 1 occurs twice. They move by 0.5 and 0.25.
    assert histograms("gradients/net/table") == [(-2, -1, 2, -3, 5)] * 2
    assert histograms("variables/net/table") == [(0, 0, 5, 0, 0), (0, 0.5, 5, 0.75, 0.3125)]
    assert histograms("variables/net/unused") == [(7, 7, 1, 7, 49)] * 2


def values_of(summary, feeds=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return tf.Summary.FromString(session.run(summary, feeds)).value


def test_without_a_rate_with_a_number_or_with_a_schedule():
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        pairs = [(tf.constant(2.0), w)]
        without, number, schedule = (values_of(summarize_training(pairs, rate)) for rate in (
            None, 0.5, piecewise_constant([3], [0.25, 0.125])))
        assert [value.tag for value in without] == ["training/variables/w", "training/gradients/w"]
        assert (number[0].tag, number[0].simple_value) == ("training_1/learning_rate", 0.5)
        assert (schedule[0].tag, schedule[0].simple_value) == ("training_2/learning_rate", 0.25)


def test_collections_and_the_name_are_the_caller_s():
    with tf.Graph().as_default():
        pairs = [(None, variable("w", 1.0))]
        summarize_training(pairs, 0.1, collections=["mine"], name="fine_tuning")
        assert tf.summary.merge_all() is None
        assert [value.tag for value in values_of(tf.summary.merge_all("mine"))] == [
            "fine_tuning/learning_rate", "fine_tuning/variables/w"]


def test_fetching_them_trains_nothing_and_a_nan_is_an_error():
    with tf.Graph().as_default():
        w = variable("w", 1.0)
        factor = tf.placeholder(tf.float32, [])
        optimizer = tf.train.GradientDescentOptimizer(1.0)
        pairs = optimizer.compute_gradients(factor * w)
        summaries = summarize_training(pairs, 1.0)
        optimizer.apply_gradients(pairs)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(summaries, {factor: 2.0})
            assert session.run(w) == 1.0
            with pytest.raises(tf.errors.InvalidArgumentError, match="training/gradients/w"):
                session.run(summaries, {factor: np.nan})


def test_no_gradients_are_refused():
    with tf.Graph().as_default() as graph:
        with pytest.raises(RecipeError) as error:
            summarize_training([])
        assert error.value.problems == ["there are no gradients and variables"]
        assert graph.get_operations() == []
