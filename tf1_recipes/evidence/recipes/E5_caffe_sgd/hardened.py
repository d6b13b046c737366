"""E5: `CaffeSGDOptimizer` with the multipliers of Caffe's reference nets."""
from tf1_recipes.evidence import training
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer


def run(sessions):
    session = sessions[0]
    weights, bias = training.variables(session.initial, "weights", "bias")
    loss = tf.reduce_sum(tf.square(weights - 1)) / 2 + tf.square(bias + 0.1) / 2
    optimizer = CaffeSGDOptimizer(tf.placeholder(tf.float32, [], name="rate"), 0.9, 0.0005,
                                  lr_mult={"bias": 2}, decay_mult={"bias": 0})
    training.train(session, optimizer.minimize(loss))
