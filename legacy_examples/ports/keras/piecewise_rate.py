r"""D1 in Keras 3: a LearningRateSchedule, whose boundaries are one lower.

    python piecewise_rate.py port.npz
    tf1-recipes compare D1_piecewise_rate/1.15.5.json port.npz --map piecewise_rate.map.json

The schedule is a function of the optimizer's `iterations`, and the optimizer counts up behind the
update: no op adds 1 beside the reads, and no control dependency is needed. But so the count is 0 at
the first update, where the step of TensorFlow 1, counted up first, is 1. Both take the next rate
where the count is *above* the boundary. Boundaries [5, 10, 15], taken over as they stand, give the
first rate to six updates in place of five; [4, 9, 14] are the same schedule.
"""
import sys

import keras
import numpy as np

from tf1_recipes import traces

schedule = keras.optimizers.schedules.PiecewiseConstantDecay(
    [4, 9, 14], [0.1, 0.05, 0.01, 0.001])
w = keras.Variable(1.0, name="w")
optimizer = keras.optimizers.SGD(schedule)
optimizer.build([w])


def everything():
    return {"w": w, "iterations": optimizer.iterations}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(everything())
    for _ in range(20):
        rate = optimizer.learning_rate.numpy()  # of the next update
        optimizer.apply([np.float32(1.0)], [w])  # the gradient of w itself
        trace.step(variables=everything(),
                   fetches={"iterations": optimizer.iterations, "rate": rate})
        print("step %d, lr = %.3f" % (optimizer.iterations, rate))
