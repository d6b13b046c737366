"""The relu net that most of B train: its slopes by backpropagation, and gradient descent.

    a_0 = X,   z_k = a_(k-1) W_k + b_k,   a_k = max(z_k, 0),   p = softmax(z_last)
    loss = mean -log p[y],   dz_last = (p - onehot(y)) / n
    dW_k = a_(k-1)' dz_k,   db_k = sum dz_k,   dz_(k-1) = (dz_k W_k') where z_(k-1) > 0
"""
import numpy as np

from tf1_recipes.evidence.models.bounded import affine, product, softmax, total


def slopes(state, feeds, mean=True):
    """Returns the derivative of the cross-entropy by each variable.

    mean: whether the loss is the mean over the examples, or their sum.
    """
    labels = np.asarray(feeds["y"])

    def slope(logits):
        probabilities = softmax(logits)
        chosen = np.arange(probabilities.shape[1]) == labels[:, None]
        error = probabilities - chosen.astype(np.float32)
        return error / error.dtype.type(len(labels)) if mean else error

    layers = sorted({name.split("/")[0] for name in state})  # hidden1, hidden2 ... outputs
    return propagated_back(state, feeds["X"], layers, slope)


def propagated_back(state, inputs, layers, slope_of):
    """Returns the derivative of any loss of the net's outputs by each variable.

    layers: their names, from the inputs up.
    slope_of: function of the outputs that returns the derivative of the loss by them.
    """
    activations, signals = [inputs], []
    for layer in layers:
        signals.append(affine(activations[-1], state[layer + "/kernel"], state[layer + "/bias"]))
        activations.append(np.maximum(signals[-1], 0))
    slope = slope_of(signals[-1])
    found = {}
    for position in reversed(range(len(layers))):
        kernel, bias = layers[position] + "/kernel", layers[position] + "/bias"
        found[kernel] = product(activations[position].T, slope)
        found[bias] = total(slope)
        if position:
            slope = product(slope, state[kernel].T) * (signals[position - 1] > 0)
    return found


def update(state, feeds, rate=0.1):
    found = slopes(state, feeds)
    return {name: value - value.dtype.type(rate) * found[name] for name, value in state.items()}
