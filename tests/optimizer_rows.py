"""Everything that trains, each a row of one table: the contract's tests run every row.

All rows train the same two variables on the same loss, whose gradients need each other's weights:

    loss = sum w * v        dL/dw = v,   dL/dv = w        w = [[1, 2], ...],  v = [[3, -1], ...]

Rates, decays and factors are powers of 2, so that most recipes round nothing in any floating type
and are compared to the bit. A new recipe needs one more row, a call of ``recipe``.
"""
import collections

import numpy as np
import pytest

from tf1_recipes import (
    AdamWOptimizer,
    BookMomentumOptimizer,
    CaffeSGDOptimizer,
    DecoupledRegularization,
    DecoupledWeightDecay,
    DiscriminativeAdam,
    GroupedOptimizer,
    MomentumWOptimizer,
    clip_gradients,
    decay_after,
    extend_with_decoupled_weight_decay,
    layerwise_autoencoders,
    layerwise_optimizer,
    multiply_gradients,
    scale_gradient,
    unfreeze_on_schedule,
)
from tf1_recipes.graph.gating import gate
from tf1_recipes.v1 import tf

W = np.array([[1.0, 2.0], [-2.0, 0.5], [4.0, 1.0], [0.25, -1.0]])
V = np.array([[3.0, -1.0], [1.0, 2.0], [0.5, -0.5], [2.0, 4.0]])
IDS = [1, 1, 3, 0]  # Row 1 twice, row 2 never.
STEPS = 2

Training = collections.namedtuple("Training", "w v loss_of rate step change")
Training.__doc__ = """What a row builds its train op from.

w, v: the variables.
loss_of: function of what stands for w and v that returns the loss.
rate: the row's own number, of whatever kind.
step: the global step.
change: function of the (gradient, variable) pairs to apply between their computation and their
    use, of rows that have a place for it; or None.
"""

Recipe = collections.namedtuple("Recipe", "name build rate formula empty settings")
Recipe.__doc__ = """A row.

build: function of a `Training` that returns the train op, or it and the variable that counts.
rate: float, the number that the recipe is given: a rate, a decay, a factor or a limit.
formula: function (w, g_w, v, g_v, rate, memory, t) that returns the new w and v, in NumPy. The
    memory is a dict, empty before the first step, t the step from 1 on.
empty: function of a `Training` that asks for nothing, and must be refused.
settings: dict of what sets the row apart, see `SETTINGS`.
"""

EVERY_KIND = ("tensor", "placeholder", "variable", "callable")
SETTINGS = {
    "rounds": 0,         # how many operations of a step, on the way to one weight, round
    "numbers": ("tensor", "placeholder", "variable"),  # kinds of rate beside a Python number
    "rounds_in": None,   # the type in which they round, where it is not the variables' own
    "all_rows": False,   # whether rows that a sparse gradient does not name move, too
    "none": "refused",   # a variable without gradient: "refused", or it "stays"; None: not asked
    "pairs": False,      # whether gradients may be changed before they are applied
    "slot": None,        # name of the slot variable of w
    "counts_last": True,  # whether nothing is written behind the counter
    "settles_loss": True,  # whether the step waits for the loss, too
    "phases": 1,         # how many train ops there are
    "parts": True,       # whether variables in parts train as whole ones do
    "around": None,      # the optimizer around another one, a `Wrapper`'s
    "train": None,       # the train op with another optimizer, a `Wrapper`'s
    "leaf": None,        # the optimizer without another one, function of the learning rate
    "update": None,      # what it does to one weight, in NumPy; see `Wrapper`
}

Wrapper = collections.namedtuple("Wrapper", "name around train update computed rounds")
Wrapper.__doc__ = """What trains by an optimizer that it is given: a recipe, or a user's wrapper.

around: function (make, rate) that returns an optimizer around ``make(rate)``; or None.
train: function (make, `Training`) that returns the train op.
update: function (inner, `Step`) that returns the new weight, in NumPy, where ``inner(step)`` is the
    new weight by the optimizer inside. Of a leaf, which has none inside: function (memory, `Step`).
computed: function that gives what ``compute_gradients`` makes of a gradient, in NumPy.
rounds: as in `SETTINGS`.
"""

Step = collections.namedtuple("Step", "name weight gradient rate t")
Step.__doc__ = "A step of one variable, w or v: the t-th, from 1 on."


