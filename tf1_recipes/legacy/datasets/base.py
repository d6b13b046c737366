"""``tf.contrib.learn.datasets.base``: the tuples that data sets come in, and tables from files."""
import collections
import csv
import os

import numpy as np

from tf1_recipes.legacy import data_files

Dataset = collections.namedtuple("Dataset", "data target")
Datasets = collections.namedtuple("Datasets", "train validation test")

_BOSTON = "boston_house_prices.csv"
# Two flowers that scikit-learn 0.20 set right after Fisher's paper: (row, column, value before).
_IRIS_BEFORE = ((34, 3, 0.1), (37, 1, 3.1), (37, 2, 1.5), (37, 3, 0.1))


def load_csv_with_header(filename, target_dtype, features_dtype, target_column=-1):
    """Reads a table whose first row begins with the numbers of rows and of features.

    Returns:
        Dataset.
    """
    with open(filename, newline="") as file:
        rows = csv.reader(file)
        counts = next(rows)
        data = np.zeros((int(counts[0]), int(counts[1])), dtype=features_dtype)
        target = np.zeros((int(counts[0]),), dtype=target_dtype)
        for number, row in enumerate(rows):
            target[number] = np.asarray(row.pop(target_column), dtype=target_dtype)
            data[number] = np.asarray(row, dtype=features_dtype)
    return Dataset(data=data, target=target)


def load_csv_without_header(filename, target_dtype, features_dtype, target_column=-1):
    """Reads a table of features and a target.

    Returns:
        Dataset.
    """
    data, target = [], []
    with open(filename, newline="") as file:
        for row in csv.reader(file):
            target.append(row.pop(target_column))
            data.append(np.asarray(row, dtype=features_dtype))
    return Dataset(data=np.array(data), target=np.array(target, dtype=target_dtype))


def shrink_csv(filename, ratio):
    """Writes every ``ratio``-th row of a table into a file beside it, ``<name>_small.<ending>``."""
    with open(filename, newline="") as file, \
            open(filename.replace(".", "_small."), "w", newline="") as small:
        csv.writer(small).writerows(
            row for number, row in enumerate(csv.reader(file)) if number % ratio == 0)


def load_iris(data_path=None):
    """Fisher's irises, from a file or from scikit-learn, which is to be installed.

    Returns:
        Dataset of 150 rows of four numbers, and classes 0 to 2.
    """
    data_path = data_path or data_files.in_data_dir("iris.csv")
    if data_path:
        return load_csv_with_header(data_path, int, float)
    try:
        from sklearn.datasets import load_iris as irises
    except ImportError:
        raise data_files.MissingData(
            "iris.csv came with TensorFlow; install scikit-learn, which has the same flowers, or "
            "name the folder of the file: --data-dir FOLDER") from None
    data, target = irises(return_X_y=True)
    data = data.copy()
    for row, column, value in _IRIS_BEFORE:
        data[row, column] = value
    return Dataset(data=data, target=target)


def load_boston(data_path=None):
    """The house prices of Boston, from a file: no package has them any more.

    Returns:
        Dataset of 506 rows of 13 numbers, and prices.
    """
    data_path = data_path or data_files.in_data_dir(_BOSTON)
    if not data_path:
        raise data_files.MissingData(
            "%s came with TensorFlow 1, in contrib/learn/python/learn/datasets/data; name the "
            "folder of the file: --data-dir FOLDER" % _BOSTON)
    return load_csv_with_header(data_path, float, float)


def maybe_download(filename, work_directory, source_url):
    """Returns the path of a file that a script expects in a folder of its own.

    Raises:
        MissingData: it is not there, and no download was asked for.
    """
    path, = data_files.find(
        filename, [filename], work_directory, source_url[:-len(filename)]
        if source_url.endswith(filename) else None)
    return path if path.endswith(filename) else os.path.join(work_directory, filename)
