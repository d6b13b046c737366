import math

import numpy as np
import pytest

from tests.small_trainings import refused
from tf1_recipes.errors import RecipeError
from tf1_recipes.learning_rates.grouped import FROZEN, GroupedOptimizer
from tf1_recipes.transfer.choosing import (
    LayerChoice,
    LayerScore,
    LayerSearch,
    choose_layers_to_reuse,
)
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

POINTS = np.float32([[0, 0], [0, 1], [1, 0], [1, 1]])
DIFFERENT = np.float32([[0], [1], [1], [0]])  # no line through the points parts them


def parting(name):
    """Relu weights that part the points: hidden1 has s and max(s - 1, 0), and different = s - 2 m.

    The layers above pass on what they are given.
    """
    if name == "hidden1":
        return np.float32([[1, 1], [1, 1]]), np.float32([0, -1])
    return np.eye(2, dtype=np.float32), np.zeros(2, np.float32)


def old_net(names, alive):
    """The arrays of a net whose layers are dead from one on: 0 for all points, and no gradient."""
    arrays = {}
    for number, name in enumerate(names):
        arrays[name + "/kernel"], arrays[name + "/bias"] = parting(name)
        if number >= alive:
            arrays[name + "/bias"] = np.float32([-1000, -1000])
    return arrays


def trained(choice, arrays):
    """The accuracy of the net of a choice, on the four points."""
    with tf.Graph().as_default():
        layer = tf.constant(POINTS)
        for name in choice.net:
            kernel, bias = parting(name)
            layer = tf.layers.dense(
                layer, 2, tf.nn.relu, kernel_initializer=tf.constant_initializer(kernel),
                bias_initializer=tf.constant_initializer(bias), name=name)
        logits = tf.layers.dense(
            layer, 1, kernel_initializer=tf.zeros_initializer(), name="outputs")
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
            labels=DIFFERENT, logits=logits))
        groups = [(tf.train.GradientDescentOptimizer(1.0), "outputs")]
        if choice.tuned + choice.replaced:  # so slowly that the outputs see a fixed input
            groups.append((tf.train.GradientDescentOptimizer(1e-6),
                           list(choice.tuned + choice.replaced)))
        train_op = GroupedOptimizer(groups, rest=FROZEN).minimize(loss)
        right = tf.reduce_mean(tf.cast(tf.equal(logits > 0, DIFFERENT > 0), tf.float32))
        with tf.Session() as session:
            if choice.restored:
                plan_restore(arrays, include=list(choice.restored)).restore(session)
            else:
                session.run(tf.global_variables_initializer())
            for _ in range(60):
                session.run(train_op)
            return session.run(right)


@pytest.mark.parametrize("alive, best", [
    (2, LayerChoice(("hidden1", "hidden2"), (), (), ())),
    (1, LayerChoice(("hidden1",), (), (), ("hidden2",))),
    (0, LayerChoice((), (), ("hidden1", "hidden2"), ())),
], ids=["all serve", "the lower one serves", "none serves"])
def test_a_search_finds_the_layers_that_serve(alive, best):
    names = ["hidden1", "hidden2"]
    found = choose_layers_to_reuse(
        names, lambda choice: trained(choice, old_net(names, alive)))
    assert found.best.choice == best
    for choice, (score,) in found.rows:
        # A dead layer cannot be tuned; without hidden1 a line is left, whose slope is 0 at 0.
        dead = len(choice.restored) > alive
        assert score == (0.5 if dead or not choice.net else 1.0), choice


def choice_of(text):
    """A choice of the layers a, b ...: "a b | c | d | e" are frozen, tuned, replaced, dropped."""
    return LayerChoice(*(tuple(part.split()) for part in text.split("|")))


def tried(search, score, layers=("a", "b"), **settings):
    """The choices that a search tries, in its order, each once."""
    calls = []

    def train_and_score(choice):
        calls.append(choice)
        return score(choice)

    found = choose_layers_to_reuse(layers, train_and_score, search=search, **settings)
    assert [row.choice for row in found.rows] == calls
    return calls, found.best.choice


def test_all_choices_of_two_layers():
    calls, _ = tried("all", lambda choice: 0)
    assert calls == [choice_of(each) for each in (
        "a b|||", "a|b||", "|a b||",
        "a|||b", "|a||b", "a||b|", "|a|b|",
        "|||a b", "||a b|")]


@pytest.mark.parametrize("count", range(1, 7))
def test_there_are_n_plus_1_squared_choices_each_a_partition(count):
    layers = ["hidden%d" % number for number in range(count)]
    calls, best = tried("all", lambda choice: 1, layers)
    assert len(set(calls)) == len(calls) == (count + 1) ** 2
    for choice in calls:
        assert list(choice.restored + choice.replaced + choice.dropped) == layers
        assert not (choice.replaced and choice.dropped)
    assert best == calls[0]  # of equal ones the first: all frozen


def test_no_more_layers_are_tuned_than_is_allowed():
    calls, _ = tried("all", lambda choice: 0, max_tuned=0)
    assert calls == [choice_of(each) for each in (
        "a b|||", "a|||b", "a||b|", "|||a b", "||a b|")]


