"""E2: gradient descent on (w - 1)^2 / 2 with weight decay decoupled from the gradient.

    after the update:    w' = w - rate * (w - 1),   w'' = w' - decay * w'
    before the update:   w' = w - decay * w,        w'' = w' - rate * (w - 1)
"""
from tf1_recipes.evidence.models import replay


def update(state, feeds, rate=0.1, decay=0.1, order="after_update"):
    w = state["w"]
    one, rate, decay = (w.dtype.type(number) for number in (1, rate, decay))
    step = rate * (w - one)
    if order == "after_update":
        updated = w - step
        return {"w": updated - decay * updated}
    return {"w": w - decay * w - step}


model = replay(update)
