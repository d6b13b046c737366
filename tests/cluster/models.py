"""What the two layers of training.py must be after each step, with a bound for any float32 program.

    r = x a b - y,   dL/db = (x a)' 2r / n,   dL/da = x' (2r / n b')

computed with `Bounded` numbers: every sum in any order, so also as the average of two halves of a
batch, and in any parts of a variable. (The division by n, and that by 2 of the average, are by
powers of 2, and exact.) A program's a is off from exact arithmetic by at most a.error, so two
programs are at most 2 a.error apart.
"""
import numpy as np

from tests.cluster.training import BATCH, STEPS, A, B, batch
from tf1_recipes.evidence.models.bounded import exact, product, rounded, total
from tf1_recipes.optimizers.formulas import Adam, Momentum

FORMULAS = {}


def formula(function):
    """Adds a function of (a, b, da, db, memory, t) to the table; t is the step from 0 on."""
    FORMULAS[function.__name__] = function
    return function


def expected(name):
    """{number of a trace's step: {"a": Bounded, "b": Bounded}}, the initial values among them."""
    a, b, memory = exact(A), exact(B), {}
    states = {0: {"a": a, "b": b}}
    for t in range(STEPS):
        x, y = map(exact, batch(t))
        hidden = product(x, a)
        slope = (product(hidden, b) - y) * (2 / BATCH)
        da, db = product(x.T, product(slope, b.T)), product(hidden.T, slope)
        a, b = FORMULAS[name](a, b, da, db, memory, t)
        states[t + 1] = {"a": a, "b": b}
    return states


def step_of(optimizer, memory, name, w, g):
    """The variable after a step of an optimizer, whose slots are kept in the memory."""
    if name not in memory:
        initial = optimizer.initial(np.zeros(w.shape, np.float32))
        memory[name] = {slot: exact(value) for slot, value in initial.items()}
    w, memory[name] = optimizer.dense(w, g, memory[name])
    return w


def momentum(memory, name, w, g, rate=0.05):
    return step_of(Momentum(rate, 0.5), memory, name, w, g)


def adam(memory, name, w, g, rate=0.05):
    return step_of(Adam(rate, 0.5, 0.75, 0.125), memory, name, w, g)


@formula
def plain_momentum(a, b, da, db, memory, t):
    return momentum(memory, "a", a, da), momentum(memory, "b", b, db)


@formula
def grouped(a, b, da, db, memory, t):
    return momentum(memory, "a", a, da), b - 0.1 * db


@formula
def layerwise(a, b, da, db, memory, t):
    return momentum(memory, "a", a, da, 0.025), momentum(memory, "b", b, db, 0.1)


FORMULAS["declared"] = layerwise


@formula
def layerwise_adam(a, b, da, db, memory, t):
    return adam(memory, "a", a, da, 0.025), adam(memory, "b", b, db)


@formula
def unfreezing(a, b, da, db, memory, t):
    return momentum(memory, "a", a, da) if t >= 2 else a, momentum(memory, "b", b, db)


@formula
def unfreezing_by_rates(a, b, da, db, memory, t):
    return a - 0.05 * da if t >= 2 else a, b - 0.05 * db


@formula
def decay_behind_update(a, b, da, db, memory, t):
    a, b = plain_momentum(a, b, da, db, memory, t)
    return a - 0.1 * a, b - 0.1 * b


FORMULAS["decay_op"] = decay_behind_update


@formula
def decay_before_update(a, b, da, db, memory, t):
    return plain_momentum(a - 0.1 * a, b - 0.1 * b, da, db, memory, t)


FORMULAS["extended"] = FORMULAS["momentum_w"] = decay_before_update


@formula
def adam_w(a, b, da, db, memory, t):
    return adam(memory, "a", a - 0.1 * a, da), adam(memory, "b", b - 0.1 * b, db)


@formula
def caffe(a, b, da, db, memory, t):
    for name, step in (("a", 0.05 * (da + 0.1 * a)), ("b", 0.1 * db)):
        memory[name] = 0.5 * memory[name] + step if name in memory else step
    return a - memory["a"], b - memory["b"]


@formula
def multiplied(a, b, da, db, memory, t):
    return momentum(memory, "a", a, 0.5 * da), momentum(memory, "b", b, 2.0 * db)


@formula
def clipped_by_value(a, b, da, db, memory, t):
    return a - 0.1 * np.clip(da, -0.5, 0.5), b - 0.1 * np.clip(db, -0.5, 0.5)


@formula
def clipped_by_norm(a, b, da, db, memory, t):
    """Each part of a variable, as TensorFlow has it, is a variable and has a norm of its own."""
    da, db = (np.concatenate([shortened([part], 0.5)[0] for part in parts])
              for parts in ((da[:2], da[2:]), (db[:1], db[1:])))
    return a - 0.1 * da, b - 0.1 * db


@formula
def clipped_by_global_norm(a, b, da, db, memory, t):
    da, db = shortened([da, db], 1.0)
    return a - 0.1 * da, b - 0.1 * db


def shortened(gradients, limit):
    """The gradients, times limit / norm if their common norm is above the limit."""
    squares = [(each * each)[row] for each in gradients for row in range(len(each))]
    norm = np.sqrt(total(np.concatenate(squares)))
    if np.greater(norm, limit):  # which refuses what depends on a rounding
        return [each / norm * limit for each in gradients]
    return gradients


@formula
def scaled(a, b, da, db, memory, t):
    return momentum(memory, "a", a, 0.25 * da), momentum(memory, "b", b, db)


@formula
def l2_collections(a, b, da, db, memory, t):
    return momentum(memory, "a", a, da + 0.1 * a), momentum(memory, "b", b, db)


@formula
def autoencoders(a, b, da, db, memory, t):
    return momentum(memory, "a", a, da), b


@formula
def scheduled(a, b, da, db, memory, t):
    rate = rounded(np.float64(0.1 * 0.5 ** t), a)
    return a - rate * da, b - rate * db
