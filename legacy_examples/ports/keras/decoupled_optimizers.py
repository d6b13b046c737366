r"""E4 in Keras 3: every optimizer has `weight_decay`, but it is times the rate.

    python decoupled_optimizers.py port.npz
    tf1-recipes compare E4_decoupled_optimizers/1.15.5.json port.npz \
        --map decoupled_optimizers.map.json --ulp 4 --atol 1e-6

Keras takes rate * weight_decay * w off before the update, contrib's AdamW and MomentumW took
weight_decay * w. A decay of 0.01 at the rate 0.1 is so weight_decay=0.1 here: taken over as it
stands it would be a tenth. And where the rate drops by a schedule, Keras' decay drops along;
contrib's stayed, and here that needs a `constraint` (E3) or a line of one's own (E2).

The gradients are computed before `apply` is called, so the decay cannot race with them. By default
*all* variables decay, biases too: `exclude_from_weight_decay(var_names=["bias"])` is what
decay_var_list was. AdamW is Adam, but its weight_decay is 0.004 by default. Adam's epsilon stands
where TensorFlow 1 had it, but is 1e-7 by default: 1e-8 is given. And 1 - beta_2 is 0.001 to Keras,
but 0.00099998713 to TensorFlow 1, which subtracts in float32: so the betas are given as float32.
"""
import sys

import keras
import numpy as np

from tf1_recipes import traces

SLOPES = (np.arange(24).reshape(8, 3) * 5 % 11 / 8.0 - 0.5).astype(np.float32)
DECAY, RATE = 0.01, 0.1

w = keras.Variable([2.0, -1.5, 0.25], name="w")
v = keras.Variable([2.0, -1.5, 0.25], name="v")
adamw = keras.optimizers.AdamW(
    RATE, weight_decay=DECAY / RATE, epsilon=1e-8, name="adamw",
    beta_1=float(np.float32(0.9)), beta_2=float(np.float32(0.999)))
momentumw = keras.optimizers.SGD(RATE, momentum=0.9, weight_decay=DECAY / RATE, name="momentumw")
adamw.build([w])
momentumw.build([v])


def everything():
    # beta_1^t, which Keras computes from the count of steps at each of them.
    powers = {"beta_%d_power" % number: np.float32(beta ** (int(adamw.iterations) + 1))
              for number, beta in ((1, adamw.beta_1), (2, adamw.beta_2))}
    return {"w": w, "v": v, **powers, **traces.arrays_of(adamw), **traces.arrays_of(momentumw)}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(everything())
    for step in range(8):
        adamw.apply([SLOPES[step]], [w])
        momentumw.apply([SLOPES[step]], [v])
        trace.step(variables=everything(), feeds={"slope": SLOPES[step]})
        print("AdamW %.5f %.5f %.5f" % tuple(w.numpy()))
        print("MomentumW %.5f %.5f %.5f" % tuple(v.numpy()))