def unchanged(gradient):
    return gradient


def every(variable):
    return True


def sgd(rate):
    return tf.train.GradientDescentOptimizer(rate)


def momentum(rate):
    return tf.train.MomentumOptimizer(rate, 0.5)


def minimize(optimizer, training, **settings):
    if training.change:
        return apply_changed(optimizer, training, training.change)
    loss = training.loss_of(training.w, training.v)
    return optimizer.minimize(loss, training.step, **settings)


def apply_changed(optimizer, training, change):
    """A step of gradients that are changed between their computation and their use."""
    pairs = optimizer.compute_gradients(training.loss_of(training.w, training.v))
    return optimizer.apply_gradients(change(pairs), training.step)


def with_pairs(make, training, change):
    """A step by an optimizer whose pairs are changed by a function (optimizer, pairs)."""
    optimizer = make(0.25)
    return apply_changed(optimizer, training, lambda pairs: change(optimizer, pairs))


def gated(_, pairs):
    """The pairs, for recipes that leave the gate to the user.

    GATE_GRAPH is none for a gradient that an optimizer multiplies once more behind it.
    """
    gradients, variables = zip(*pairs)
    return list(zip(gate(gradients), variables))


def class_of(make):
    """A class whose instances are made by a function of the learning rate."""
    class Made(tf.train.Optimizer):
        def __new__(cls, rate):
            return make(rate)
    return Made


def momentum_of(memory, name, gradient, factor=0.5):
    memory[name] = factor * memory.get(name, 0.0) + gradient
    return memory[name]


def adam_of(memory, name, gradient, t, beta1=0.5, beta2=0.75, epsilon=1.0):
    m = memory[name + "/m"] = beta1 * memory.get(name + "/m", 0.0) + (1 - beta1) * gradient
    v = memory[name + "/v"] = beta2 * memory.get(name + "/v", 0.0) + (1 - beta2) * gradient ** 2
    return np.sqrt(1 - beta2 ** t) / (1 - beta1 ** t) * m / (np.sqrt(v) + epsilon)


def momentum_then_decay(w, dw, v, dv, rate, memory, t):
    return ((1 - rate) * (w - 0.5 * momentum_of(memory, "w", dw)),
            (1 - rate) * (v - 0.5 * momentum_of(memory, "v", dv)))


def decay_then_momentum(w, dw, v, dv, rate, memory, t):
    return ((1 - rate) * w - 0.5 * momentum_of(memory, "w", dw),
            (1 - rate) * v - 0.5 * momentum_of(memory, "v", dv))


def parts(variable):
    return list(variable) if hasattr(variable, "_get_partitions") else [variable]


RECIPES = []


def recipe(name, build, rate, formula, empty, **settings):
    RECIPES.append(Recipe(name, build, rate, formula, empty, dict(SETTINGS, **settings)))


def wrapper_of(each):
    """What a row does with an optimizer that it is given, or with none: a `Wrapper`."""
    around, train = each.settings["around"], each.settings["train"]
    if not train:
        around = around or (lambda make, rate: each.settings["leaf"](rate))
        train = trained_by(around)
    return Wrapper(each.name, around, train, each.settings["update"], unchanged,
                   each.settings["rounds"])


def trained_by(around):
    return lambda make, t: minimize(around(make, 0.25), t)


recipe(
    "GroupedOptimizer",
    lambda t: minimize(GroupedOptimizer([(momentum(t.rate), t.w), (sgd(0.5), t.v)]), t),
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (
        w - rate * momentum_of(memory, "w", dw), v - 0.5 * dv),
    lambda t: GroupedOptimizer([]),
    numbers=EVERY_KIND, pairs=True, slot="w/Momentum",
    around=lambda make, rate: GroupedOptimizer([(make(rate), every)]),
    update=lambda inner, step: inner(step))

recipe(
    "layerwise_optimizer",
    lambda t: minimize(layerwise_optimizer(momentum, t.rate, [(t.w, 0.5), (t.v, 2)]), t),
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (
        w - 0.5 * rate * momentum_of(memory, "w", dw), v - 2 * rate * momentum_of(memory, "v", dv)),
    lambda t: layerwise_optimizer(momentum, t.rate, {}),
    pairs=True, slot="w/Momentum",
    around=lambda make, rate: layerwise_optimizer(make, rate, [(every, 0.5)]),
    update=lambda inner, step: inner(step._replace(rate=0.5 * step.rate)))

