"""E2: `DecoupledWeightDecay` around gradient descent."""
from tf1_recipes.evidence import training
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay


def run(sessions):
    session = sessions[0]
    w, = training.variables(session.initial, "w")
    optimizer = DecoupledWeightDecay(tf.train.GradientDescentOptimizer(0.1), 0.1)
    training.train(session, optimizer.minimize(tf.square(w - 1) / 2))
