"""Small trainings in NumPy, each a trace, into which one difference at a time can be planted.

A net of one tanh layer learns three classes by softmax on seeded data, in float32, by formulas that
are written out here; batches of 16 are fed, the loss is fetched. Nothing of `tf1_recipes` computes.
"""
import numpy as np

from tf1_recipes.traces import MemoryTrace, compare_traces
from tf1_recipes.traces.explain import explain_traces

STEPS, BATCH, INPUTS, HIDDEN, CLASSES = 8, 16, 6, 6, 3


def data(seed=0):
    """Feeds of every step: inputs and labels."""
    random = np.random.RandomState(seed)
    directions = random.normal(size=(INPUTS, CLASSES))
    for _ in range(STEPS):
        x = random.normal(size=(BATCH, INPUTS)).astype(np.float32)
        yield x, np.argmax(x @ directions, axis=1)


def initial(seed=1, dtype=np.float32):
    random = np.random.RandomState(seed)
    return {"hidden/kernel": (random.normal(size=(INPUTS, HIDDEN)) * 0.4).astype(dtype),
            "hidden/bias": np.zeros(HIDDEN, dtype),
            "output/kernel": (random.normal(size=(HIDDEN, CLASSES)) * 0.4).astype(dtype),
            "output/bias": np.zeros(CLASSES, dtype)}


def gradients(weights, x, labels, summed=False, order=None):
    """(loss, {name: gradient}); ``order`` adds up the batch in another order, which only rounds."""
    dtype = weights["hidden/kernel"].dtype
    x = x.astype(dtype)
    if order is not None:
        x, labels = x[order], labels[order]
    hidden = np.tanh(x @ weights["hidden/kernel"] + weights["hidden/bias"])
    logits = hidden @ weights["output/kernel"] + weights["output/bias"]
    scores = np.exp(logits - logits.max(axis=1, keepdims=True))
    share = scores / scores.sum(axis=1, keepdims=True)
    losses = -np.log(share[np.arange(len(labels)), labels])
    count = dtype.type(1 if summed else len(labels))
    error = share
    error[np.arange(len(labels)), labels] -= 1
    error /= count
    back = (error @ weights["output/kernel"].T) * (1 - hidden * hidden)
    return losses.sum() / count, {
        "hidden/kernel": x.T @ back, "hidden/bias": back.sum(axis=0),
        "output/kernel": hidden.T @ error, "output/bias": error.sum(axis=0)}


class Sgd:
    """u = -r g"""

    slots = ()

    def __init__(self, rate=0.1):
        self.rate = rate

    def update(self, step, w, g, slots):
        return -self.rate * g


class Momentum:
    """a = m a + (1 - dampening) g, the first time a = g;  u = -r a, Nesterov's -r (g + m a)"""

    slots = ("Momentum",)

    def __init__(self, rate=0.1, momentum=0.9, nesterov=False, dampening=0.0):
        self.rate, self.momentum, self.nesterov = rate, momentum, nesterov
        self.dampening = dampening

    def update(self, step, w, g, slots):
        keep = 1 if step == 1 else 1 - self.dampening
        slots["Momentum"] = self.momentum * slots["Momentum"] + keep * g
        move = slots["Momentum"]
        return -self.rate * (g + self.momentum * move if self.nesterov else move)


class ChangingRate:
    """a = m a + g, u = -r a;  with ``kept``, u = m u - r g: each gradient keeps its rate.

    ``rate`` and ``momentum`` are functions of the step.
    """

    slots = ("Momentum",)

    def __init__(self, rate, kept=False, momentum=lambda step: 0.9):
        self.rate, self.kept, self.momentum = rate, kept, momentum

    def update(self, step, w, g, slots):
        rate, momentum = np.float32(self.rate(step)), np.float32(self.momentum(step))
        move = slots["Momentum"] = momentum * slots["Momentum"] + (-rate * g if self.kept else g)
        return move if self.kept else -rate * move


class Adam:
    """m += (1 - b1)(g - m); v += (1 - b2)(g^2 - v); u = -r sqrt(1 - b2^t)/(1 - b1^t) m/(sqrt(v)+e)

    ``epsilon_at``: "hat" as in TF1, "outside" as in the paper's algorithm, "inside" the root.
    """

    slots = ("Adam", "Adam_1")

    def __init__(self, rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8, correct=True, counts=1,
                 epsilon_at="hat", ahead=0):
        self.__dict__.update(locals())

    def update(self, step, w, g, slots):
        b1, b2, t = self.beta1, self.beta2, step * self.counts + self.ahead
        m = slots["Adam"] = slots["Adam"] + (1 - b1) * (g - slots["Adam"])
        v = slots["Adam_1"] = slots["Adam_1"] + (1 - b2) * (g * g - slots["Adam_1"])
        c1, c2 = (1 - b1 ** t, 1 - b2 ** t) if self.correct else (1, 1)
        if self.epsilon_at == "hat":
            return -self.rate * np.sqrt(c2) / c1 * m / (np.sqrt(v) + self.epsilon)
        if self.epsilon_at == "inside":
            return -self.rate * (m / c1) / np.sqrt(v / c2 + self.epsilon)
        return -self.rate * (m / c1) / (np.sqrt(v / c2) + self.epsilon)