recipe(
    "unfreeze_on_schedule",
    lambda t: unfreeze_on_schedule(
        t.loss_of(t.w, t.v), lambda: momentum(t.rate), [(0, [t.v]), (1, [t.w])], t.step).train_op,
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (
        w - (rate * momentum_of(memory, "w", dw) if t > 1 else 0),
        v - rate * momentum_of(memory, "v", dv)),
    lambda t: unfreeze_on_schedule(t.loss_of(t.w, t.v), lambda: sgd(t.rate), [], t.step),
    numbers=EVERY_KIND, slot="w/Momentum",
    train=lambda make, t: unfreeze_on_schedule(
        t.loss_of(t.w, t.v), lambda: make(0.25), [(0, [t.v]), (1, [t.w])], t.step).train_op,
    update=lambda inner, step: (
        inner(step) if step.name == "v"
        else inner(step._replace(t=step.t - 1)) if step.t > 1 else step.weight))

recipe(
    "DecoupledWeightDecay after",
    lambda t: minimize(DecoupledWeightDecay(momentum(0.5), t.rate), t),
    0.25,
    momentum_then_decay,
    lambda t: minimize(DecoupledWeightDecay(momentum(0.5), t.rate, include=[]), t),
    pairs=True, slot="w/Momentum",
    around=lambda make, rate: DecoupledWeightDecay(make(rate), 0.25),
    update=lambda inner, step: 0.75 * inner(step))

recipe(
    "DecoupledWeightDecay before",
    lambda t: minimize(DecoupledWeightDecay(momentum(0.5), t.rate, "before_update"), t),
    0.25,
    decay_then_momentum,
    lambda t: minimize(DecoupledWeightDecay(sgd(0.5), t.rate, exclude=[t.w, t.v]), t),
    pairs=True, slot="w/Momentum",
    around=lambda make, rate: DecoupledWeightDecay(make(rate), 0.25, "before_update"),
    update=lambda inner, step: inner(step._replace(weight=0.75 * step.weight)))

recipe(
    "decay_after",
    lambda t: decay_after(
        minimize(momentum(0.5), t, gate_gradients=tf.train.Optimizer.GATE_GRAPH), t.rate,
        variables=parts(t.w) + parts(t.v)),
    0.25,
    momentum_then_decay,
    lambda t: decay_after(minimize(sgd(0.5), t), t.rate, variables=[]),
    all_rows=True, none="stays", slot="w/Momentum", counts_last=False,
    settles_loss=False,
    train=lambda make, t: decay_after(
        with_pairs(make, t, gated), 0.25, variables=[t.w, t.v]),
    update=lambda inner, step: 0.75 * inner(step))

recipe(
    "DecoupledRegularization",
    lambda t: minimize(DecoupledRegularization(momentum(0.5), t.rate, l2_losses(t)), t),
    0.25,
    momentum_then_decay,
    lambda t: minimize(DecoupledRegularization(momentum(0.5), t.rate, []), t),
    all_rows=True, none="stays", pairs=True, slot="w/Momentum",
    train=lambda make, t: minimize(DecoupledRegularization(make(0.25), 0.25, l2_losses(t)), t),
    update=lambda inner, step: 0.75 * inner(step))


def l2_losses(training):
    return [tf.nn.l2_loss(each) for each in parts(training.w) + parts(training.v)]


recipe(
    "extend_with_decoupled_weight_decay",
    lambda t: minimize(
        extend_with_decoupled_weight_decay(tf.train.MomentumOptimizer)(t.rate, 0.5, 0.5), t),
    0.25,
    decay_then_momentum,
    lambda t: minimize(
        extend_with_decoupled_weight_decay(tf.train.MomentumOptimizer)(t.rate, 0.5, 0.5), t,
        decay_var_list=[]),
    numbers=EVERY_KIND, none="stays", pairs=True, slot="w/Momentum",
    around=lambda make, rate: extend_with_decoupled_weight_decay(class_of(make))(0.25, rate),
    update=lambda inner, step: inner(step._replace(weight=0.75 * step.weight)))

