"""The graph of a forest: ops that train its trees and predict by them, each a tree in NumPy."""
import itertools
import os

import numpy as np
from tensorflow.python.ops import resources
from tensorflow.python.training import saver

from tf1_recipes.legacy.contrib.tensor_forest.philox import Philox
from tf1_recipes.legacy.contrib.tensor_forest.tree import Tree
from tf1_recipes.v1 import tf

_NUMBERS = itertools.count(1)


class TreeVariables:
    """Where a tree is kept: one for each session, and in checkpoints.

    Args:
        params: `ForestHParams`, filled.
        tree_num: int.
        training: bool, kept.
    """

    def __init__(self, params, tree_num, training=True):
        self._params, self._trees = params, {}
        name = "tree-%d" % tree_num
        # A table, for it is a session's own: of the tree's number, under 0.
        self.tree = tf.raw_ops.MutableHashTableV2(
            key_dtype=tf.int64, value_dtype=tf.int64, shared_name=name, name=name)
        self.stats = self.tree
        with tf.name_scope(name + "/"):
            self.number = tf.raw_ops.LookupTableFindV2(
                table_handle=self.tree, keys=np.int64(0), default_value=np.int64(0))
            create = tf.raw_ops.LookupTableInsertV2(
                table_handle=self.tree, keys=np.int64(0),
                values=tf.py_func(self._create, [self.number], tf.int64))
            resources.register_resource(self.tree, create, tf.not_equal(self.number, 0))
            tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, _Saveable(self, create))

    def call(self, method, inputs, results, name=None):
        """An op that calls a function of the tree and of the values of some tensors."""
        return tf.py_func(lambda number, *values: method(self._trees[int(number)], *values),
                          [self.number] + inputs, results, name=name)

    def _create(self, number):
        if number:
            return number
        params, number = self._params, next(_NUMBERS)
        self._trees[number] = Tree(
            params.num_classes, params.regression, int(params.num_splits_to_consider),
            int(params.split_after_samples), params.max_nodes, params.split_name == "less")
        return np.int64(number)


class _Saveable(saver.BaseSaverBuilder.SaveableObject):
    def __init__(self, variables, create):
        text = variables.call(lambda tree: tree.save().encode("utf-8"), [], tf.string)
        text.set_shape([])
        self._variables, self._create = variables, create
        super().__init__(variables.tree, [saver.BaseSaverBuilder.SaveSpec(
            text, "", variables.tree.name)], variables.tree.name)

    def restore(self, restored_tensors, restored_shapes):
        with tf.control_dependencies([self._create]):
            number = tf.raw_ops.LookupTableFindV2(
                table_handle=self._variables.tree, keys=np.int64(0), default_value=np.int64(0))

        def restore(number, text):
            self._variables._trees[int(number)].restore(text.decode("utf-8"))

        return tf.py_func(restore, [number, restored_tensors[0]], [])


class ForestVariables:
    """The variables of all trees; one is found by its number."""

    def __init__(self, params, device_assigner=None, training=True,
                 tree_variables_class=TreeVariables, tree_configs=None, tree_stats=None):
        if tree_configs is not None or tree_stats is not None:
            raise ValueError("a forest's tree_configs and tree_stats, serialised trees, are not "
                             "served: restore a checkpoint")
        self.device_dummies = [tf.get_variable(name="device_dummy_%d" % number, shape=0)
                               for number in range(params.num_trees)]
        self.variables = [tree_variables_class(params, number, training)
                          for number in range(params.num_trees)]

    def __getitem__(self, number):
        return self.variables[number]

    def __setitem__(self, number, variables):
        self.variables[number] = variables


