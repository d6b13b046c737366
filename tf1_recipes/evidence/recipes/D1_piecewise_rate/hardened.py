"""D1: `increment_step` with a `piecewise_constant` rate."""
from tf1_recipes.evidence import training
from tf1_recipes.schedules.learning_rates import increment_step, piecewise_constant
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    global_step, = training.variables(session.initial, "global_step")
    w, = training.variables(session.initial, "w")
    schedule = piecewise_constant([5, 10, 15], [0.1, 0.05, 0.01, 0.001])
    step, rate = increment_step(global_step, schedule)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    training.train(session, tf.group(step, optimizer.minimize(w, var_list=[w])))
