"""B1: train with `clip_gradients`, save, restore everything with `plan_restore`, train on."""
import os
import tempfile

from tf1_recipes.evidence import training
from tf1_recipes.gradients.clip import clip_gradients
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf


def run(sessions):
    def clipped(initial):
        optimizer = tf.train.GradientDescentOptimizer(0.01)
        pairs = optimizer.compute_gradients(training.relu_net(initial, tf.reduce_sum))
        return optimizer.apply_gradients(clip_gradients(pairs, "value", 1.0).grads_and_vars)

    first, second = sessions
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = os.path.join(folder, "net.ckpt")
        with tf.Graph().as_default():
            training.train(first, clipped(first.initial), finally_save=checkpoint)
        with tf.Graph().as_default():
            train = clipped({name: 0 * value for name, value in second.initial.items()})
            training.train(second, train, initialise=plan_restore(checkpoint).restore)
