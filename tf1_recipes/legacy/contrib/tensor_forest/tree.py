"""One tree of a forest: it grows by batches of examples, and predicts by the leaf of each."""
import json

import numpy as np

from tf1_recipes.legacy.contrib.tensor_forest.splits import GiniCandidates, VarianceCandidates


class Tree:
    """A tree; a node is a number, the root 0, and a leaf until it is parted.

    Args:
        outputs: int, the number of classes, or of the numbers that are predicted.
        regression: bool.
        candidates: int, the splits considered at each leaf.
        enough: int, the examples that a leaf sees before it is parted.
        most: int; it stops growing with so many nodes. If several leaves could be parted when one
            more would be too many, the first are.
        below: bool, an example equal to the threshold goes right.
    """

    def __init__(self, outputs, regression, candidates, enough, most, below=False):
        self.outputs, self.regression, self.candidates = outputs, regression, candidates
        self.enough, self.most, self.below = enough, most, below
        self._tests = [(-1, 0.0)]  # of each node: (feature, threshold); the feature -1 is a leaf's
        self._lefts = [0]  # of each node: its left child; the right one is the next
        self._models = np.zeros([1, outputs], np.float32)
        self._seen = {0: self._new()}

    @property
    def size(self):
        """The number of nodes."""
        return len(self._tests)

    def _new(self):
        kind = VarianceCandidates if self.regression else GiniCandidates
        return kind(self.candidates, self.outputs)

    def leaves(self, rows, categorical):
        """Returns the leaf of each row.

        Args:
            rows: float32 [examples, features].
            categorical: bool [features], those that are compared for being equal.
        """
        features = np.array([feature for feature, _ in self._tests])
        thresholds = np.array([threshold for _, threshold in self._tests], np.float32)
        lefts = np.array(self._lefts)
        nodes, going = np.zeros(len(rows), int), np.arange(len(rows))
        while True:
            going = going[features[nodes[going]] >= 0]
            if not len(going):
                return nodes
            at = nodes[going]
            goes_left = self._goes_left(
                rows[going, features[at]], thresholds[at], categorical[features[at]])
            nodes[going] = lefts[at] + ~goes_left

    def _goes_left(self, values, thresholds, categorical):
        left = values < thresholds if self.below else values <= thresholds
        return np.where(categorical, values == thresholds, left)

    def train(self, rows, categorical, labels, weights, random):
        """Learns from a batch, and parts the leaves that have seen enough.

        Args:
            rows, categorical: see `leaves`.
            labels: int [examples], or float32 [examples, outputs].
            weights: float32 [examples].
            random: has a method ``below``, which draws the features of candidates.
        """
        leaves = self.leaves(rows, categorical)
        if not self.regression:
            np.add.at(self._models, (leaves, labels), weights)
        if self.size >= self.most:
            return
        start = self._draw(rows, leaves, random)
        order = np.argsort(leaves, kind="stable")
        for own in np.split(order, np.flatnonzero(np.diff(leaves[order])) + 1):
            leaf = leaves[own[0]] if len(own) else None
            own = own[own >= start.get(leaf, 0)]
            if not len(own):
                continue
            seen = self._seen[leaf]
            features = seen.features
            seen.count(self._goes_left(rows[own][:, features], np.array(
                seen.thresholds, np.float32), categorical[features]), labels[own], weights[own])
        for leaf in sorted(set(leaves.tolist())):
            if self.size < self.most and self._seen[leaf].is_finished(self.enough):
                self._part(leaf)

    def _draw(self, rows, leaves, random):
        """Makes candidates of the first examples; returns which each leaf counts first of all."""
        start = {leaf: 0 if self._seen[leaf].is_complete else len(rows)
                 for leaf in np.unique(leaves).tolist()}
        for example in np.flatnonzero([start[leaf] for leaf in leaves.tolist()]):
            leaf = leaves[example]
            if example < start[leaf]:
                feature = random.below(rows.shape[1])
                self._seen[leaf].draw(feature, rows[example, feature])
                if self._seen[leaf].is_complete:
                    start[leaf] = example + 1
        return start

    def _part(self, leaf):
        seen = self._seen.pop(leaf)
        best = seen.best()
        if best is None:
            self._seen[leaf] = self._new()
            return
        index, *models = best
        self._tests[leaf] = (seen.features[index], float(seen.thresholds[index]))
        self._lefts[leaf] = self.size
        self._models = np.concatenate([self._models, models])
        for _ in models:
            self._seen[self.size] = self._new()
            self._tests.append((-1, 0.0))
            self._lefts.append(0)

    def predict(self, rows, categorical):
        """Returns the classes' shares, or the means, in the leaf of each row."""
        found = self._models[self.leaves(rows, categorical)]
        if self.regression:
            return found
        total = found.sum(axis=1, keepdims=True)
        return found / np.where(total > 0, total, np.float32(1))

    def uses(self, features):
        """Returns how many nodes part by each of so many features."""
        return np.bincount([feature for feature, _ in self._tests if feature >= 0],
                           minlength=features).astype(np.int32)

    def save(self):
        """Returns the tree as text; what its leaves have seen of candidates is not in it."""
        return json.dumps([self._tests, self._lefts, self._models.tolist()])

    def restore(self, text):
        """Takes on what `save` returned."""
        tests, self._lefts, models = json.loads(text)
        self._tests = [tuple(test) for test in tests]
        self._models = np.array(models, np.float32)
        self._seen = {node: self._new() for node, test in enumerate(tests) if test[0] < 0}
