"""D1: a learning rate that drops at given steps, by piecewise_constant on the global step.

An op adds 1 to the step, and the rate is computed under its control, as documented. The document
then fetches `global_step` beside the rate, and nothing says whether that reads the step before or
after the addition: with a ref variable, TF1's default kind, it came out right, as whoever reads the
variable shares its memory; with a resource variable it is the old step, or either one at random.
What is fetched here is the addition's own result, which is the step that the rate belongs to.

The gradient of w is 1: w falls by the rate at every step, and holds the rates to the last bit.
"""
from __future__ import print_function

import tensorflow as tf

# tf.contrib.framework had it first. It makes an int64 step; 0.12 refuses int32 boundaries for one.
get_or_create_global_step = getattr(tf.train, "get_or_create_global_step", None)
if get_or_create_global_step is None:
    get_or_create_global_step = tf.contrib.framework.get_or_create_global_step

global_step = get_or_create_global_step()
boundaries = [tf.constant(boundary, tf.int64) for boundary in [5, 10, 15]]
values = [0.1, 0.05, 0.01, 0.001]

add_1 = tf.assign_add(global_step, 1)
with tf.control_dependencies([add_1]):
    learning_rate = tf.train.piecewise_constant(global_step, boundaries, values)

w = tf.Variable(1.0, name="w")
train = tf.train.GradientDescentOptimizer(learning_rate).minimize(w, var_list=[w])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(20):
        gs, lr, _ = sess.run([add_1, learning_rate, train])
        print("step %d, lr = %.3f" % (gs, lr))
