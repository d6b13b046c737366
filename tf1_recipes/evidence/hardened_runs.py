"""The problem of each legacy example once more, trained by the hardened recipe.

Each run takes the sessions of a reference trace (its initial values and feeds), builds the same
variables under the same names, and trains them; `tf1_recipes.evidence.verify` records and compares
it.
"""
import os
import tempfile

from tf1_recipes.v1 import tf


def grouped_optimizer(sessions):
    """A1 and A2: `GroupedOptimizer` on the linear model."""
    from tf1_recipes.learning_rates.grouped import GroupedOptimizer

    session = sessions[0]
    old, new, bias = _variables(session.initial, "pretrained/weights", "new/weights", "new/bias")
    features = tf.placeholder(tf.float32, [None, 5], name="features")
    targets = tf.placeholder(tf.float32, [None, 1], name="targets")
    outputs = tf.matmul(features[:, :3], old) + tf.matmul(features[:, 3:], new) + bias
    loss = tf.reduce_sum(tf.square(outputs - targets))
    optimizer = GroupedOptimizer([
        (tf.train.GradientDescentOptimizer(0.00001), "pretrained"),
        (tf.train.GradientDescentOptimizer(0.0001), "new")])
    _train(session, optimizer.minimize(loss))


def multiply_gradients(sessions):
    """A3: `multiply_gradients` between compute and apply."""
    from tf1_recipes.gradients.multiply import multiply_gradients

    session = sessions[0]
    x, y = _variables(session.initial, "x", "y")
    step = tf.Variable(session.initial["global_step"], name="global_step", trainable=False)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    gradients = optimizer.compute_gradients(tf.square(x - y))
    gradients = multiply_gradients(optimizer, gradients, {"y": 2})
    _train(session, optimizer.apply_gradients(gradients, global_step=step))


def scale_gradient(sessions):
    """A4: `scale_gradient` on a variable."""
    from tf1_recipes.gradients.scale import scale_gradient

    session = sessions[0]
    x0, x1 = _variables(session.initial, "x0", "x1")
    loss = tf.square(x0) + tf.square(scale_gradient(x1, 0.1))
    _train(session, tf.train.GradientDescentOptimizer(0.1).minimize(loss))


def rate_multipliers(sessions):
    """A5: `LearningRateMultipliers` filled while the net is built, and `summarize_training`."""
    from tf1_recipes.gradients.multiply import multiply_gradients
    from tf1_recipes.learning_rates.multipliers import LearningRateMultipliers
    from tf1_recipes.learning_rates.summaries import summarize_training

    session = sessions[0]
    multipliers = LearningRateMultipliers()

    def layer(x, name, multiplier):
        kernel, bias = _variables(session.initial, name + "/kernel", name + "/bias")
        multipliers.of(kernel, multiplier)
        multipliers.of(bias, 2 * multiplier)
        return tf.matmul(x, kernel) + bias

    features = tf.placeholder(tf.float32, [None, 3], name="features")
    targets = tf.placeholder(tf.float32, [None, 1], name="targets")
    rate = tf.placeholder(tf.float32, [], name="learning_rate")
    outputs = layer(tf.nn.relu(layer(features, "hidden", 0.1)), "outputs", 1.0)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    pairs = optimizer.compute_gradients(tf.reduce_sum(tf.square(outputs - targets)))
    pairs = multiply_gradients(optimizer, pairs, multipliers)
    summarize_training(pairs, rate)
    _train(session, optimizer.apply_gradients(pairs))


def multipliers_of_outputs(sessions):
    """A7: `LearningRateMultipliers` of a layer's output under momentum."""
    from tf1_recipes.gradients.multiply import multiply_gradients
    from tf1_recipes.learning_rates.multipliers import LearningRateMultipliers

    # As documented, the factor of 2 has no effect: that is a multiplier of 1.
    for session, multiplier in zip(sessions, (1.0, 2.0)):
        with tf.Graph().as_default():
            multipliers = LearningRateMultipliers()
            step = tf.train.get_or_create_global_step()
            features = tf.placeholder(tf.float32, [None, 3], name="features")
            targets = tf.placeholder(tf.float32, [None, 1], name="targets")
            hidden = multipliers.of(_dense(features, session.initial, "dense"), multiplier)
            outputs = _dense(tf.nn.relu(hidden), session.initial, "outputs")
            optimizer = tf.train.MomentumOptimizer(1e-3, 0.9)
            pairs = optimizer.compute_gradients(tf.reduce_mean(tf.square(outputs - targets)))
            pairs = multiply_gradients(optimizer, pairs, multipliers)
            _train(session, optimizer.apply_gradients(pairs, step))


