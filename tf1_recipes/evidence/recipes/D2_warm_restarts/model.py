"""D2: a linear model of two layers, whose learning rates follow a cosine that restarts.

    w -= rate[layer] * 2/B sum_b (outputs_b - targets_b) inputs_b
    c = c + 1;  where c = n: c = 0, n = cycle_mult n;  rate = max / 2 * (cos(pi c / n) + 1)
"""
import itertools

import numpy as np

from tf1_recipes.evidence.models.bounded import as_array, product, rounded

LAYERS = ("early/kernel", "final/kernel")


def model(sessions, n=4, cycle_mult=2):
    states = {}
    for session in sessions:
        state = states[session.number] = dict(session.initial)
        rates = itertools.islice(annealed(as_array(state["lr"]), n, cycle_mult), 1, None)
        for number, feeds in session.steps:
            if "inputs" in feeds:
                state = dict(state, **_descended(state, feeds["inputs"], feeds["add_target"]))
            else:
                state = dict(state, lr=rounded(next(rates), state["lr"]))
            states[number] = state
    return states


def annealed(largest, n=4, cycle_mult=2):
    """Yields the rates of batch 0, 1, 2 ..., in float64."""
    c = 0
    while True:
        yield np.float64(largest) / 2 * (np.cos(np.pi * c / n) + 1)
        c += 1
        if c == n:
            c, n = 0, n * cycle_mult


def schedule(initial, count):
    """The rates of so many batches, [count, layers]."""
    return np.array(list(itertools.islice(annealed(initial["lr"]), count)))


def _descended(state, inputs, targets):
    outputs = product(inputs, state[LAYERS[0]]) + product(inputs, state[LAYERS[1]])
    slope = product(inputs.T, outputs - targets) * inputs.dtype.type(2 / len(inputs))
    return {name: state[name] - rate * slope for name, rate in zip(LAYERS, state["lr"])}
