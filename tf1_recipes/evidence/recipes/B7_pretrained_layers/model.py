"""B7: relu layers pretrained by auto-encoders, or by a max margin, then restored into a net (B2).

    a_0 = X,   a_k = max(a_(k-1) W_k + b_k, 0)
    phase 1: loss = mean (a_1 D + c - a_0)^2,       moves W_1, b_1, D, c
    phase 2: loss = mean (a_2 W_2' + c - a_1)^2,    moves W_2, b_2, c
    max margin: s(X) = a_2 v + e,   loss = mean max(0, m - s(X) + s(X*)),   moves all

The net with labels is that of `tf1_recipes.evidence.models.relu_net`.
"""
import re

import numpy as np

from tf1_recipes.evidence.models import Session, relu_net, replay
from tf1_recipes.evidence.models.bounded import affine, product, total

RESTORED = re.compile("hidden[12]/")
PHASE_STEPS = 4


def activation(state, name, inputs):
    return np.maximum(affine(inputs, state[name + "/kernel"], state[name + "/bias"]), 0)


def autoencoder_slopes(state, name, inputs):
    """The slopes of one layer's reconstruction loss, by the layer's variables and its decoder's."""
    code, decoder = activation(state, name, inputs), "decoders/" + name
    tied = decoder + "/kernel" not in state
    kernel = state[name + "/kernel"].T if tied else state[decoder + "/kernel"]
    difference = affine(code, kernel, state[decoder + "/bias"]) - inputs
    slope = 2 * difference / difference.dtype.type(difference.size)
    code_slope = product(slope, kernel.T) * (code > 0)
    found = {name + "/kernel": product(inputs.T, code_slope), name + "/bias": total(code_slope),
             decoder + "/bias": total(slope)}
    if tied:
        found[name + "/kernel"] = found[name + "/kernel"] + product(code.T, slope).T
    else:
        found[decoder + "/kernel"] = product(code.T, slope)
    return found


def max_margin_slopes(state, good, bad, margin=0.05):
    """The slopes of the max margin loss."""
    layers = []
    for inputs in (good, bad):
        first = activation(state, "hidden1", inputs)
        layers.append((inputs, first, activation(state, "hidden2", first)))
    scores = [affine(second, state["score/kernel"], state["score/bias"]) for _, _, second in layers]
    gap = scores[0].dtype.type(margin) - scores[0] + scores[1]
    slope = (gap > 0) / gap.dtype.type(len(gap))
    found = {name: np.zeros_like(value) for name, value in state.items()}
    for sign, (inputs, first, second) in zip((-1, 1), layers):
        above = sign * slope
        for name, below, here in (("score", second, None), ("hidden2", first, second),
                                  ("hidden1", inputs, first)):
            if here is not None:
                above = above * (here > 0)
            found[name + "/kernel"] = found[name + "/kernel"] + product(below.T, above)
            found[name + "/bias"] = found[name + "/bias"] + total(above)
            above = product(above, state[name + "/kernel"].T)
    return found


def descend(state, slopes, rate=0.1):
    return {name: value - value.dtype.type(rate) * slopes[name] if name in slopes else value
            for name, value in state.items()}


def first_phase(state, feeds):
    return descend(state, autoencoder_slopes(state, "hidden1", feeds["X"]))


def second_phase(state, feeds):
    inputs = activation(state, "hidden1", feeds["X"])
    return descend(state, autoencoder_slopes(state, "hidden2", inputs))


def max_margin(state, feeds):
    return descend(state, max_margin_slopes(state, feeds["X"], feeds["corrupted"]))


def model(sessions):
    """Both ways of pretraining, each followed by the net that restores its layers."""
    stack, after_stack, margin, after_margin = sessions
    states = replay(first_phase)([stack._replace(steps=stack.steps[:PHASE_STEPS])])
    second = Session(stack.steps[PHASE_STEPS - 1][0], states[stack.steps[PHASE_STEPS - 1][0]],
                     stack.steps[PHASE_STEPS:])
    states.update(replay(second_phase)([second]))
    states.update(_with_labels(after_stack, states[stack.steps[-1][0]]))
    states.update(replay(max_margin)([margin]))
    states.update(_with_labels(after_margin, states[margin.steps[-1][0]]))
    return states


def _with_labels(session, pretrained):
    initial = {name: pretrained[name] if RESTORED.match(name) else value
               for name, value in session.initial.items()}
    return replay(relu_net.update)([session._replace(initial=initial)])
