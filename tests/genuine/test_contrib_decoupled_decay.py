"""tf.contrib.opt's own decoupled decay on 1.15.5 beside ours, bit for bit."""
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Every gradient is fed and reads no weight: contrib's decay does not wait for the gradients.
DRIVER = """
import sys
import numpy as np
import tensorflow as tf
from tf1_recipes.weight_decay import adamw as ours

START = np.random.RandomState(0).randn(7, 5).astype(np.float32)

def train(module, make, use_resource, sparse, dtype, scheduled):
    random = np.random.RandomState(1)
    with tf.Graph().as_default(), tf.Session() as session:
        # Dense updates are constrained, in every second case.
        constraint = None if sparse or not scheduled else lambda each: tf.clip_by_value(each, -1, 1)
        w, b = (tf.get_variable(name, initializer=START.astype(dtype), use_resource=use_resource,
                                constraint=constraint) for name in "wb")
        slopes = tf.placeholder(dtype, [4, 5] if sparse else [7, 5])
        ids = tf.placeholder(tf.int32, [4])
        gradient = tf.IndexedSlices(slopes, ids, tf.constant([7, 5])) if sparse else slopes
        step = tf.train.get_or_create_global_step()
        decay = 0.1
        if scheduled:
            decay = tf.cast(tf.train.piecewise_constant(step, [3], [0.1, 0.01]), dtype)
        optimizer = make(module, decay)
        train_op = optimizer.apply_gradients([(gradient, w), (gradient, b)], step,
                                             decay_var_list=[w])
        session.run(tf.global_variables_initializer())
        for _ in range(20):
            session.run(train_op, {slopes: random.randn(*slopes.shape.as_list()),
                                   ids: random.randint(0, 7, 4)})
        names = sorted(variable.op.name for variable in tf.global_variables())
        return names, session.run([w, b])

MAKERS = {
    "AdamW": lambda module, decay: module.AdamWOptimizer(decay, 0.1),
    "MomentumW": lambda module, decay: module.MomentumWOptimizer(decay, 0.1, 0.9),
    "NesterovW": lambda module, decay: module.MomentumWOptimizer(
        decay, 0.1, 0.9, use_nesterov=True),
    "RMSPropW": lambda module, decay: module.extend_with_decoupled_weight_decay(
        tf.train.RMSPropOptimizer)(decay, learning_rate=0.1),
}
apart = []
for name in sorted(MAKERS):
    for use_resource in (False, True):
        for sparse in (False, True):
            for dtype in (np.float32, np.float64):
                for scheduled in (False, True):
                    case = (MAKERS[name], use_resource, sparse, dtype, scheduled)
                    names, values = train(tf.contrib.opt, *case)
                    our_names, our_values = train(ours, *case)
                    equal = all(np.array_equal(*pair) for pair in zip(values, our_values))
                    if names != our_names or not equal:
                        apart.append((name, use_resource, sparse, dtype.__name__, scheduled))
print("%d apart: %s" % (len(apart), apart))
"""


def run(genuine, driver):
    # Today's TensorFlow, where it is imported, sets TF2_BEHAVIOR, which 1.15 would heed.
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    done = subprocess.run(
        [genuine("1.15.5"), "-W", "ignore", "-c", driver], cwd=str(ROOT),
        env=dict(environment, PYTHONPATH=str(ROOT)), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, universal_newlines=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.strip().splitlines()[-1]


def test_twenty_steps_and_all_names_are_those_of_contrib(genuine):
    assert run(genuine, DRIVER) == "0 apart: []"


TRAPS = """
import tensorflow as tf

def moved(make, decay_var_list=None, **arguments):
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.get_variable("table", initializer=tf.fill([2, 1], 4.0))
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1]))
        train_op = make(**arguments).minimize(loss, decay_var_list=decay_var_list)
        session.run(tf.global_variables_initializer())
        session.run(train_op)
        return session.run(table)[1, 0]

SGDW = tf.contrib.opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)
momentum = dict(learning_rate=0.0, momentum=0.0)
results = [
    moved(SGDW, weight_decay=0.5, learning_rate=1.0),
    moved(tf.contrib.opt.MomentumWOptimizer, [], weight_decay=0.5, **momentum),
]
try:
    moved(tf.contrib.opt.MomentumWOptimizer, weight_decay=lambda: 0.5, **momentum)
except TypeError:
    results.append("TypeError")
print(results)
"""


def test_what_is_wrong_in_contrib_and_not_here(genuine):
    # Sparse rows do not decay under gradient descent; an empty list decays all; a schedule fails.
    assert run(genuine, TRAPS) == "[3.0, 2.0, 'TypeError']"


