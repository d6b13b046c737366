"""D3: a linear model whose learning rate doubles at every step; rates and losses are recorded.

    e = inputs w - targets,   loss = sum_b e_b^2 / B,   w -= rate * 2/B inputs^T e
    history[i] = (i + 1, rate, loss), written at the end
"""
import numpy as np

from tf1_recipes.evidence.models.bounded import product, total


def model(sessions):
    states = {}
    for session in sessions:
        state = states[session.number] = dict(session.initial)
        rows = []
        for number, feeds in session.steps:
            if "dense_input" in feeds:
                inputs, w, rate = feeds["dense_input"], state["dense/kernel"], state["lr"]
                error = product(inputs, w) - feeds["dense_target"]
                slope = product(inputs.T, error) * inputs.dtype.type(2 / len(inputs))
                loss = total(np.square(error))[0] / error.dtype.type(len(error))
                rows.append([len(rows) + 1, rate, loss])
                state = dict(state, **{"dense/kernel": w - rate * slope})
            elif np.size(list(feeds.values())[0]) == 1:
                state = dict(state, lr=state["lr"] * state["lr"].dtype.type(2))
            else:
                state = dict(state, history=np.stack(
                    [np.stack(row) for row in rows]).astype(state["history"].dtype))
            states[number] = state
    return states


def schedule(initial, count):
    """The rates of so many batches."""
    return initial["lr"] * np.power(2.0, np.arange(count))
