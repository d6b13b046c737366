"""Data sets that scikit-learn had and took out, from files where scripts look for them."""
import csv
import re

import numpy as np

from tf1_recipes.legacy import data_files


def load_boston(return_X_y=False):
    """The prices of 506 houses, from the file that lay inside scikit-learn before 1.2."""
    from sklearn.utils import Bunch

    path, = data_files.find(
        "The Boston housing data (boston_house_prices.csv, from sklearn/datasets/data of "
        "scikit-learn before 1.2)", ["boston_house_prices.csv"], ".")
    with open(path, newline="") as file:
        (rows, columns, *_), names, *table = csv.reader(file)
    table = np.array(table, np.float64)
    if table.shape != (int(rows), int(columns) + 1):
        raise data_files.MissingData("%s is damaged: it says %s rows of %s, and has %d of %d" % (
            path, rows, columns, len(table), table.shape[1] - 1))
    if return_X_y:
        return table[:, :-1], table[:, -1]
    return Bunch(data=table[:, :-1], target=table[:, -1], feature_names=np.array(names[:-1]),
                 DESCR="Boston house prices", filename=path)


def fetch_mldata(dataname, target_name="label", data_name="data", transpose_data=True,
                 data_home=None):
    """A data set of mldata.org, from the file that scikit-learn had kept of it."""
    import os

    from scipy.io import loadmat
    from sklearn.datasets import get_data_home
    from sklearn.utils import Bunch

    name = re.sub("[().]", "", dataname.lower().replace(" ", "-"))
    path, = data_files.find("%s of mldata.org, which has closed," % dataname, [name + ".mat"],
                            os.path.join(get_data_home(data_home), "mldata"))
    arrays = {key: value for key, value in loadmat(path).items() if not key.startswith("__")}
    bunch = Bunch(DESCR="mldata.org dataset: %s" % name, COL_NAMES=list(arrays))
    for key, value in arrays.items():
        value = value.T if transpose_data and value.ndim == 2 else value
        bunch[{target_name: "target", data_name: "data"}.get(key, key)] = value
    if "target" in bunch:
        bunch["target"] = bunch["target"].ravel()
    return bunch