class RandomForestGraphs:
    """Builds the graphs of training and of prediction.

    Args:
        params: `ForestHParams`, filled.
        variables: `ForestVariables`, by default new ones.
        device_assigner: kept; trees are in the memory of the process.
        training: bool.
    """

    def __init__(self, params, tree_configs=None, tree_stats=None, device_assigner=None,
                 variables=None, tree_variables_class=TreeVariables, tree_graphs=None,
                 training=True):
        self.params, self.device_assigner = params, device_assigner
        self.variables = variables or ForestVariables(
            params, device_assigner, training, tree_variables_class, tree_configs, tree_stats)
        tree_graphs = tree_graphs or RandomTreeGraphs
        self.trees = [tree_graphs(self.variables[number], params, number)
                      for number in range(params.num_trees)]

    def get_all_resource_handles(self):
        """Returns the handles of all trees."""
        return [self.variables[number].tree for number in range(len(self.trees))]

    def training_graph(self, input_data, input_labels, num_trainers=1, trainer_id=0,
                       input_weights=None):
        """Returns the op that trains all trees by a batch.

        Args:
            input_data: float tensor [examples, features], or a dict of such, in which integers are
                categories.
            input_labels: tensor [examples], or [examples, outputs] for regression.
            num_trainers, trainer_id: int, of the part of the trees to train.
            input_weights: float tensor [examples].
        """
        data, categorical = _parsed(input_data)
        labels = _labels(input_labels)
        share = self.params.num_trees / num_trainers
        ops = []
        for number in range(int(trainer_id * share), int((trainer_id + 1) * share)):
            seed = self.params.base_random_seed
            seed += number if seed != 0 else 0
            rows, targets, weights = data, labels, input_weights
            if self.params.bagging_fraction < 1.0:
                random = tf.random_uniform(tf.shape(data)[:1], seed=seed)
                chosen = tf.squeeze(tf.where(tf.less(
                    random, tf.ones_like(random) * self.params.bagging_fraction)), axis=[1])
                rows, targets = tf.gather(data, chosen), tf.gather(labels, chosen)
            ops.append(self.trees[number].training_graph(
                *self._bagged(number, rows, categorical), targets, seed, weights))
        return tf.group(*ops, name="train")

    def _bagged(self, number, data, categorical):
        """The features that a tree sees.

        1.15 drew from the numbers of all features among these fewer, and so read other examples'.
        """
        if not self.params.bagged_features:
            return data, categorical
        own = self.params.bagged_features[number]
        return tf.gather(data, own, axis=1), categorical[own]

    def inference_graph(self, input_data):
        """Returns the predictions of the forest.

        Returns:
            (classes' shares or means [examples, outputs], paths: none [0, trees], the variances of
            the trees' predictions [examples, outputs])
        """
        data, categorical = _parsed(input_data)
        found = tf.stack([tree.inference_graph(*self._bagged(number, data, categorical))
                          for number, tree in enumerate(self.trees)], axis=1)
        count = self.params.num_trees
        mean = tf.div(tf.reduce_sum(found, 1), count, name="probabilities")
        paths = tf.stack([tf.constant([], tf.string)] * count, axis=1)
        squares = tf.div(tf.reduce_sum(found * found, 1), count)
        return mean, paths, tf.maximum(0.0, squares - mean * mean)

    def average_size(self):
        """The mean number of nodes."""
        return tf.reduce_mean(tf.cast(tf.stack([tree.size() for tree in self.trees]), tf.float32))

    def training_loss(self, features, labels, name="training_loss"):
        """The mean number of nodes, negated: what a forest has for a loss."""
        return tf.negative(self.average_size(), name=name)

    def validation_loss(self, features, labels):
        """As `training_loss`."""
        return tf.negative(self.average_size())

    def feature_importances(self):
        """The share of the nodes of all trees that part by each feature."""
        counts = tf.reduce_sum(tf.stack([tree.feature_usage_counts() for tree in self.trees]), 0)
        return counts / tf.reduce_sum(counts)


class RandomTreeGraphs:
    """Builds the graphs of one tree."""

    def __init__(self, variables, params, tree_num):
        self.variables, self.params, self.tree_num = variables, params, tree_num

    def training_graph(self, input_data, categorical, input_labels, random_seed,
                       input_weights=None):
        """The op that trains it."""
        outputs = self.params.num_classes

        def train(tree, rows, labels, weights=None):
            if weights is None:
                weights = np.ones(len(rows), np.float32)
            if tree.regression:
                labels = labels.reshape(len(rows), -1)
            else:
                labels = labels.reshape(-1).astype(int)
                if len(labels) and not 0 <= labels.min() <= labels.max() < outputs:
                    raise ValueError("a label of the forest is %d, but num_classes is %d" % (
                        labels.max() if labels.max() >= outputs else labels.min(), outputs))
            seed = random_seed or int.from_bytes(os.urandom(8), "little")
            tree.train(rows, categorical, labels, weights, Philox(seed))

        weights = [] if input_weights is None else [tf.reshape(
            tf.cast(input_weights, tf.float32), [-1])]
        return self.variables.call(train, [input_data, input_labels] + weights, [])

    def inference_graph(self, input_data, categorical):
        """Its predictions [examples, outputs]."""
        found = self.variables.call(
            lambda tree, rows: tree.predict(rows, categorical), [input_data], tf.float32)
        found.set_shape([None, None])
        return found

    def size(self):
        """The number of its nodes."""
        size = self.variables.call(lambda tree: np.int32(tree.size), [], tf.int32)
        size.set_shape([])
        return size

    def feature_usage_counts(self):
        """How many of its nodes part by each feature."""
        counts = self.variables.call(
            lambda tree: tree.uses(self.params.num_features), [], tf.int32)
        counts.set_shape([None])
        return counts


def _parsed(data):
    """Returns a float tensor [examples, features], and which of the features are categories."""
    if not isinstance(data, dict):
        data = {"features": tf.convert_to_tensor(data) if not isinstance(
            data, tf.SparseTensor) else data}
    tensors, categorical = [], []
    for name in sorted(data):
        tensor = data[name]
        if isinstance(tensor, tf.SparseTensor) or tensor.dtype == tf.string:
            raise ValueError("a forest's feature %s is %s, which is not served: give it numbers" % (
                name, "sparse" if isinstance(tensor, tf.SparseTensor) else "text"))
        width = 1 if tensor.shape.ndims == 1 else int(tensor.shape[1])
        categorical += [tensor.dtype.is_integer] * width
        tensors.append(tf.cast(tensor, tf.float32))
    return (tensors[0] if len(tensors) == 1 else tf.concat(tensors, 1)), np.array(categorical)


def _labels(labels):
    if isinstance(labels, dict):
        labels = tf.concat([labels[name] for name in sorted(labels)], 1)
    if isinstance(labels, tf.SparseTensor):
        labels = tf.sparse_tensor_to_dense(labels)
    return tf.cast(labels, tf.float32)
