"""B6: `unfreeze_on_schedule`, one train op for all stages."""
from tf1_recipes.evidence import training
from tf1_recipes.transfer.unfreezing import unfreeze_on_schedule
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    weights = {name: value for name, value in session.initial.items() if "/" in name
               and not name.endswith("/Momentum")}
    step = tf.Variable(session.initial["global_step"], name="global_step", trainable=False)
    targets = tf.placeholder(tf.float32, [None, 1], name="y")
    loss = tf.reduce_mean(tf.square(training.relu_outputs(weights) - targets))
    training.train(session, unfreeze_on_schedule(
        loss, lambda: tf.train.MomentumOptimizer(1 / 512, 0.5),
        [(0, "outputs"), (4, "hidden3"), (8, "hidden2")], step, rest="frozen").train_op)
