"""B3: `plan_restore` of arrays, the kernel transposed."""
from tf1_recipes.evidence import training
from tf1_recipes.evidence.recipes.B3_arrays_from_another_framework.model import (
    THEIR_BIAS,
    THEIR_KERNEL,
)
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf


def run(sessions):
    theirs = {"fc1.weight": THEIR_KERNEL, "fc1.bias": THEIR_BIAS}
    for session in sessions:
        with tf.Graph().as_default():
            train = training.descent().minimize(training.relu_net({
                name: 0 * value if name.startswith("hidden1/") else value
                for name, value in session.initial.items()}))
            plan = plan_restore(
                theirs, include="hidden1", transpose={"hidden1/kernel": True},
                names={"fc1.weight": "hidden1/kernel", "fc1.bias": "hidden1/bias"})
            training.train(session, train, initialise=plan.restore)