class Adagrad:
    """a += g^2;  u = -r g / sqrt(a)"""

    slots = ("Adagrad",)

    def __init__(self, rate=0.1, start=0.1):
        self.rate, self.start = rate, start

    def update(self, step, w, g, slots):
        slots["Adagrad"] = slots["Adagrad"] + g * g
        return -self.rate * g / np.sqrt(slots["Adagrad"])


class RmsProp:
    """s += (1 - d)(g^2 - s);  u = -r g / sqrt(s + e)"""

    slots = ("RMSProp",)

    def __init__(self, rate=0.01, start=1.0, epsilon=1e-10):
        self.rate, self.start, self.epsilon = rate, start, epsilon

    def update(self, step, w, g, slots):
        slots["RMSProp"] = slots["RMSProp"] + 0.1 * (g * g - slots["RMSProp"])
        return -self.rate * g / np.sqrt(slots["RMSProp"] + self.epsilon)


def train(optimizer, seed=1, data_seed=0, start=None, dtype=np.float32, summed=False, order=None,
          change=None, after=None, rates=None, l2=0.0, decay=0.0, decay_order="after", feed=None,
          record_slots=False, fetch=True, frozen=(), record_feeds=True, steps=STEPS,
          weights_change=None):
    """Trains, and returns the trace.

    Args:
        order: function of the step that permutes the batch's additions.
        change: function of (step, gradients) that returns other gradients.
        rates: dict of name to a factor of that variable's updates.
        l2: lambda of L2 in the loss's gradient; decay: the share by decoupled decay, of kernels.
        feed: function of (step, x, labels) that returns other feeds.
        after: function of (step, weights) that returns other weights.
    """
    w = start or initial(seed, dtype)
    w = {name: np.array(each, dtype) for name, each in w.items()}
    slots = {name: {slot: np.full_like(each, getattr(optimizer, "start", 0))
                    for slot in optimizer.slots} for name, each in w.items()}
    trace = MemoryTrace()
    _write(trace, 0, w, slots if record_slots else {}, [], [])
    for step, (x, labels) in enumerate(data(data_seed), 1):
        if step > steps:
            break
        if feed:
            x, labels = feed(step, x, labels)
        loss, g = gradients(w, x, labels, summed, order(step) if order else None)
        g = change(step, g) if change else g
        for name in w:
            if name in frozen:
                continue
            kernel = name.endswith("kernel") or name.endswith("table")
            slope = g[name] + l2 * w[name] if kernel else g[name]
            old, share = w[name], decay if kernel else 0.0
            if share and decay_order == "before":
                old = old * (1 - share)
            move = optimizer.update(step, w[name], slope.astype(dtype), slots[name])
            new = old + (rates or {}).get(name, 1) * move
            w[name] = (new * (1 - share) if share and decay_order == "after" else new).astype(dtype)
        w = after(step, w) if after else w
        _write(trace, step, w, slots if record_slots else {},
               [("fetches", "loss", np.asarray(loss))] if fetch else [],
               [("feeds", "x", x), ("feeds", "labels", labels)] if record_feeds else [])
    return trace


def _write(trace, step, w, slots, fetches, feeds):
    arrays = [("variables", name, each) for name, each in w.items()]
    arrays += [("variables", "%s/%s" % (name, slot), each.astype(w[name].dtype))
               for name, own in slots.items() for slot, each in own.items()]
    trace.step(step, arrays + fetches + feeds, {"session": 0, "initial": step == 0})


def explained(a, b):
    return explain_traces(a, b, compare_traces(a, b))


def titles(a, b):
    """The titles of the diagnoses, the root first, and "unexplained" where something is left."""
    found = explained(a, b)
    return [each.title for each in found.diagnoses] + ["unexplained"] * bool(found.unexplained)


def only(a, b):
    """The one diagnosis there is, which leaves nothing unexplained."""
    found = explained(a, b)
    assert not found.unexplained, found.unexplained
    assert len(found.diagnoses) == 1, found.diagnoses
    return found.diagnoses[0]


def remade(trace, change):
    """The trace, each of its arrays replaced by ``change(step, kind, name, array)``: a list of
    (kind, name, array)."""
    made = MemoryTrace(trace.manifest)
    for step in trace:
        made.step(step.number, [each for (kind, name), tensor in step.tensors.items()
                                for each in change(step.number, kind, name, tensor.read())],
                  step.facts)
    return made


def clip_by_value(bound):
    return lambda step, gradients: {
        name: np.clip(each, -bound, bound) for name, each in gradients.items()}


def clip_by_norm(bound):
    return lambda step, gradients: {
        name: each * np.float32(min(1, bound / np.linalg.norm(each)))
        for name, each in gradients.items()}


def clip_by_global_norm(bound):
    def change(step, gradients):
        norm = np.sqrt(sum(np.sum(each ** 2) for each in gradients.values()))
        return {name: each * np.float32(min(1, bound / norm)) for name, each in gradients.items()}
    return change


def another_order(step):
    return np.random.RandomState(step).permutation(BATCH)
