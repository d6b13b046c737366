"""A8 and D2 together, as the document's last script has them: stages whose rates restart together.

The net's first layers are early, conv3 begins the middle stage, fc_start the final one. All three
rates fall along half a cosine and restart, first after 4 batches, then after 8 and 16. The two
classes are the recipes', by the names that the document's own modules gave them.
"""
from __future__ import print_function

import keras
import numpy as np
from keras.layers import Dense
from tf1_recipes import Adam_dlr, LR_Cycle

NAMES = ["conv1", "conv2", "conv3", "fc_start", "output"]
SAMPLES, BATCH_SIZE = 8, 2


def spread(start, *shape):
    """Numbers from -0.6 to 0.6 in a mixed order."""
    return ((np.arange(np.prod(shape)) * 7 + start) % 13 - 6).reshape(shape) / 10.0


model = keras.models.Sequential(
    [Dense(4, activation="tanh", name=name, input_shape=(4,)) for name in NAMES[:4]]
    + [Dense(1, name="output")])
start = [spread(number, *weights.shape) for number, weights in enumerate(model.get_weights())]
model.set_weights(start)

opt = Adam_dlr(split_1=model.get_layer("conv3"), split_2=model.get_layer("fc_start"),
               lr=[1e-4, 1e-3, 1e-2])
sched = LR_Cycle(iterations=np.ceil(SAMPLES / BATCH_SIZE), cycle_mult=2)
model.compile(loss="mse", optimizer=opt)

x = spread(1, SAMPLES, 4)
y = x[:, :1] * x[:, 1:2] + x[:, 2:3]
model.fit(x, y, batch_size=BATCH_SIZE, epochs=8, shuffle=False, verbose=0, callbacks=[sched])

history = sched.history
for batch in (0, 2, 4, 8, 12, 20, 28):
    print("batch %2d: rates %s, loss %.5f" % (
        batch, " ".join("%.6f" % rate for rate in history["lr"][batch]), history["loss"][batch]))
for number, name in enumerate(NAMES):
    moved = np.abs(model.get_layer(name).get_weights()[0] - start[2 * number]).mean()
    print("%-8s moved by %.5f" % (name, moved))
