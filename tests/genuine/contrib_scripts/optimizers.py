"""tf.contrib.opt: five steps of every optimizer, on dense and sparse gradients."""
import json
import tempfile

import tensorflow as tf
from cases import listed, numbers

opt = tf.contrib.opt
STEPS = 5


def sgd():
    return tf.train.GradientDescentOptimizer(0.1)


def linear_decay(step):
    return 1.0 - tf.cast(step, tf.float32) / 10.0


OPTIMIZERS = {
    "LazyAdam": lambda w, t: opt.LazyAdamOptimizer(0.1),
    "Nadam": lambda w, t: opt.NadamOptimizer(0.1),
    "AdaMax": lambda w, t: opt.AdaMaxOptimizer(0.1),
    "AddSign": lambda w, t: opt.AddSignOptimizer(0.05),
    "AddSignDecayed": lambda w, t: opt.AddSignOptimizer(0.05, 2.0, sign_decay_fn=linear_decay),
    "PowerSign": lambda w, t: opt.PowerSignOptimizer(0.05),
    "PowerSignDecayed": lambda w, t: opt.PowerSignOptimizer(0.05, sign_decay_fn=linear_decay),
    "MovingAverage": lambda w, t: opt.MovingAverageOptimizer(sgd(), 0.5),
    "VariableClipping": lambda w, t: opt.VariableClippingOptimizer(sgd(), {w: [0], t: [1]}, 0.9),
    "Multitask": lambda w, t: opt.MultitaskOptimizerWrapper(tf.train.MomentumOptimizer(0.1, 0.9)),
}
DENSE_ONLY = {"LARS": lambda w, t: opt.LARSOptimizer(10.0, skip_list=["idle"])}


def train(make, use_resource, sparse=True):
    """Returns the names of all variables and their values after each step."""
    with tf.Graph().as_default(), tf.Session() as session:
        w, table, idle = [tf.get_variable(
            name, initializer=numbers(name, *shape), use_resource=use_resource)
            for name, shape in (("w", (3, 2)), ("table", (5, 2)), ("idle", (2,)))]
        rows = tf.gather(table, [1, 3]) if sparse else table
        loss = tf.reduce_sum(tf.square(tf.matmul(numbers("x", 4, 3), w))) \
            + tf.reduce_sum(tf.square(rows)) + 0.0 * tf.reduce_sum(idle)
        step = tf.train.get_or_create_global_step()
        train_op = make(w, table).minimize(loss, global_step=step)
        variables = tf.global_variables()
        session.run(tf.global_variables_initializer())
        values = []
        for _ in range(STEPS):
            session.run(train_op)
            values.extend(listed(value) for value in session.run(variables))
    return {"variables": [variable.name for variable in variables]}, [], values


def swapped():
    """What the swapping saver of a moving average restores."""
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=[3.0, 4.0])
        optimizer = opt.MovingAverageOptimizer(sgd(), 0.5)
        train_op = optimizer.minimize(tf.reduce_sum(tf.square(w)))
        saver = optimizer.swapping_saver()
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(train_op)
        path = saver.save(session, tempfile.mkdtemp() + "/model")
        reader = tf.train.NewCheckpointReader(path)
        names = sorted(reader.get_variable_to_shape_map())
        return {"variables": names}, [], [listed(reader.get_tensor(name)) for name in names]


def scipy(bounded):
    """What L-BFGS-B and, with conditions, SLSQP find."""
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=[3.0, 4.0])
        loss = tf.reduce_sum(tf.square(w - [1.0, 2.0]))
        options = {}
        if bounded:
            options = {"var_to_bounds": {w: ([1.5, 0.0], [9.0, 9.0])}, "method": "SLSQP",
                       "equalities": [w[0] - w[1]], "inequalities": [w[0] + w[1] - 1.0]}
        optimizer = opt.ScipyOptimizerInterface(loss, **options)
        session.run(tf.global_variables_initializer())
        heard = []
        optimizer.minimize(session, fetches=[loss], loss_callback=heard.append)
        return {"variables": []}, [], [listed(session.run(w).round(4)), listed(heard[0])]


def clipped():
    with tf.Graph().as_default(), tf.Session() as session:
        w, b = tf.constant([3.0, 4.0]), tf.constant([0.0])
        pairs, norm = opt.clip_gradients_by_global_norm([(w, "w"), (b, "b"), (None, "c")], 1.0)
        return {"variables": []}, [], [listed(session.run(norm)), listed(session.run(pairs[0][0]))]


if __name__ == "__main__":
    results = {"swapped": swapped(), "scipy": scipy(False), "scipy_bounded": scipy(True),
               "clip_gradients_by_global_norm": clipped()}
    for use_resource in (False, True):
        for name in OPTIMIZERS:
            # Genuine AddSign and PowerSign refuse sparse gradients of resource variables.
            results["%s, %s" % (name, use_resource)] = train(
                OPTIMIZERS[name], use_resource, not (use_resource and "Sign" in name))
        for name in DENSE_ONLY:
            results["%s, %s" % (name, use_resource)] = train(DENSE_ONLY[name], use_resource, False)
    for name in sorted(results):
        print(json.dumps([name, results[name]]))