recipe(
    "AdamWOptimizer",
    lambda t: minimize(AdamWOptimizer(t.rate, 0.5, 0.5, 0.75, 1.0), t),
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (
        (1 - rate) * w - 0.5 * adam_of(memory, "w", dw, t),
        (1 - rate) * v - 0.5 * adam_of(memory, "v", dv, t)),
    lambda t: minimize(AdamWOptimizer(t.rate), t, decay_var_list=[]),
    numbers=EVERY_KIND, none="stays", pairs=True, slot="w/AdamW",
    rounds=16,
    leaf=lambda rate: AdamWOptimizer(0.25, rate, 0.5, 0.75, 1.0),
    update=lambda memory, step: 0.75 * step.weight - step.rate * adam_of(
        memory, step.name, step.gradient, step.t))

recipe(
    "MomentumWOptimizer",
    lambda t: minimize(MomentumWOptimizer(t.rate, 0.5, 0.5), t),
    0.25,
    decay_then_momentum,
    lambda t: minimize(MomentumWOptimizer(t.rate, 0.5, 0.5), t, decay_var_list=[]),
    numbers=EVERY_KIND, none="stays", pairs=True, slot="w/MomentumW",
    leaf=lambda rate: MomentumWOptimizer(0.25, rate, 0.5),
    update=lambda memory, step: 0.75 * step.weight - step.rate * momentum_of(
        memory, step.name, step.gradient))

recipe(
    "CaffeSGDOptimizer",
    lambda t: minimize(CaffeSGDOptimizer(
        t.rate, momentum=0.5, weight_decay=0.25, lr_mult=[(t.v, 2)], decay_mult=[(t.v, 0)]), t),
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (
        w - momentum_of(memory, "w", rate * (dw + 0.25 * w)),
        v - momentum_of(memory, "v", 2 * rate * dv)),
    lambda t: minimize(CaffeSGDOptimizer(t.rate, lr_mult={}), t),
    pairs=True, slot="w/history",
    leaf=lambda rate: CaffeSGDOptimizer(rate, momentum=0.5, weight_decay=0.25),
    update=lambda memory, step: step.weight - momentum_of(
        memory, step.name, step.rate * (step.gradient + 0.25 * step.weight)))

recipe(
    "BookMomentumOptimizer",
    lambda t: minimize(BookMomentumOptimizer(t.rate, 0.5), t),
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (
        w - momentum_of(memory, "w", rate * dw), v - momentum_of(memory, "v", rate * dv)),
    lambda t: minimize(BookMomentumOptimizer(-1.0, 0.5), t),
    none="stays", pairs=True, slot="w/history",
    leaf=lambda rate: BookMomentumOptimizer(rate, 0.5),
    update=lambda memory, step: step.weight - momentum_of(
        memory, step.name, step.rate * step.gradient))

recipe(
    "multiply_gradients",
    lambda t: apply_changed(momentum(0.5), t, lambda pairs: multiply_gradients(
        momentum(0.5), pairs, [(t.w, t.rate), (t.v, 2)])),
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (
        w - 0.5 * momentum_of(memory, "w", rate * dw),
        v - 0.5 * momentum_of(memory, "v", 2 * dv)),
    lambda t: apply_changed(sgd(0.5), t, lambda pairs: multiply_gradients(sgd(0.5), pairs, [])),
    none="stays", slot="w/Momentum", settles_loss=False,
    train=lambda make, t: with_pairs(make, t, lambda optimizer, pairs: multiply_gradients(
        optimizer, pairs, [(t.w, 0.25), (t.v, 2)])),
    update=lambda inner, step: inner(step._replace(
        gradient=step.gradient * (0.25 if step.name == "w" else 2))))

recipe(
    "clip_gradients by value",
    lambda t: apply_changed(
        momentum(0.5), t, lambda pairs: clip_gradients(pairs, "value", t.rate).grads_and_vars),
    1.5,
    lambda w, dw, v, dv, rate, memory, t: (
        w - 0.5 * momentum_of(memory, "w", np.clip(dw, -rate, rate)),
        v - 0.5 * momentum_of(memory, "v", np.clip(dv, -rate, rate))),
    lambda t: clip_gradients([(None, t.w), (None, t.v)], "value", t.rate),
    none="stays", slot="w/Momentum", settles_loss=False,
    train=lambda make, t: with_pairs(make, t, lambda optimizer, pairs: clip_gradients(
        pairs, "value", 1.5).grads_and_vars),
    update=lambda inner, step: inner(step._replace(gradient=np.clip(step.gradient, -1.5, 1.5))))


