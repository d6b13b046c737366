"""E1: `add_l2_loss` and `total_loss` under momentum."""
from tf1_recipes.evidence import training
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.l2 import add_l2_loss, total_loss


def run(sessions):
    session = sessions[0]
    w, v, bias = training.variables(session.initial, "w", "v", "bias")
    add_l2_loss(0.0005, exclude="bias")
    loss = total_loss(tf.nn.l2_loss(w - 1) + tf.nn.l2_loss(v + 2) + tf.nn.l2_loss(bias + 0.1))
    training.train(session, tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss))