def scale_gradient_of_a_layer(sessions):
    """A6: `scale_gradient` on what comes out of the lower layers."""
    from tf1_recipes.gradients.scale import scale_gradient

    session = sessions[0]
    inputs = tf.placeholder(tf.float32, [None, 3], name="inputs")
    targets = tf.placeholder(tf.float32, [None, 1], name="targets")
    kernels = _variables(session.initial, *["layer%d/kernel" % number for number in (1, 2, 3)])
    below = tf.matmul(tf.matmul(inputs, kernels[0]), kernels[1])
    outputs = tf.matmul(scale_gradient(below, 1 / 100), kernels[2])
    loss = tf.reduce_sum(tf.square(outputs - targets))
    _train(session, tf.train.GradientDescentOptimizer(0.001).minimize(loss))


def frozen_group(sessions):
    """B4: `GroupedOptimizer` with everything but the upper layers frozen."""
    from tf1_recipes.learning_rates.grouped import GroupedOptimizer

    for session in sessions:
        with tf.Graph().as_default():
            optimizer = GroupedOptimizer([(_descent(), "hidden[34]|outputs")], rest="frozen")
            _train(session, optimizer.minimize(_relu_net(session.initial)))


def cached_layer(sessions):
    """B5: the frozen layers below, and the same from what `cache_outputs` made of them."""
    import numpy as np

    from tf1_recipes.transfer.cache.layer_cache import cache_outputs

    without_cache, with_cache = sessions
    frozen_group([without_cache])
    inputs = np.concatenate([feeds["X"] for _, feeds in without_cache.steps[:3]])
    with tf.Graph().as_default() as graph, tempfile.TemporaryDirectory() as folder:
        upper = "hidden[34]|outputs"
        loss = _relu_net(with_cache.initial)
        train = _descent().minimize(
            loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=upper))
        hidden2, x, y = map(graph.get_tensor_by_name, ("hidden2/relu:0", "X:0", "y:0"))
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            cache = cache_outputs(sess, hidden2, {x: inputs}, os.path.join(folder, "hidden2.npy"))
            for step, (_, feeds) in enumerate(with_cache.steps):
                order = np.arange(11) * (step // 3 + 1) % 11
                rows = np.array_split(cache.array[order], 3)[step % 3]
                sess.run(train, {hidden2: rows, y: feeds["y"]})


def unfreeze_on_schedule(sessions):
    """B6: `unfreeze_on_schedule`, one train op for all stages."""
    from tf1_recipes.transfer.unfreezing import unfreeze_on_schedule

    session = sessions[0]
    weights = {name: value for name, value in session.initial.items() if "/" in name
               and not name.endswith("/Momentum")}
    step = tf.Variable(session.initial["global_step"], name="global_step", trainable=False)
    targets = tf.placeholder(tf.float32, [None, 1], name="y")
    loss = tf.reduce_mean(tf.square(_relu_outputs(weights) - targets))
    _train(session, unfreeze_on_schedule(
        loss, lambda: tf.train.MomentumOptimizer(1 / 512, 0.5),
        [(0, "outputs"), (4, "hidden3"), (8, "hidden2")], step, rest="frozen").train_op)


def restore_all(sessions):
    """B1: train with `clip_gradients`, save, restore all by `plan_restore` and train on."""
    from tf1_recipes.gradients.clip import clip_gradients
    from tf1_recipes.transfer.restore.partial_restore import plan_restore

    def clipped(initial):
        optimizer = tf.train.GradientDescentOptimizer(0.01)
        pairs = optimizer.compute_gradients(_relu_net(initial, tf.reduce_sum))
        return optimizer.apply_gradients(clip_gradients(pairs, "value", 1.0).grads_and_vars)

    first, second = sessions
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = os.path.join(folder, "net.ckpt")
        with tf.Graph().as_default():
            _train(first, clipped(first.initial), finally_save=checkpoint)
        with tf.Graph().as_default():
            train = clipped({name: 0 * value for name, value in second.initial.items()})
            _train(second, train, initialise=plan_restore(checkpoint).restore)


def plan_restore(sessions):
    """B2: train the old net, save it, and restore a part of it into the new net by plan."""
    from tf1_recipes.transfer.restore.partial_restore import plan_restore

    old, new = sessions
    with tempfile.TemporaryDirectory() as folder:
        with tf.Graph().as_default():
            train = _descent().minimize(_relu_net(old.initial))
            _train(old, train, finally_save=os.path.join(folder, "old_net.ckpt"))
        with tf.Graph().as_default():
            train = _descent().minimize(_relu_net(new.initial))
            plan = plan_restore(os.path.join(folder, "old_net.ckpt"), include="hidden[123]")
            _train(new, train, initialise=plan.restore)


def restore_arrays(sessions):
    """B3: `plan_restore` of arrays, the kernel transposed."""
    from tf1_recipes.evidence.models.arrays_from_another_framework import THEIR_BIAS, THEIR_KERNEL
    from tf1_recipes.transfer.restore.partial_restore import plan_restore

    theirs = {"fc1.weight": THEIR_KERNEL, "fc1.bias": THEIR_BIAS}
    for session in sessions:
        with tf.Graph().as_default():
            train = _descent().minimize(_relu_net({
                name: 0 * value if name.startswith("hidden1/") else value
                for name, value in session.initial.items()}))
            plan = plan_restore(
                theirs, include="hidden1", transpose={"hidden1/kernel": True},
                names={"fc1.weight": "hidden1/kernel", "fc1.bias": "hidden1/bias"})
            _train(session, train, initialise=plan.restore)


def clip_gradients(sessions):
    """C: `clip_gradients` by value, on the bowl."""
    from tf1_recipes.gradients.clip import clip_gradients

    session = sessions[0]
    weights, bias = _variables(session.initial, "weights", "bias")
    steepness = tf.placeholder(tf.float32, [2, 3], name="steepness")
    targets = tf.placeholder(tf.float32, [2, 3], name="targets")
    loss = (tf.reduce_sum(steepness * tf.square(weights - targets))
            + tf.reduce_sum(tf.square(bias - 0.2)))
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    clipped = clip_gradients(optimizer.compute_gradients(loss), "value", 1.0)
    _train(session, optimizer.apply_gradients(clipped.grads_and_vars))


def decoupled_weight_decay(sessions):
    """E2: `DecoupledWeightDecay` around gradient descent."""
    from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay

    session = sessions[0]
    w, = _variables(session.initial, "w")
    optimizer = DecoupledWeightDecay(tf.train.GradientDescentOptimizer(0.1), 0.1)
    _train(session, optimizer.minimize(tf.square(w - 1) / 2))


def decay_after(sessions):
    """E3: `decay_after` behind momentum."""
    from tf1_recipes.weight_decay.decoupled import decay_after

    session = sessions[0]
    weights, bias = _variables(session.initial, "weights", "bias")
    loss = tf.reduce_sum(tf.square(weights - 1)) / 2 + tf.square(bias + 0.1) / 2
    train = tf.train.MomentumOptimizer(0.125, 0.5).minimize(loss)
    _train(session, decay_after(train, 0.0005, include="weights"))


def caffe_sgd(sessions):
    """E5: `CaffeSGDOptimizer` with the multipliers of Caffe's reference nets."""
    from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer

    session = sessions[0]
    weights, bias = _variables(session.initial, "weights", "bias")
    loss = tf.reduce_sum(tf.square(weights - 1)) / 2 + tf.square(bias + 0.1) / 2
    optimizer = CaffeSGDOptimizer(tf.placeholder(tf.float32, [], name="rate"), 0.9, 0.0005,
                                  lr_mult={"bias": 2}, decay_mult={"bias": 0})
    _train(session, optimizer.minimize(loss))


def piecewise_rate(sessions):
    """D1: `increment_step` with a `piecewise_constant` rate."""
    from tf1_recipes.schedules.learning_rates import increment_step, piecewise_constant

    session = sessions[0]
    global_step, = _variables(session.initial, "global_step")
    w, = _variables(session.initial, "w")
    schedule = piecewise_constant([5, 10, 15], [0.1, 0.05, 0.01, 0.001])
    step, rate = increment_step(global_step, schedule)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    _train(session, tf.group(step, optimizer.minimize(w, var_list=[w])))


def optimizers_on_resource_variables(sessions):
    """F: the same optimizers on resource variables, whose kernels are others."""
    import dataclasses

    from tf1_recipes.evidence.models.optimizer_steps import OPTIMIZERS

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
    _train(session, tf.group(*steps))


def decoupled_optimizers(sessions):
    """E4: `AdamWOptimizer` and a class of `extend_with_decoupled_weight_decay`."""
    from tf1_recipes.weight_decay.adamw import (
        AdamWOptimizer,
        extend_with_decoupled_weight_decay,
    )

    session = sessions[0]
    w, v = _variables(session.initial, "w", "v")
    slope = tf.placeholder(tf.float32, [3], name="slope")
    momentum = extend_with_decoupled_weight_decay(tf.train.MomentumOptimizer)
    _train(session, tf.group(
        AdamWOptimizer(0.01, 0.1).apply_gradients([(slope, w)]),
        momentum(0.01, 0.1, 0.9, name="MomentumW").apply_gradients([(slope, v)])))


def l2_losses(sessions):
    """E1: `add_l2_loss` and `total_loss` under momentum."""
    from tf1_recipes.weight_decay.l2 import add_l2_loss, total_loss

    session = sessions[0]
    w, v, bias = _variables(session.initial, "w", "v", "bias")
    add_l2_loss(0.0005, exclude="bias")
    loss = total_loss(tf.nn.l2_loss(w - 1) + tf.nn.l2_loss(v + 2) + tf.nn.l2_loss(bias + 0.1))
    _train(session, tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss))


