"""What the docstrings of the Keras ports say that can, or cannot, go wrong; prints it as JSON."""
import json
import os
import sys
import warnings

import keras
import numpy as np
import tensorflow as tf

FOLDER = sys.argv[1]
ONES = np.ones([2, 2], np.float32)
SGD = keras.optimizers.SGD


def error_of(function):
    try:
        function()
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)
    return "none"


def net(*widths, **settings):
    """A linear net of ones; the last layer is called outputs."""
    output = X = keras.Input([2])
    for number, width in enumerate(widths):
        name = "outputs" if number == len(widths) - 1 else "hidden%d" % (number + 1)
        output = keras.layers.Dense(width, name=name, **settings)(output)
    return keras.Model(X, output)


def fit(model, optimizer=None):
    if optimizer:
        model.compile(optimizer, "mse")
    model.fit(ONES, ONES[:, :1], shuffle=False, verbose=0)


def clipped_without_a_gradient():
    a, b = keras.Variable([1.0]), keras.Variable([1.0])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        SGD(0.1, clipvalue=1.0).apply([tf.constant([5.0]), None], [a, b])
    return [a.numpy().tolist(), b.numpy().tolist(), str(caught[0].message)]


def clipped_nan(**clip):
    a, b = keras.Variable([1.0, 1.0]), keras.Variable([1.0])
    SGD(0.5, **clip).apply([tf.constant([np.nan, 1.0]), tf.constant([1.0])], [a, b])
    return np.isnan(np.concatenate([a, b])).tolist()


def clipped_rows_of_one_id():
    table = keras.Variable(np.ones([3, 1], np.float32))
    rows = tf.IndexedSlices(tf.constant([[3.0], [4.0]]), tf.constant([1, 1]), tf.constant([3, 1]))
    SGD(0.25, clipvalue=1.0).apply([rows], [table])
    return table.numpy().ravel().tolist()


def optimizer_of(name, *patterns):
    rates = keras.optimizers.OptimizerMap(SGD(0.5), {each: SGD(0.25) for each in patterns})
    keras.optimizers.MultiOptimizer(rates).build([keras.Variable(1.0, name=name)])


def weights_by_place():
    old, new = net(2, 2, 2, 2, use_bias=False), net(2, 2, 2, use_bias=False)
    path = os.path.join(FOLDER, "old.weights.h5")
    old.save_weights(path)
    new.load_weights(path, skip_mismatch=True)
    return bool((new.get_layer("outputs").kernel.numpy()
                 == old.get_layer("hidden3").kernel.numpy()).all())


def frozen_behind_fit():
    model, moved = net(2, 1), []
    fit(model, SGD(0.1))
    layer = model.get_layer("hidden1")
    layer.trainable = False
    for optimizer in None, SGD(0.1):
        before = layer.kernel.numpy().copy()
        fit(model, optimizer)
        moved.append(bool((layer.kernel.numpy() != before).any()))
    return moved


def unfrozen_with_its_optimizer():
    model, optimizer = net(2, 1), SGD(0.1, momentum=0.5)
    model.get_layer("hidden1").trainable = False
    fit(model, optimizer)
    model.get_layer("hidden1").trainable = True
    return error_of(lambda: fit(model, optimizer))


def optimizer_behind_load_model():
    model = net(1)
    fit(model, SGD(0.1, momentum=0.5))
    path = os.path.join(FOLDER, "net.keras")
    model.save(path)
    loaded = keras.models.load_model(path).optimizer
    return [int(loaded.iterations), bool((
        loaded.momentums[0].numpy() == model.optimizer.momentums[0].numpy()).all())]


def multiplier_in_front_of_a_lookup():
    @tf.custom_gradient
    def multiply(x):
        return tf.identity(x), lambda dy: dy * 0.1

    table = tf.Variable(ONES)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.gather(multiply(table), [0, 1]))
    return error_of(lambda: tape.gradient(loss, table))


def losses_of_two_batches():
    model, found = net(1, kernel_initializer="zeros"), []
    model.compile(SGD(0.0), "mse")
    targets = np.float32([[1.0], [3.0]])
    model.fit(ONES, targets, batch_size=1, shuffle=False, verbose=0, callbacks=[
        keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: found.append(float(logs["loss"])))])
    return found, [float(model.train_on_batch(ONES[:1], each[None])) for each in targets]


def own_weight_decay():
    """The first values of w, from 2, with loss (w - 1)^2 / 2, rate 0.1 and decay 0.1."""
    w, optimizer, found = keras.Variable(2.0), SGD(0.1, weight_decay=1.0), []
    for _ in range(4):
        optimizer.apply([w - 1], [w])
        found.append("%.5f" % w.numpy())
    return " ".join(found)


print(json.dumps({
    "clipped without a gradient": clipped_without_a_gradient(),
    "two clips": error_of(lambda: SGD(0.1, clipvalue=1.0, clipnorm=1.0)),
    "NaN under clipvalue": clipped_nan(clipvalue=1.0),
    "NaN under global_clipnorm": clipped_nan(global_clipnorm=1.0),
    "clipped rows of one id": clipped_rows_of_one_id(),
    "two patterns": error_of(lambda: optimizer_of("ab", "a.*", ".*b")),
    "no pattern": error_of(lambda: optimizer_of("ab", "x.*")),
    "weights by place": weights_by_place(),
    "no such layer": error_of(lambda: net(1).get_layer("hidden1")),
    "another shape": error_of(lambda: net(1).set_weights([ONES.T, np.zeros(1)])),
    "frozen behind fit": frozen_behind_fit(),
    "unfrozen with its optimizer": unfrozen_with_its_optimizer(),
    "optimizer behind load_model": optimizer_behind_load_model(),
    "multiplier in front of a lookup": multiplier_in_front_of_a_lookup(),
    "losses of two batches": losses_of_two_batches(),
    "own weight_decay": own_weight_decay(),
    "defaults": {name: getattr(keras.optimizers, name)().get_config() for name in (
        "SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "Ftrl")},
}))
