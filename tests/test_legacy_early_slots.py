"""What an optimizer's slots are called as of 0.12, in name scopes and where variables return."""

SCRIPT = """
    from __future__ import print_function
    import tensorflow as tf

    for optimizer in (tf.train.AdamOptimizer(.1), tf.train.MomentumOptimizer(.1, .9),
                      tf.train.FtrlOptimizer(.1)):
        with tf.Graph().as_default():
            with tf.variable_scope("net") as scope:
                loss = tf.square(tf.get_variable("w", [], initializer=tf.constant_initializer(2.)))
                scope.reuse_variables()
                with tf.name_scope("train"):
                    steps = [optimizer.minimize(loss)]
            steps.append(tf.train.AdamOptimizer(.1).minimize(loss))
            with tf.Session() as session:
                session.run(tf.initialize_all_variables())
                for step in steps:
                    session.run(step)
                print("%.3f" % session.run(loss), *[each.op.name for each in tf.all_variables()])
    """
# Printed by TensorFlow 0.12.1 on Python 2.7.
THEN = [
    "3.240 net/w net/train/beta1_power net/train/beta2_power net/train/net/w/Adam "
    "net/train/net/w/Adam_1 beta1_power beta2_power net/w/Adam net/w/Adam_1",
    "2.250 net/w net/train/net/w/Momentum beta1_power beta2_power net/w/Adam net/w/Adam_1",
    "2.698 net/w net/train/net/w/Ftrl net/train/net/w/Ftrl_1 beta1_power beta2_power "
    "net/w/Adam net/w/Adam_1",
]


def test_slots_lie_below_the_name_scope(run_script):
    done = run_script(SCRIPT, options=["--as-of", "0.12"])
    assert (done.lines, done.status) == (THEN, 0), done.stderr
