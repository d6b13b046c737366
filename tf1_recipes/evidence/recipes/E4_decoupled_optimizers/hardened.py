"""E4: `AdamWOptimizer`, and a class made by `extend_with_decoupled_weight_decay`."""
from tf1_recipes.evidence import training
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.adamw import (
    AdamWOptimizer,
    extend_with_decoupled_weight_decay,
)


def run(sessions):
    session = sessions[0]
    w, v = training.variables(session.initial, "w", "v")
    slope = tf.placeholder(tf.float32, [3], name="slope")
    momentum = extend_with_decoupled_weight_decay(tf.train.MomentumOptimizer)
    training.train(session, tf.group(
        AdamWOptimizer(0.01, 0.1).apply_gradients([(slope, w)]),
        momentum(0.01, 0.1, 0.9, name="MomentumW").apply_gradients([(slope, v)])))
