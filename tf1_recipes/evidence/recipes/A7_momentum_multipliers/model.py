"""A7: momentum on a net of two layers; as documented without a multiplier, then with one of 2.

    A = momentum * A + m * dw / n,   w -= rate * A,   m = 1, then 2 for the layer ``dense``

The slopes are those of A5's model over the number of examples,
as the loss is their mean.
"""
from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.recipes.A5_rate_multipliers.model import slopes


def update(state, feeds, multiplier, rate=1e-3, momentum=0.9):
    step = state["global_step"]
    updated = {"global_step": step + step.dtype.type(1)}
    for name, slope in slopes(state, feeds, "dense").items():
        number = slope.dtype.type
        slope = slope / number(len(feeds["targets"]))
        if name.startswith("dense/"):
            slope = number(multiplier) * slope
        accumulator = number(momentum) * state[name + "/Momentum"] + slope
        updated[name + "/Momentum"] = accumulator
        updated[name] = state[name] - number(rate) * accumulator
    return updated


def model(sessions):
    """The documented training, whose factor of 2 has no effect, and the one that was meant."""
    documented, meant = sessions
    states = replay(lambda state, feeds: update(state, feeds, multiplier=1))([documented])
    states.update(replay(lambda state, feeds: update(state, feeds, multiplier=2))([meant]))
    return states