def pretrained_layers(sessions):
    """B7: `layerwise_autoencoders` and `max_margin_loss`, each ending in `plan_restore`."""
    from tf1_recipes.learning_rates.grouped import GroupedOptimizer
    from tf1_recipes.transfer.max_margin import max_margin_loss
    from tf1_recipes.transfer.pretraining import layerwise_autoencoders
    from tf1_recipes.transfer.restore.partial_restore import plan_restore

    def hidden(initial, name, inputs):
        kernel, bias = _variables(initial, name + "/kernel", name + "/bias")
        return tf.nn.relu(tf.matmul(inputs, kernel) + bias)

    def by_autoencoders(initial):
        inputs = tf.placeholder(tf.float32, [None, 8], name="X")
        hidden1 = hidden(initial, "hidden1", inputs)
        hidden2 = hidden(initial, "hidden2", hidden1)
        phases = layerwise_autoencoders(inputs, [hidden1], _descent)
        phases += layerwise_autoencoders(hidden1, [hidden2], _descent, decoder="tied")
        return [phase.train_op for phase in phases for _ in range(4)]

    def by_max_margin(initial):
        def score(name):
            inputs = tf.placeholder(tf.float32, [None, 8], name=name)
            below = hidden(initial, "hidden2", hidden(initial, "hidden1", inputs))
            kernel, bias = _variables(initial, "score/kernel", "score/bias")
            return tf.matmul(below, kernel) + bias

        good = score("X")
        with tf.variable_scope(tf.get_variable_scope(), reuse=True):
            bad = score("corrupted")
        return GroupedOptimizer([(_descent(), ".*")]).minimize(max_margin_loss(good, bad, 0.05))

    for pretrain, before, after in zip(
            (by_autoencoders, by_max_margin), sessions[::2], sessions[1::2]):
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = os.path.join(folder, "pretrained.ckpt")
            with tf.Graph().as_default():
                # Under TF_DETERMINISTIC_OPS a decoder without a seed is refused, though its
                # initial values come from the trace.
                tf.set_random_seed(0)
                _train(before, pretrain(before.initial), _start_at(before.initial), checkpoint)
            with tf.Graph().as_default():
                train = _descent().minimize(_relu_net(after.initial))
                _train(after, train, plan_restore(checkpoint, include="hidden[12]").restore)


