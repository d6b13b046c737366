import numpy as np

from tf1_recipes import LearningRateRecorder
from tf1_recipes.v1 import tf

inputs, targets = np.ones([64, 4]), np.ones([64, 1])
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(4,))])
model.compile(tf.keras.optimizers.SGD(0.01, momentum=0.9), "mse")

recorder = LearningRateRecorder()
model.fit(inputs, targets, batch_size=32, verbose=0, callbacks=[recorder])
print(recorder.history["lr"], recorder.history["loss"])
