"""E3: momentum on sum (w - 1)^2 / 2 + (b + 0.1)^2 / 2, then w decays, b does not.

    A_w = m A_w + (w - 1),   A_b = m A_b + (b + 0.1)
    w' = w - rate * A_w,   w'' = w' - decay * w',   b' = b - rate * A_b
"""
from tf1_recipes.evidence.models import replay


def update(state, feeds, rate=0.125, momentum=0.5, decay=0.0005):
    w, b = state["weights"], state["bias"]
    one, tenth, rate, momentum, decay = (
        w.dtype.type(number) for number in (1, 0.1, rate, momentum, decay))
    w_accumulator = momentum * state["weights/Momentum"] + (w - one)
    b_accumulator = momentum * state["bias/Momentum"] + (b + tenth)
    updated = w - rate * w_accumulator
    return {"weights": updated - decay * updated, "weights/Momentum": w_accumulator,
            "bias": b - rate * b_accumulator, "bias/Momentum": b_accumulator}


model = replay(update)
