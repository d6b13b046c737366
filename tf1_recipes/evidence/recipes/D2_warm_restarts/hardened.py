"""D2: `WarmRestarts` with a learning rate for each of two layers."""
import numpy as np

from tf1_recipes.evidence import training
from tf1_recipes.keras.callbacks import WarmRestarts
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    layers, K = tf.keras.layers, tf.keras.backend
    inputs = layers.Input(shape=(4,), name="inputs")
    outputs = layers.add([
        training.linear_layer(session, name)(inputs) for name in ("early", "final")])
    model = tf.keras.Model(inputs, outputs)
    training.compile_descent(model, K.variable(session.initial["lr"], name="lr"))
    batches = [feeds for _, feeds in session.steps if "inputs" in feeds]
    with tf.Session().as_default():
        model.fit(np.concatenate([batch["inputs"] for batch in batches]),
                  np.concatenate([batch["add_target"] for batch in batches]),
                  batch_size=2, shuffle=False, verbose=0, callbacks=[WarmRestarts(4, t_mul=2)])