def by_global_norm(dw, dv, limit):
    return min(1.0, limit / np.sqrt(np.sum(dw ** 2) + np.sum(dv ** 2)))


recipe(
    "clip_gradients by global norm",
    lambda t: apply_changed(sgd(0.5), t, lambda pairs: clip_gradients(
        pairs, "global_norm", t.rate).grads_and_vars),
    2.0,
    lambda w, dw, v, dv, rate, memory, t: (
        w - 0.5 * dw * by_global_norm(dw, dv, rate), v - 0.5 * dv * by_global_norm(dw, dv, rate)),
    lambda t: clip_gradients([], "global_norm", t.rate),
    none="stays", rounds=24, settles_loss=False)  # 16 squares are added up

recipe(
    "scale_gradient",
    lambda t: momentum(0.5).minimize(
        t.loss_of(scaled(t.w, t.rate), t.v), t.step,
        gate_gradients=tf.train.Optimizer.GATE_GRAPH),
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (
        w - 0.5 * momentum_of(memory, "w", rate * dw), v - 0.5 * momentum_of(memory, "v", dv)),
    lambda t: scale_gradient([], t.rate),
    none="stays", slot="w/Momentum", settles_loss=False,
    train=lambda make, t: with_pairs(make, t._replace(
        loss_of=lambda w, v: t.loss_of(scale_gradient(w, 0.5), v)), gated),
    update=lambda inner, step: inner(step._replace(
        gradient=step.gradient * (0.5 if step.name == "w" else 1))))


def scaled(variable, alpha):
    found = [scale_gradient(part, alpha) for part in parts(variable)]
    return found if len(found) > 1 else found[0]


recipe(
    "layerwise_autoencoders",
    lambda t: autoencoders(t, lambda: momentum(t.rate))[0].train_op,
    0.25,
    lambda w, dw, v, dv, rate, memory, t: (w - rate * momentum_of(memory, "w", dw), v),
    lambda t: layerwise_autoencoders(tf.ones([4, 2]), [], lambda: sgd(1.0)),
    numbers=EVERY_KIND, none="stays", slot="w/Momentum",
    phases=2,
    train=lambda make, t: autoencoders(t, lambda: make(0.25))[0].train_op,
    update=lambda inner, step: inner(step) if step.name == "w" else step.weight)


def autoencoders(training, factory):
    """Two layers of one variable each; what the first gives back is judged by the common loss."""
    inputs = tf.ones(training.w.shape, training.w.dtype.base_dtype)
    lower = inputs * tf.convert_to_tensor(training.w)
    return layerwise_autoencoders(
        inputs, [lower, lower * tf.convert_to_tensor(training.v)], factory,
        decoder=lambda code, source: code,
        loss=lambda *_: training.loss_of(training.w, training.v), global_step=training.step)


recipe(
    "DiscriminativeAdam",
    lambda t: discriminative_adam(t),
    0.5,
    lambda w, dw, v, dv, rate, memory, t: (
        w - rate * adam_of(memory, "w", dw, t), v - 0.25 * adam_of(memory, "v", dv, t)),
    lambda t: DiscriminativeAdam(keras_model(t), stages=[], lr=[]),
    numbers=(), none=None, rounds=16, parts=False, phases=0, slot="w/m", rounds_in="float32")

Layer = collections.namedtuple("Layer", "name weights trainable_weights")
Model = collections.namedtuple("Model", "layers trainable_weights")


def keras_model(training):
    """What `DiscriminativeAdam` looks at in a model: its layers and their weights."""
    layers = [Layer(name, [each], [each]) for name, each in (("w", training.w), ("v", training.v))]
    return Model(layers, [training.w, training.v])


def discriminative_adam(training):
    optimizer = DiscriminativeAdam(
        keras_model(training), stages=["w", "v"], lr=[training.rate, 0.25], beta_1=0.5,
        beta_2=0.75, epsilon=1.0)
    loss = training.loss_of(training.w, training.v)
    updates = optimizer.get_updates(loss, [training.w, training.v])
    return tf.group(*updates), optimizer.iterations


