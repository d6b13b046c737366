"""Runs optax on given gradients, for the tests: one argument, JSON; prints JSON.

    {"steps": [[call, scale], ...]}  the sizes of 100 steps of each, by gradients of that scale
    {"defaults": [name, ...]}        the defaults of optax's functions
    {"facts": true}                  what else the documents say, by name
    {"naive": call, "trace": path, "feeds": trace, "slots": {...}}
                                     a training by the gradients of a trace
"""
import inspect
import json
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tf1_recipes import traces


def optimizer_of(call):
    return eval(call, {"optax": optax, "jnp": jnp})


def steps(call, scale):
    w, sizes = jnp.float32(1), []
    optimizer = optimizer_of(call)
    state = optimizer.init(w)
    update = jax.jit(optimizer.update)
    for t in range(100):
        step, state = update(jnp.float32((7 * t % 11 + 1) / 8 * scale), state, w)
        w = optax.apply_updates(w, step)
        sizes.append(-float(step))
    return sizes


def weights(optimizer, w, gradient_of, count):
    state, found = optimizer.init(w), []
    for _ in range(count):
        updates, state = optimizer.update(gradient_of(w), state, w)
        w = optax.apply_updates(w, updates)
        found.append(w)
    return np.array(found).tolist()


def facts():
    two = jnp.float32(2.0)
    decayed = optax.add_decayed_weights
    adam, adadelta = optax.adam(0.1), optax.adadelta(1.0, rho=0.95)
    state = adam.init(jnp.float32(0))
    state = (state[0]._replace(count=jnp.int32(1000)), *state[1:])  # whose moments stayed at 0
    late, _ = adam.update(jnp.float32(1), state)
    cycles = optax.join_schedules(
        [optax.cosine_decay_schedule(0.25, n) for n in (4, 8, 16, 32)], [4, 12, 28])
    switch = optax.join_schedules([optax.constant_schedule(rate) for rate in (1.0, 0.0)], [5])
    frozen = optax.masked(optax.sgd(0.1), {"a": True, "b": False})
    both = {"a": jnp.float32(3), "b": jnp.float32(3)}
    return {
        "decay of the old weight": weights(
            optax.chain(optax.sgd(0.1), decayed(-0.1)), two, lambda w: w - 1, 4),
        "decay times the rate": weights(
            optax.chain(decayed(0.1), optax.sgd(0.1)), two, lambda w: w - 1, 4),
        "Adam's step after 1000 without a gradient, in rates": float(-late) / 0.1,
        "rates of cosine cycles": [float(np.float32(cycles(count))) for count in range(33)],
        "updates before the boundary": int(sum(switch(count) for count in range(20))),
        "update of what a mask leaves out": float(frozen.update(both, frozen.init(both))[0]["b"]),
        "NaN clipped": str(optax.clip(1.0).update(jnp.float32(np.nan), optax.EmptyState())[0]),
        "clip_by_block_rms": np.array(optax.clip_by_block_rms(1.0).update(
            jnp.full(4, 2.0), optax.EmptyState())[0]).tolist(),
        "AMSGrad after 1 and 0": -np.diff(weights(
            optax.amsgrad(0.001), jnp.float32(0), lambda w: jnp.float32(w == 0), 2)).item(),
        "Adadelta's first slot": float(optax.tree.get(adadelta.update(
            jnp.float32(-1.25), adadelta.init(two), two)[1], "e_g")),
        "momentum without a gradient": weights(
            optax.sgd(0.1, momentum=0.9), jnp.float32(0),
            lambda w: jnp.float32(w == 0), 2),  # one at the first step only
    }


def defaults(name):
    return {key: each.default for key, each in inspect.signature(
        getattr(optax, name)).parameters.items()
        if isinstance(each.default, (int, float)) and not isinstance(each.default, type)}


def naive(call, path, feeds, slots):
    """Trains by the gradients of a trace, and writes another under the names of its slots."""
    genuine = traces.open_trace(feeds)
    w = jnp.array(genuine[0].arrays("variables")["w"])
    optimizer = optimizer_of(call)
    state = optimizer.init(w)

    def variables():
        return {"w": w, **{name: optax.tree.get(state, field) for name, field in slots.items()}}

    with traces.writer(path) as trace:
        trace.initial(variables())
        for number in genuine.numbers[1:]:
            slope = genuine[number].arrays("feeds")["slope"]
            updates, state = optimizer.update(jnp.array(slope), state, w)
            w = optax.apply_updates(w, updates)
            trace.step(variables=variables(), feeds={"slope": slope})


request = json.loads(sys.argv[1])
answer = {}
if "steps" in request:
    answer["steps"] = [steps(*each) for each in request["steps"]]
if "defaults" in request:
    answer["defaults"] = {name: defaults(name) for name in request["defaults"]}
if "facts" in request:
    answer["facts"] = facts()
if "naive" in request:
    naive(request["naive"], request["trace"], request["feeds"], request["slots"])
print(json.dumps(answer))
