"""A1: gradient descent with a learning rate per group of variables, on a linear model.

    r = X_old w + X_new v + b - t,   loss = sum r^2
    w -= low * X_old' 2r,   v -= high * X_new' 2r,   b -= high * sum 2r
"""
import numpy as np

from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.bounded import affine, product, total


def update(state, feeds, low=0.00001, high=0.0001):
    features, targets = feeds["features"], feeds["targets"]
    old, new, bias = state["pretrained/weights"], state["new/weights"], state["new/bias"]
    low, high = old.dtype.type(low), old.dtype.type(high)
    old_features, new_features = features[:, :3], features[:, 3:]
    residual = affine(features, np.concatenate([old, new]), bias) - targets
    slope = 2 * residual
    return {"pretrained/weights": old - low * (product(old_features.T, slope)),
            "new/weights": new - high * (product(new_features.T, slope)),
            "new/bias": bias - high * total(slope)}


model = replay(update)