def those(condition):
    """A mark that gives a test the rows whose settings are such."""
    return pytest.mark.parametrize(
        "each", [each for each in RECIPES if condition(each.settings)], ids=lambda each: each.name)


all_recipes = those(lambda settings: True)
both_kinds = pytest.mark.parametrize("use_resource", [False, True], ids=["ref", "resource"])


def build(each, dtype=tf.float32, sparse=False, rate=None, change=None, times=1, loss_of=None,
          names=("w", "v"), values=(W, V), **settings):
    """Builds a row's step in the default graph.

    Args:
        each: `Recipe`.
        dtype: type of the variables.
        sparse: bool, whether w is looked up by rows.
        rate: function of w and v that returns the row's number, by default the plain one.
        change: function of the pairs, see `Training`.
        times: int, how often the values are repeated.
        loss_of: function of w and v that returns another loss.
        names, values: of the variables.
        **settings: of the variables.

    Returns:
        The train op, and the list of w, v and the variable that counts.
    """
    w, v = (tf.get_variable(name, [4 * times, 2], dtype, of_rows(np.tile(value, [times, 1])),
                            **settings) for name, value in zip(names, values))
    step = tf.train.get_or_create_global_step()

    def product(w, v):
        rows = tf.nn.embedding_lookup(w, IDS, partition_strategy="div") if sparse else whole(w)
        loss = tf.reduce_sum(rows * v)
        tf.add_to_collection("losses", loss)
        return loss

    built = each.build(Training(
        w, v, loss_of or product, rate(w, v) if rate else each.rate, step, change))
    train_op, counter = built if isinstance(built, tuple) else (built, step)
    return train_op, [w, v, counter]


def of_rows(value):
    """An initialiser that gives each part of a variable its rows."""
    def initializer(shape, dtype=None, partition_info=None):
        start = partition_info.var_offset[0] if partition_info else 0
        return tf.constant(value[start:start + shape[0]], dtype)
    return initializer


def whole(variable):
    return tf.concat(variable, 0) if isinstance(variable, list) else tf.convert_to_tensor(variable)


def agree(each, found, dtype=tf.float32, sparse=False, steps=STEPS, wanted=None):
    """Asserts that w, v and the count are the formula's: to the bit, or but for the roundings."""
    kinds = [np.dtype(kind) for kind in (dtype.as_numpy_dtype, each.settings["rounds_in"]) if kind]
    unit = max(np.finfo(kind).eps for kind in kinds) / 2
    *found, count = found
    wanted = wanted or expected(each, sparse, steps)
    # Each rounding is off by half an epsilon of the largest number there is, and what w is off by
    # goes into the next step's w, and into its v with a share of less than 1.
    largest = max(np.abs(value).max() for value in wanted + (W, V))
    bound = each.settings["rounds"] * unit * largest * (2 ** steps - 1)
    for value, right in zip(found, wanted):
        assert np.abs(value - right).max() <= bound
    assert count == steps


def expected(each, sparse=False, steps=STEPS, gradients=None, values=(W, V), touched=range(4)):
    """The values of w and v after some steps, by the row's formula in float64.

    Args:
        each: `Recipe`.
        sparse: bool, whether w is looked up by rows.
        steps: int.
        gradients: pair of functions of w and v that return the gradients of another loss.
        values: pair of what w and v begin with.
        touched: list of int, the rows of w that have a gradient.
    """
    w, v, memory, touched = values[0].copy(), values[1].copy(), {}, IDS if sparse else touched
    for t in range(1, steps + 1):
        if gradients:
            dw, dv = (gradient(w, v) for gradient in gradients)
        else:
            dw, dv = np.zeros_like(w), w[touched]
            np.add.at(dw, touched, v)
        new_w, v = each.formula(w, dw, v, dv, each.rate, memory, t)
        if not each.settings["all_rows"]:
            left_alone = sorted(set(range(4)) - set(touched))
            new_w[left_alone] = w[left_alone]
        w = new_w
    return w, v


def run(train_op, fetches, steps=STEPS):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return steps_of(session, train_op, fetches, steps)


def steps_of(session, train_op, fetches, steps=1):
    for _ in range(steps):
        session.run(train_op)
    return [np.concatenate(session.run(parts(each))) if len(parts(each)) > 1 else session.run(each)
            for each in fetches]
