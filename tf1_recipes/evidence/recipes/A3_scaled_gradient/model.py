"""A3: gradient descent on (x - y)^2, with y's gradient counted twice.

    x -= rate * 2(x - y),   y -= rate * 2 * -2(x - y)
"""
from tf1_recipes.evidence.models import replay


def update(state, feeds, rate=0.1, multiplier=2):
    x, y, step = state["x"], state["y"], state["global_step"]
    two, rate, multiplier = (x.dtype.type(number) for number in (2, rate, multiplier))
    slope = two * (x - y)
    return {"x": x - rate * slope, "y": y - rate * (multiplier * -slope),
            "global_step": step + step.dtype.type(1)}


model = replay(update)
