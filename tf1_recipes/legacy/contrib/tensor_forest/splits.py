"""What a leaf of a tree has seen of its candidates for a split, and which of them is best.

A candidate is one feature and one example's value of it. All examples that reach the leaf after its
candidates were drawn are counted, for each candidate on the side where they would go.
"""
import numpy as np


class Candidates:
    """The candidates of one leaf.

    Args:
        wanted: int, how many there are to be.
        outputs: int, the number of classes, or of the numbers that are predicted.
    """

    def __init__(self, wanted, outputs):
        self.wanted, self.outputs = wanted, outputs
        self.features, self.thresholds = [], []
        self.weight = np.float32(0)

    @property
    def is_complete(self):
        """Whether all candidates were drawn."""
        return self.weight > 0 or len(self.features) == self.wanted

    def draw(self, feature, threshold):
        """Adds a candidate."""
        self.features.append(feature)
        self.thresholds.append(threshold)


class GiniCandidates(Candidates):
    """Candidates that part classes, by the smoothed impurity of Gini.

    A side with the sum s of its examples' weights, and the sum q of the squares of its n classes'
    weights, has the impurity s (1 - (q + 2 s + n) / (s + n)^2); the two are added.
    """

    def __init__(self, wanted, outputs):
        super().__init__(wanted, outputs)
        self.total = np.zeros(outputs, np.float32)
        self.left = np.zeros([wanted, outputs], np.float32)

    def count(self, goes_left, labels, weights):
        """Counts examples.

        Args:
            goes_left: bool [examples, candidates].
            labels: int [examples].
            weights: float32 [examples].
        """
        # `add.at` adds in the order of the examples, as rounding depends on it: a sum or a matrix
        # product goes by blocks, which are other ones on each processor.
        examples, candidates = np.nonzero(goes_left)
        np.add.at(self.left, (candidates, labels[examples]), weights[examples])
        np.add.at(self.total, labels, weights)
        self.weight = _sum_in_order(np.append(self.weight, weights))

    def is_finished(self, enough):
        """Whether enough was seen to part it: so many examples, of two classes or more."""
        return self.weight >= enough and np.count_nonzero(self.total) > 1

    def best(self):
        """Returns (candidate, left classes, right classes), or None if none parts anything."""
        right = self.total - self.left
        left_sum, left_score = _impurity(self.left)
        right_sum, right_score = _impurity(right)
        score = np.where((left_sum > 0) & (right_sum > 0), left_score + right_score, np.inf)
        index = int(np.argmin(score))
        return (index, self.left[index], right[index]) if np.isfinite(score[index]) else None


def _sum_in_order(values, axis=0):
    """As ``accumulate`` defines it: each is added to the sum of those before it."""
    return np.take(np.add.accumulate(values, axis), -1, axis)


def _impurity(counts):
    total, squares = _sum_in_order(counts, axis=1), _sum_in_order(np.square(counts), axis=1)
    outputs = np.float32(counts.shape[1])
    smoothed = outputs + total
    return total, total * (
        np.float32(1) - (squares + 2 * total + outputs) / (smoothed * smoothed))


class VarianceCandidates(Candidates):
    """Candidates that part numbers, by the sum of the variances on both sides."""

    def __init__(self, wanted, outputs):
        super().__init__(wanted, outputs)
        # Sums of the values, and of their squares.
        self.total = np.zeros([2, outputs], np.float32)
        self.left = np.zeros([wanted, 2, outputs], np.float32)
        self.left_count = np.zeros(wanted, np.int64)

    def count(self, goes_left, labels, weights):
        """Counts examples, all with the weight of 1; for its arguments see `GiniCandidates`."""
        values = np.stack([labels, labels * labels], axis=1)
        rows = np.where(goes_left[:, :, None, None], values[:, None], np.float32(0))
        self.left = _sum_in_order(np.concatenate([self.left[None], rows]))
        self.total = _sum_in_order(np.concatenate([self.total[None], values]))
        self.left_count += goes_left.sum(axis=0)
        self.weight += np.float32(len(labels))

    def is_finished(self, enough):
        """Whether enough was seen to part it."""
        return self.weight >= enough

    def best(self):
        """Returns (candidate, left means, right means), or None if none parts anything."""
        left_count = self.left_count.astype(np.float32)
        right_count = self.weight - left_count
        with np.errstate(divide="ignore", invalid="ignore"):
            left = self.left / left_count[:, None, None]
            right = (self.total - self.left) / right_count[:, None, None]
            score = sum((each[:, 1, output] - np.square(each[:, 0, output])
                         for output in range(self.outputs) for each in (left, right)),
                        np.float32(0))
        score = np.where((left_count > 0) & (right_count > 0), score, np.inf)
        index = int(np.argmin(score))
        return (index, left[index, 0], right[index, 0]) if np.isfinite(score[index]) else None
