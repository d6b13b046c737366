"""A6: gradient descent on three linear layers; the lower two see a fraction of the gradient.

    h = X W1 W2,   m = f h + (1 - f) h,   r = m W3 - t,   loss = sum r^2
    dm = 2r W3',   dh = f dm,   W3 -= rate m' 2r,   W2 -= rate (X W1)' dh,   W1 -= rate X' dh W2'

Python 2 computes f = 1/100 as 0: then W1 and W2 do not change.
"""
from tf1_recipes.evidence.models import replay
from tf1_recipes.evidence.models.bounded import product


def update(state, feeds, rate=0.001, fraction=0.01):
    inputs, targets = feeds["inputs"], feeds["targets"]
    first, second, third = (state["layer%d/kernel" % number] for number in (1, 2, 3))
    number = first.dtype.type
    lower = product(inputs, first)
    below = product(lower, second)
    mixed = number(fraction) * below + number(1 - fraction) * below
    slope = 2 * (product(mixed, third) - targets)
    below_slope = number(fraction) * product(slope, third.T)
    first_slope = product(inputs.T, product(below_slope, second.T))
    return {"layer1/kernel": first - number(rate) * first_slope,
            "layer2/kernel": second - number(rate) * product(lower.T, below_slope),
            "layer3/kernel": third - number(rate) * product(mixed.T, slope)}


model = replay(update)
