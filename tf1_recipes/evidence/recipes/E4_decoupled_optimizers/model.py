"""E4: Adam on w and momentum on v, both under a fed gradient g, each decayed before its update.

    w' = w - decay * w,   m = m + (1 - b1) (g - m),   u = u + (1 - b2) (g^2 - u)
    w'' = w' - rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(u) + epsilon)
    v' = v - decay * v,   A = momentum * A + g,   v'' = v' - rate * A

b1^t and b2^t are variables that start at b1 and b2 and are multiplied after the update.
"""
import numpy as np

from tf1_recipes.evidence.models import replay


def update(state, feeds, decay=0.01, rate=0.1, beta1=0.9, beta2=0.999, epsilon=1e-8, momentum=0.9):
    w, v, slope = state["w"], state["v"], feeds["slope"]
    one, decay, rate, beta1, beta2, epsilon, momentum = (
        w.dtype.type(number) for number in (1, decay, rate, beta1, beta2, epsilon, momentum))
    power1, power2 = state["beta1_power"], state["beta2_power"]
    mean = state["w/AdamW"] + (one - beta1) * (slope - state["w/AdamW"])
    square = state["w/AdamW_1"] + (one - beta2) * (slope * slope - state["w/AdamW_1"])
    step = rate * np.sqrt(one - power2) / (one - power1)
    accumulator = momentum * state["v/MomentumW"] + slope
    return {"w": w - decay * w - step * mean / (np.sqrt(square) + epsilon),
            "w/AdamW": mean, "w/AdamW_1": square,
            "beta1_power": power1 * beta1, "beta2_power": power2 * beta2,
            "v": v - decay * v - rate * accumulator, "v/MomentumW": accumulator}


model = replay(update)
