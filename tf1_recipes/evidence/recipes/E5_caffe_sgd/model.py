"""E5: Caffe's SGD on sum (w - 1)^2 / 2 + (b + 0.1)^2 / 2; the bias at twice the rate, no decay.

    diff = (w - 1) + weight_decay * w,   history = momentum * history + rate * diff,    w -= history
    diff = b + 0.1,                      history = momentum * history + 2 rate * diff,  b -= history
"""
from tf1_recipes.evidence.models import replay


def update(state, feeds, momentum=0.9, weight_decay=0.0005):
    w, b, rate = state["weights"], state["bias"], feeds["rate"]
    one, two, tenth, momentum, weight_decay = (
        w.dtype.type(number) for number in (1, 2, 0.1, momentum, weight_decay))
    w_diff = (w - one) + weight_decay * w
    b_diff = b + tenth
    w_history = momentum * state["weights/history"] + rate * w_diff
    b_history = momentum * state["bias/history"] + two * rate * b_diff
    return {"weights": w - w_history, "weights/history": w_history,
            "bias": b - b_history, "bias/history": b_history}


model = replay(update)
