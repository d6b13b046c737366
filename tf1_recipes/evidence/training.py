"""What the recipes' hardened runs share: the examples' nets, and the loop that trains them.

A run is given the sessions of a reference trace, their initial values and feeds. It builds the same
variables under the same names; `tf1_recipes.evidence.verify` records and compares what they become.
"""
from tf1_recipes.v1 import tf


def variables(initial, *names):
    """Makes the variables of these names, at their initial values."""
    return [tf.get_variable(name, initializer=initial[name]) for name in names]


def dense(x, initial, name):
    """A dense layer that starts at its initial values."""
    kernel, bias = initial[name + "/kernel"], initial[name + "/bias"]
    return tf.layers.dense(
        x, len(bias), name=name, kernel_initializer=tf.constant_initializer(kernel),
        bias_initializer=tf.constant_initializer(bias))


def relu_net(initial, reduce=tf.reduce_mean):
    """The cross-entropy loss of a relu net, between placeholders ``X`` and ``y``."""
    labels = tf.placeholder(tf.int32, [None], name="y")
    return reduce(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=labels, logits=relu_outputs(initial)))


def relu_outputs(initial):
    """The outputs of a relu net, whose last layer is ``outputs``, over the placeholder ``X``."""
    layer = tf.placeholder(tf.float32, [None, 8], name="X")
    for name in sorted({variable.split("/")[0] for variable in initial}):
        kernel, bias = variables(initial, name + "/kernel", name + "/bias")
        layer = tf.matmul(layer, kernel) + bias
        if name != "outputs":
            layer = tf.nn.relu(layer, name=name + "/relu")
    return layer


def descent():
    """The optimizer of B2 to B5 and B7."""
    return tf.train.GradientDescentOptimizer(0.1)


def start_at(initial):
    """Returns what starts all variables, also those that a recipe makes, at their values."""
    def initialise(sess):
        sess.run(tf.global_variables_initializer(), {
            variable.initial_value: initial[variable.op.name]
            for variable in tf.global_variables()})
    return initialise


def train(session, train_op, initialise=None, finally_save=None):
    """Runs a session's steps.

    Args:
        session: `tf1_recipes.evidence.models.Session`.
        train_op: one op for all steps, or a list with an op for each step.
        initialise: function of the `tf.Session`, in place of the initialisers.
        finally_save: str, the checkpoint to write at the end.
    """
    train_ops = train_op if isinstance(train_op, list) else [train_op] * len(session.steps)
    saver = tf.train.Saver() if finally_save else None
    with tf.Session() as sess:
        if initialise:
            initialise(sess)
        else:
            sess.run(tf.global_variables_initializer())
        for op, (_, feeds) in zip(train_ops, session.steps):
            sess.run(op, {name + ":0": value for name, value in feeds.items()})
        if saver:
            saver.save(sess, finally_save)


def linear_layer(session, name):
    """A Keras layer without bias that starts at its initial kernel."""
    start = tf.constant_initializer(session.initial[name + "/kernel"])
    return tf.keras.layers.Dense(1, use_bias=False, kernel_initializer=start, name=name)


def compile_descent(model, rate):
    """Compiles a Keras model for gradient descent by one rate, or by one for each weight."""
    def updates(loss, params):
        rates = tf.unstack(rate) if rate.shape.ndims else [rate] * len(params)
        return [tf.assign_sub(weights, own * gradient) for weights, own, gradient in zip(
            params, rates, tf.gradients(loss, params))]

    model.compile(tf.train.GradientDescentOptimizer(1.0), "mse")
    model.optimizer.lr = rate
    model.optimizer.get_updates = updates