def test_the_book_s_steps_go_on_as_long_as_the_score_gets_better():
    # Tuning b helps, tuning a too is worse; without b it is better, without both it is worse.
    scores = {"a b|||": 1, "a|b||": 2, "|a b||": 1.5, "a|||b": 3, "|a||b": 3, "a||b|": 2,
              "|a|b|": 1, "|||a b": 0, "||a b|": 0.5}
    scores = {choice_of(text): score for text, score in scores.items()}
    calls, best = tried("stepwise", scores.get)
    assert calls == [choice_of(each) for each in (
        "a b|||", "a|b||", "|a b||", "a|||b", "|a||b", "a||b|", "|a|b|", "|||a b", "||a b|")]
    assert best == choice_of("a|||b")
    # Where leaving b out is no better, only the net from scratch is still tried.
    scores[choice_of("a|||b")] = scores[choice_of("|a||b")] = 2
    calls, best = tried("stepwise", scores.get)
    assert calls[-1] == choice_of("||a b|") and choice_of("|||a b") not in calls
    assert best == choice_of("a|b||")
    # Nor is another layer tuned where tuning one is no better.
    scores[choice_of("a|b||")] = 1
    calls, best = tried("stepwise", scores.get)
    assert choice_of("|a b||") not in calls and calls[2] == choice_of("a|||b")


def test_a_loss_is_better_if_it_is_lower_and_a_nan_never_is():
    scores = {choice_of("a|||"): math.nan, choice_of("|a||"): 0.5, choice_of("|||a"): math.inf,
              choice_of("||a|"): 0.25}
    found = choose_layers_to_reuse(["a"], scores.get, higher_is_better=False)
    assert found.best == LayerScore(choice_of("||a|"), (0.25,))
    found = choose_layers_to_reuse(["a"], scores.get)
    assert found.best.choice == choice_of("|a||")  # infinity is no score
    assert refused(choose_layers_to_reuse, ["a"], lambda choice: math.nan) == [
        "all 4 trainings gave a score that is not finite"]


def test_the_table_has_the_standard_errors_of_paired_trials():
    # Differences from the best of -1, -2, -3: mean -2, deviation 1, standard error 1 / sqrt(3).
    scores = {choice_of("a|||"): [9, 8, 7], choice_of("|a||"): [10, 10, 10],
              choice_of("|||a"): [10, 9, 11], choice_of("||a|"): np.float32([9, 9, 9])}
    assert str(choose_layers_to_reuse(["a"], scores.get)) == """\
layers of the old net, from the lowest up: a

frozen   tuned  replaced  dropped       score  difference from the best
     1       0         0        0           8  -2 +- 0.58
     0       1         0        0          10  best
     0       0         0        1          10  0 +- 0.58
     0       0         1        0           9  -1 +- 0

Means of 3 trials, +- the standard error of the difference. Within 2 standard
errors of the best: 1 of 3 others."""


def test_the_table_is_80_columns_wide():
    layers = ["a_rather_long_scope/hidden%d" % number for number in range(8)]
    text = str(choose_layers_to_reuse(
        layers, lambda choice: [-1e-300 / 3 - len(choice.net), -123456.789], max_tuned=3))
    assert max(map(len, text.splitlines())) <= 80


def test_a_search_that_was_interrupted_goes_on():
    rows = []

    def interrupted(choice):
        if len(rows) == 2:
            raise KeyboardInterrupt
        return len(rows)

    with pytest.raises(KeyboardInterrupt):
        choose_layers_to_reuse(["a"], interrupted, rows=rows)
    assert [row.scores for row in rows] == [(0.0,), (1.0,)]
    trained_later = []
    found = choose_layers_to_reuse(
        ["a"], lambda choice: trained_later.append(choice) or 0.5, rows=rows)
    assert trained_later == [choice_of("|||a"), choice_of("||a|")]
    assert found.rows == rows and found.best == rows[1]


def test_what_cannot_be_searched():
    assert refused(choose_layers_to_reuse, "hidden1", 3, higher_is_better=None, search="stepwize",
                   max_tuned=-1) == [
        "the layers are 'hidden1': they must be a list of names",
        "train_and_score is 3: it must be a function of a LayerChoice",
        "higher_is_better is None: it must be True or False",
        "the search is 'stepwize': it must be \"all\" or \"stepwise\"; the closest is 'stepwise'",
        "max_tuned is -1: it must be a whole number >= 0"]
    assert refused(choose_layers_to_reuse, ["a", "b", "a", "b"], len, max_tuned=True) == [
        "the layer 'a' is in the list 2 times", "the layer 'b' is in the list 2 times",
        "max_tuned is True: it must be a whole number >= 0"]
    assert refused(choose_layers_to_reuse, ["a", 3, ""], len) == [
        "the layer 3 is not a name", "the layer '' is not a name"]


def test_what_are_no_scores_and_no_rows():
    assert refused(choose_layers_to_reuse, ["a"], lambda choice: "good") == [
        "the score of 1 frozen is 'good': it must be a number, or a list of numbers, one for each "
        "trial"]
    assert len(refused(choose_layers_to_reuse, ["a"], lambda choice: [])) == 1
    assert len(refused(choose_layers_to_reuse, ["a"], lambda choice: True)) == 1
    assert refused(choose_layers_to_reuse, ["a"], lambda choice: [1.0] * (
        2 + bool(choice.tuned))) == [
        "the score of 1 tuned is of 3 trials, and that before of 2: every choice must have the "
        "same trials"]
    other = LayerScore(choice_of("c|||"), (1.0,))
    longer = LayerScore(choice_of("a|||"), (1.0, 2.0))
    assert refused(choose_layers_to_reuse, ["a"], len, rows=[other, longer]) == [
        "the row of 1 frozen is of no choice in this search: it has c",
        "the row of 1 frozen has 2 trials, the first one 1"]
    assert refused(choose_layers_to_reuse, ["a"], len, rows=[3]) == [
        "the row 3 is not a LayerScore"]
    with pytest.raises(RecipeError, match="they must be a list"):
        choose_layers_to_reuse(["a"], len, rows=())


def test_a_result_is_two_names():
    found = choose_layers_to_reuse(["a"], lambda choice: 1)
    assert isinstance(found, LayerSearch)
    best, rows = found
    assert best is rows[0]
