import numpy as np

from tf1_recipes import DiscriminativeAdam
from tf1_recipes.v1 import tf

model = tf.keras.Sequential([
    tf.keras.layers.Dense(4, activation="tanh", name=name, input_shape=(4,))
    for name in ("block1", "block2", "block3", "top")])
optimizer = DiscriminativeAdam(model, ["block3", "top"], lr=[1e-7, 1e-4, 1e-2])
model.compile(optimizer, "mse")
model.train_on_batch(np.ones([8, 4]), np.zeros([8, 4]))
