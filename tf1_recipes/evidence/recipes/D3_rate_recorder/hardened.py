"""D3: the history of a `BatchLearningRateScheduler`, which is a `LearningRateRecorder`."""
import numpy as np

from tf1_recipes.evidence import training
from tf1_recipes.keras.callbacks import BatchLearningRateScheduler
from tf1_recipes.schedules.decaying_rates import exponential_decay
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    layers, K = tf.keras.layers, tf.keras.backend
    model = tf.keras.Sequential([layers.Input(shape=(2,)), training.linear_layer(session, "dense")])
    training.compile_descent(model, K.variable(session.initial["lr"], name="lr"))
    kept = K.variable(session.initial["history"], name="history")
    batches = [feeds for _, feeds in session.steps if "dense_input" in feeds]
    recorder = BatchLearningRateScheduler(exponential_decay(session.initial["lr"], 1, 2.0))
    with tf.Session().as_default():
        model.fit(np.concatenate([batch["dense_input"] for batch in batches]),
                  np.concatenate([batch["dense_target"] for batch in batches]),
                  batch_size=2, shuffle=False, verbose=0, callbacks=[recorder])
        K.set_value(kept, np.transpose(
            [recorder.history[name] for name in ("iterations", "lr", "loss")]))
