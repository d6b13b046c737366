"""``tf.contrib.learn.datasets``: data sets, read from files.

Nothing is downloaded without ``--download``. `data_files` looks for the files, and its error lists
all that are missing.
"""
from tf1_recipes.legacy.datasets import base, mnist
from tf1_recipes.legacy.datasets.base import load_boston, load_iris

DATASETS = {"iris": load_iris, "boston": load_boston, "mnist": mnist.load_mnist}

# Made for these functions alone, and by their own arithmetic.
_NOT_SERVED = {"dbpedia": "read its train.csv and test.csv by base.load_csv_without_header"}


def load_dataset(name, size="small", test_with_fake_data=False):
    """Loads a data set by its name: "iris", "boston" or "mnist".

    Raises:
        ValueError: there is none of that name, or it is not served.
    """
    del size, test_with_fake_data  # for dbpedia
    if name in _NOT_SERVED:
        raise ValueError("the data set %s is not served: %s" % (name, _NOT_SERVED[name]))
    if name not in DATASETS:
        raise ValueError("Name of dataset is not found: %s" % name)
    return DATASETS[name]()


__all__ = ["DATASETS", "base", "load_boston", "load_dataset", "load_iris", "mnist"]