def warm_restarts(sessions):
    """D2: `WarmRestarts`, with a rate for each of two layers."""
    import numpy as np

    from tf1_recipes.keras.callbacks import WarmRestarts

    session = sessions[0]
    layers, K = tf.keras.layers, tf.keras.backend
    inputs = layers.Input(shape=(4,), name="inputs")
    outputs = layers.add([_linear_layer(session, name)(inputs) for name in ("early", "final")])
    model = tf.keras.Model(inputs, outputs)
    _compile_descent(model, K.variable(session.initial["lr"], name="lr"))
    batches = [feeds for _, feeds in session.steps if "inputs" in feeds]
    with tf.Session().as_default():
        model.fit(np.concatenate([batch["inputs"] for batch in batches]),
                  np.concatenate([batch["add_target"] for batch in batches]),
                  batch_size=2, shuffle=False, verbose=0, callbacks=[WarmRestarts(4, t_mul=2)])


def rate_recorder(sessions):
    """D3: the history of a `BatchLearningRateScheduler`, which is a `LearningRateRecorder`."""
    import numpy as np

    from tf1_recipes.keras.callbacks import BatchLearningRateScheduler
    from tf1_recipes.schedules.decaying_rates import exponential_decay

    session = sessions[0]
    layers, K = tf.keras.layers, tf.keras.backend
    model = tf.keras.Sequential([layers.Input(shape=(2,)), _linear_layer(session, "dense")])
    _compile_descent(model, K.variable(session.initial["lr"], name="lr"))
    kept = K.variable(session.initial["history"], name="history")
    batches = [feeds for _, feeds in session.steps if "dense_input" in feeds]
    recorder = BatchLearningRateScheduler(exponential_decay(session.initial["lr"], 1, 2.0))
    with tf.Session().as_default():
        model.fit(np.concatenate([batch["dense_input"] for batch in batches]),
                  np.concatenate([batch["dense_target"] for batch in batches]),
                  batch_size=2, shuffle=False, verbose=0, callbacks=[recorder])
        K.set_value(kept, np.transpose(
            [recorder.history[name] for name in ("iterations", "lr", "loss")]))


