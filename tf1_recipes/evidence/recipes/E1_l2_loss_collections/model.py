"""E1: momentum on (|w - 1|^2 + |v + 2|^2 + (b + 0.1)^2) / 2 + factor * (|w|^2 + |v|^2) / 2.

    g_w = (w - 1) + factor * w,   g_v = (v + 2) + factor * v,   g_b = b + 0.1
    A = momentum * A + g,         each variable -= rate * A
"""
from tf1_recipes.evidence.models import replay


def update(state, feeds, factor=0.0005, rate=0.1, momentum=0.9):
    w, v, b = state["w"], state["v"], state["bias"]
    one, two, tenth, factor, rate, momentum = (
        w.dtype.type(number) for number in (1, 2, 0.1, factor, rate, momentum))
    slopes = {"w": (w - one) + factor * w, "v": (v + two) + factor * v, "bias": b + tenth}
    updated = {}
    for name, slope in slopes.items():
        accumulator = momentum * state[name + "/Momentum"] + slope
        updated[name + "/Momentum"] = accumulator
        updated[name] = state[name] - rate * accumulator
    return updated


model = replay(update)
