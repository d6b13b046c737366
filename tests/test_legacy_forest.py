"""``tf.contrib.tensor_forest``: its random numbers, its trees, and a script that grows a forest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf1_recipes.legacy.contrib.tensor_forest.hparams import ForestHParams
from tf1_recipes.legacy.contrib.tensor_forest.philox import Philox, blocks
from tf1_recipes.legacy.contrib.tensor_forest.splits import GiniCandidates, VarianceCandidates
from tf1_recipes.legacy.contrib.tensor_forest.tree import Tree


class InTurn:
    """Draws 0, 1, 2, ... in turn."""

    def __init__(self):
        self._next = -1

    def below(self, limit):
        self._next += 1
        return self._next % limit


def test_the_random_numbers_are_those_of_the_paper():
    # Random123's kat_vectors: philox4x32 10 rounds, counter 0 and key 0.
    assert blocks(0, 0, 1).tolist() == [[0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]]


def test_numbers_below_a_limit():
    draws = Philox(5)
    numbers = [draws.below(6) for _ in range(6000)]
    assert sorted(set(numbers)) == [0, 1, 2, 3, 4, 5]
    assert np.bincount(numbers) == pytest.approx([1000] * 6, abs=150)
    first = blocks(5, 0, 1)[0].tolist()
    draws = Philox(5)
    assert [draws.below(8) for _ in range(4)] == [number % 8 for number in first]


def test_impurity_of_a_split():
    seen = GiniCandidates(2, 2)
    seen.draw(0, 0.0)
    seen.draw(1, 0.0)
    left = np.array([[True, True], [True, False], [False, True], [False, False]])
    seen.count(left, np.array([0, 0, 1, 1]), np.ones(4, np.float32))
    # The first parts the classes: twice 2 (1 - (4 + 2 * 2 + 2) / (2 + 2)^2) = 2 * 0.75, and the
    # second does not: twice 2 (1 - (1 + 1 + 2 * 2 + 2) / (2 + 2)^2) = 2 * 1.
    index, *models = seen.best()
    assert index == 0 and [each.tolist() for each in models] == [[2, 0], [0, 2]]
    assert seen.is_finished(4) and not seen.is_finished(5)


def one_by_one(values):
    total = np.float32(0)
    for value in values:
        total = total + value  # a float32, rounded each time
    return total


@settings(max_examples=30, deadline=None)
@given(weights=st.lists(st.floats(2.0 ** -26, 1, width=32), min_size=1, max_size=40),
       outputs=st.integers(2, 9), data=st.data())
def test_weights_are_added_in_the_order_of_the_examples(weights, outputs, data):
    """As genuine 1.15.5 adds them. In blocks, 1 and twice 2^-24 may give 1.0000001, and not 1."""
    weights = np.float32(weights)
    each = st.lists(st.integers(0, outputs - 1), min_size=len(weights), max_size=len(weights))
    labels, side = np.array(data.draw(each)), np.array(data.draw(each)) > 0
    seen = GiniCandidates(1, outputs)
    seen.draw(0, 0.0)
    batches = np.array_split(np.arange(len(weights)), 2)
    for rows in batches:
        seen.count(side[rows, None], labels[rows], weights[rows])
    assert seen.weight == one_by_one(weights)
    for label in range(outputs):
        assert seen.total[label] == one_by_one(weights[labels == label])
        assert seen.left[0, label] == one_by_one(weights[(labels == label) & side])


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=40))
def test_numbers_are_added_in_the_order_of_the_examples(values):
    values = np.float32(values)
    side = values > 0
    seen = VarianceCandidates(1, 1)
    seen.draw(0, 0.0)
    for rows in np.array_split(np.arange(len(values)), 2):
        seen.count(side[rows, None], values[rows, None], np.ones(len(rows), np.float32))
    for sums, own in ((seen.total, values), (seen.left[0], values[side])):
        assert sums[:, 0].tolist() == [one_by_one(own), one_by_one(own * own)]


def test_a_leaf_of_one_class_is_not_parted():
    seen = GiniCandidates(1, 2)
    seen.draw(0, 0.0)
    seen.count(np.array([[True], [False]]), np.array([1, 1]), np.ones(2, np.float32))
    assert not seen.is_finished(1)


def test_a_split_with_nothing_on_one_side_is_none():
    for kind, labels in ((GiniCandidates, np.array([0, 1])),
                         (VarianceCandidates, np.array([[0.0, 1.0], [1.0, 0.0]], np.float32))):
        seen = kind(1, 2)
        seen.draw(0, 0.0)
        seen.count(np.array([[True], [True]]), labels, np.ones(2, np.float32))
        assert seen.best() is None


def test_a_tree_by_hand():
    tree = Tree(outputs=2, regression=False, candidates=2, enough=4, most=3)
    rows = np.array([[1, 5], [2, 6], [0, 5], [1, 7], [2, 5], [3, 7]], np.float32)
    labels = np.array([0, 1, 0, 0, 1, 1])
    tree.train(rows, np.array([False, False]), labels, np.ones(6, np.float32), InTurn())
    # The candidates are x[0] <= 1, of the first row, and x[1] <= 6, of the second; the other four
    # rows are counted, and the first candidate parts them.
    assert tree.size == 3
    assert tree.leaves(rows, np.array([False, False])).tolist() == [1, 2, 1, 1, 2, 2]
    assert tree.predict(rows[:2], np.array([False, False])).tolist() == [[1, 0], [0, 1]]
    assert tree.uses(2).tolist() == [1, 0]
    other = Tree(2, False, 2, 4, 3)
    other.restore(tree.save())
    assert other.save() == tree.save()


def test_means_of_numbers():
    tree = Tree(outputs=1, regression=True, candidates=1, enough=3, most=3, below=True)
    rows = np.array([[2], [1], [2], [3]], np.float32)
    tree.train(rows, np.array([False]), np.array([[9], [1], [3], [5]], np.float32),
               np.ones(4, np.float32), InTurn())
    assert tree.predict(rows, np.array([False])).tolist() == [[4], [1], [4], [4]]


@pytest.mark.parametrize("options, message", [
    ({}, "num_classes and num_features must be given"),
    ({"num_classes": 2, "num_features": 2, "split_pruning_name": "half"},
     "ForestHParams: split_pruning_name='half' is not served here, only 'none'"),
])
def test_parameters_that_are_refused(options, message):
    with pytest.raises((ValueError, AttributeError), match=message):
        ForestHParams(**options).fill()


def test_default_parameters():
    filled = ForestHParams(num_classes=10, num_features=784).fill()
    # As genuine 1.15.5 fills them.
    assert (filled.num_splits_to_consider, filled.num_trees, filled.max_nodes,
            filled.split_after_samples, filled.base_random_seed) == (28, 100, 10000, 250, 0)


def test_a_script(run_script):
    done = run_script("""
        import numpy as np
        import tensorflow as tf
        from tensorflow.contrib.tensor_forest.python import tensor_forest
        from tensorflow.python.ops import resources
        rows = (np.arange(1200).reshape(400, 3) * 7 % 101 / 101.0).astype(np.float32)
        labels = (rows[:, 0] + rows[:, 1] > 1).astype(np.int32)
        x = tf.placeholder(tf.float32, [None, 3])
        y = tf.placeholder(tf.int32, [None])
        params = tensor_forest.ForestHParams(
            num_classes=2, num_features=3, num_trees=2, max_nodes=100, split_after_samples=20,
            base_random_seed=5).fill()
        forest = tensor_forest.RandomForestGraphs(params)
        train, loss = forest.training_graph(x, y), forest.training_loss(x, y)
        shares, _, _ = forest.inference_graph(x)
        right = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(shares, 1), tf.cast(y, tf.int64)),
                                       tf.float32))
        initial = tf.group(tf.global_variables_initializer(),
                           resources.initialize_resources(resources.shared_resources()))
        with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1)) as session:
            session.run(initial)
            for start in range(0, 400, 40):
                feed = {x: rows[start:start + 40], y: labels[start:start + 40]}
                session.run(train, feed)
            print(session.run([loss, right], {x: rows, y: labels}))
            print(session.run(shares, {x: rows[:2]}).tolist())
            try:
                session.run(train, {x: rows[:1], y: [2]})
            except tf.errors.InvalidArgumentError as error:
                print("a label of the forest is 2, but num_classes is 2" in str(error))
        """)
    # Genuine 1.15.5 prints the same, but for the last line: it aborts there.
    assert done.lines == [
        "[-9.0, 0.97]", "[[1.0, 0.0], [1.0, 0.0]]", "True"], done.stderr
