"""E3: `decay_after` behind momentum."""
from tf1_recipes.evidence import training
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.decay_behind import decay_after


def run(sessions):
    session = sessions[0]
    weights, bias = training.variables(session.initial, "weights", "bias")
    loss = tf.reduce_sum(tf.square(weights - 1)) / 2 + tf.square(bias + 0.1) / 2
    train = tf.train.MomentumOptimizer(0.125, 0.5).minimize(loss)
    training.train(session, decay_after(train, 0.0005, include="weights"))
