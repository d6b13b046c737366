"""``sklearn.cross_validation`` of before 0.20: its splitters took the number of rows first.

The rest is that of ``sklearn.model_selection``.
"""
import numpy as np
from sklearn import model_selection


def __getattr__(name):
    return getattr(model_selection, name)


class _Turns:
    """Pairs of arrays of row numbers, as often as asked for."""

    def __init__(self, splitter, labels):
        self._splitter, self._labels = splitter, labels

    def __iter__(self):
        return iter(self._splitter.split(np.zeros(len(self._labels)), self._labels))

    def __len__(self):
        return self._splitter.get_n_splits(self._labels)


class KFold(_Turns):
    """Of a number of rows."""

    def __init__(self, n, n_folds=3, shuffle=False, random_state=None):
        super().__init__(model_selection.KFold(
            n_folds, shuffle=shuffle, random_state=random_state if shuffle else None), range(n))


class StratifiedKFold(_Turns):
    """Of labels."""

    def __init__(self, y, n_folds=3, shuffle=False, random_state=None):
        super().__init__(model_selection.StratifiedKFold(
            n_folds, shuffle=shuffle, random_state=random_state if shuffle else None), y)


class LeaveOneOut(_Turns):
    """Of a number of rows."""

    def __init__(self, n):
        super().__init__(model_selection.LeaveOneOut(), range(n))


class ShuffleSplit(_Turns):
    """Of a number of rows."""

    def __init__(self, n, n_iter=10, test_size=0.1, train_size=None, random_state=None):
        super().__init__(model_selection.ShuffleSplit(
            n_iter, test_size=test_size, train_size=train_size, random_state=random_state),
            range(n))


class StratifiedShuffleSplit(_Turns):
    """Of labels."""

    def __init__(self, y, n_iter=10, test_size=0.1, train_size=None, random_state=None):
        super().__init__(model_selection.StratifiedShuffleSplit(
            n_iter, test_size=test_size, train_size=train_size, random_state=random_state), y)
