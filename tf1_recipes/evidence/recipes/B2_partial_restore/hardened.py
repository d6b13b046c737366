"""B2: train the old net, save it, and restore a part of it into the new net by `plan_restore`."""
import os
import tempfile

from tf1_recipes.evidence import training
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf


def run(sessions):
    old, new = sessions
    with tempfile.TemporaryDirectory() as folder:
        with tf.Graph().as_default():
            train = training.descent().minimize(training.relu_net(old.initial))
            training.train(old, train, finally_save=os.path.join(folder, "old_net.ckpt"))
        with tf.Graph().as_default():
            train = training.descent().minimize(training.relu_net(new.initial))
            plan = plan_restore(os.path.join(folder, "old_net.ckpt"), include="hidden[123]")
            training.train(new, train, initialise=plan.restore)
