"""A4: gradient descent on x0^2 + x1^2, where x1 sees alpha times its gradient.

    x0 -= rate * 2 x0,   x1 -= rate * alpha * 2 x1
"""
from tf1_recipes.evidence.models import replay


def update(state, feeds, rate=0.1, alpha=0.1):
    x0, x1 = state["x0"], state["x1"]
    two, rate, alpha = (x0.dtype.type(number) for number in (2, rate, alpha))
    return {"x0": x0 - rate * (two * x0), "x1": x1 - rate * (two * x1 * alpha)}


model = replay(update)
