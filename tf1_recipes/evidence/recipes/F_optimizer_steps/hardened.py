"""F: the same optimizers on resource variables, which have other kernels."""
import dataclasses

from tf1_recipes.evidence import training
from tf1_recipes.evidence.recipes.F_optimizer_steps.model import OPTIMIZERS
from tf1_recipes.v1 import tf


def run(sessions):
    session = sessions[0]
    slope = tf.placeholder(tf.float32, [3], name="slope")
    row_slopes = tf.placeholder(tf.float32, [2, 2], name="row_slopes")
    ids = tf.placeholder(tf.int32, [2], name="ids")
    steps = []
    for scope, twin in OPTIMIZERS.items():
        bias, table = (
            tf.get_variable(name, initializer=session.initial[name], use_resource=True)
            for name in (scope + "/bias", scope + "/table"))
        optimizer = getattr(tf.train, type(twin).__name__ + "Optimizer")(**dataclasses.asdict(twin))
        steps.append(optimizer.apply_gradients(
            [(slope, bias), (tf.IndexedSlices(row_slopes, ids), table)]))
    training.train(session, tf.group(*steps))
