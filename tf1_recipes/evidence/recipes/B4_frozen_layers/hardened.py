"""B4: `GroupedOptimizer` with everything but the upper layers frozen."""
from tf1_recipes.evidence import training
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.v1 import tf


def run(sessions):
    for session in sessions:
        with tf.Graph().as_default():
            optimizer = GroupedOptimizer(
                [(training.descent(), "hidden[34]|outputs")], rest="frozen")
            training.train(session, optimizer.minimize(training.relu_net(session.initial)))