def _linear_layer(session, name):
    start = tf.constant_initializer(session.initial[name + "/kernel"])
    return tf.keras.layers.Dense(1, use_bias=False, kernel_initializer=start, name=name)


def _compile_descent(model, rate):
    """Compiles a Keras model for gradient descent by one rate, or by one for each weight."""
    def updates(loss, params):
        rates = tf.unstack(rate) if rate.shape.ndims else [rate] * len(params)
        return [tf.assign_sub(weights, own * gradient) for weights, own, gradient in zip(
            params, rates, tf.gradients(loss, params))]

    model.compile(tf.train.GradientDescentOptimizer(1.0), "mse")
    model.optimizer.lr = rate
    model.optimizer.get_updates = updates


def discriminative_adam(sessions):
    """A8: `DiscriminativeAdam` on the layers side by side, in Keras' own training."""
    from tf1_recipes.keras.discriminative_adam import DiscriminativeAdam

    keras = tf.keras
    problems = (("mse", {"decay": 0.125, "amsgrad": True}),
                (lambda targets, outputs: keras.backend.mean(targets * outputs, axis=-1),
                 {"beta_1": 0.5, "beta_2": 0.75}))
    for session, (loss, settings) in zip(sessions, problems):
        with tf.Graph().as_default(), tf.Session().as_default():
            inputs, outputs = [], []
            for name in ("block1", "block2", "block3", "top"):
                inputs.append(keras.layers.Input((3,), name=name + "_input"))
                outputs.append(keras.layers.Dense(
                    2, name=name, kernel_initializer="zeros",
                    kernel_constraint="non_neg" if name == "block3" else None)(inputs[-1]))
            model = keras.models.Model(inputs, keras.layers.Add(name="outputs")(outputs))
            model.compile(DiscriminativeAdam(model, ["block3", "top"], **settings), loss)
            model.set_weights([session.initial[weight.op.name] for weight in model.weights])
            for _, feeds in session.steps:
                model.train_on_batch([feeds[name] for name in model.input_names],
                                     feeds["outputs_target"])


def _variables(initial, *names):
    return [tf.get_variable(name, initializer=initial[name]) for name in names]


def _dense(x, initial, name):
    kernel, bias = initial[name + "/kernel"], initial[name + "/bias"]
    return tf.layers.dense(
        x, len(bias), name=name, kernel_initializer=tf.constant_initializer(kernel),
        bias_initializer=tf.constant_initializer(bias))


def _relu_net(initial, reduce=tf.reduce_mean):
    labels = tf.placeholder(tf.int32, [None], name="y")
    return reduce(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=labels, logits=_relu_outputs(initial)))


def _relu_outputs(initial):
    layer = tf.placeholder(tf.float32, [None, 8], name="X")
    for name in sorted({variable.split("/")[0] for variable in initial}):
        kernel, bias = _variables(initial, name + "/kernel", name + "/bias")
        layer = tf.matmul(layer, kernel) + bias
        if name != "outputs":
            layer = tf.nn.relu(layer, name=name + "/relu")
    return layer


def _descent():
    return tf.train.GradientDescentOptimizer(0.1)


def _start_at(initial):
    """Starts every variable at its value, those that a recipe made of its own, too."""
    def initialise(sess):
        sess.run(tf.global_variables_initializer(), {
            variable.initial_value: initial[variable.op.name]
            for variable in tf.global_variables()})
    return initialise


def _train(session, train, initialise=None, finally_save=None):
    """Runs a session's steps by one train op, or by a list of one for each step."""
    trains = train if isinstance(train, list) else [train] * len(session.steps)
    saver = tf.train.Saver() if finally_save else None
    with tf.Session() as sess:
        if initialise:
            initialise(sess)
        else:
            sess.run(tf.global_variables_initializer())
        for train_op, (_, feeds) in zip(trains, session.steps):
            sess.run(train_op, {name + ":0": value for name, value in feeds.items()})
        if saver:
            saver.save(sess, finally_save)
