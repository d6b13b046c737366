"""D2: two layers add up to a linear model, whose rates are annealed by a cosine, and restart.

    w -= rate[layer] * 2/B sum_b (outputs_b - targets_b) inputs_b
    c = c + 1;  where c = n: c = 0, n = cycle_mult n;  rate = max / 2 * (cos(pi c / n) + 1)
"""
import numpy as np

LAYERS = ("early/kernel", "final/kernel")


def model(sessions, n=4, cycle_mult=2):
    states = {}
    for session in sessions:
        state = states[session.number] = dict(session.initial)
        largest, c, cycle = state["lr"].astype(np.float64), 0, n
        for number, feeds in session.steps:
            if "inputs" in feeds:
                state = dict(state, **_descended(state, feeds["inputs"], feeds["add_target"]))
            else:
                c += 1
                if c == cycle:
                    c, cycle = 0, cycle * cycle_mult
                rate = largest / 2 * (np.cos(np.pi * c / cycle) + 1)
                state = dict(state, lr=rate.astype(state["lr"].dtype))
            states[number] = state
    return states


def _descended(state, inputs, targets):
    outputs = inputs @ state[LAYERS[0]] + inputs @ state[LAYERS[1]]
    slope = inputs.T @ (outputs - targets) * inputs.dtype.type(2 / len(inputs))
    return {name: state[name] - rate * slope for name, rate in zip(LAYERS, state["lr"])}
