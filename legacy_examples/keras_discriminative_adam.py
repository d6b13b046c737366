"""A8: Keras 2.2's Adam with a rate per stage (discriminative layers).

The optimizer is given the layers at which the middle and the final stage begin, and three rates.
Its loop over the weights takes the next rate when it meets the first weight of a split layer.

Two things are not as they were found. Keras adds 1 to `iterations` beside the ops that read it, so
that a step counts as the first or as the second by chance; here it is read first. And the layers
stand side by side: in a stack of them, one is overwritten while the gradient of the one below it
may have yet to read it.
"""
from __future__ import print_function

import keras
import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.layers import Add, Dense, Input
from keras.legacy import interfaces


class DiscriminativeAdam(keras.optimizers.Adam):
    def __init__(self, split_1, split_2, lr=(1e-7, 1e-4, 1e-2), **kwargs):
        super(DiscriminativeAdam, self).__init__(lr=np.array(lr, np.float32), **kwargs)
        self.split_1 = [weight.name for weight in split_1.weights]
        self.split_2 = [weight.name for weight in split_2.weights]

    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        grads = self.get_gradients(loss, params)
        done = K.cast(self.iterations, K.floatx())
        with tf.control_dependencies([done]):
            self.updates = [K.update_add(self.iterations, 1)]

        lr = self.lr
        if self.initial_decay > 0:
            lr = lr * (1. / (1. + self.decay * done))
        t = done + 1
        lr_t = lr * (K.sqrt(1. - K.pow(self.beta_2, t)) / (1. - K.pow(self.beta_1, t)))

        self.weights = [self.iterations]
        stage_lr = lr_t[0]
        for p, g in zip(params, grads):
            if p.name in self.split_1:
                stage_lr = lr_t[1]
            if p.name in self.split_2:
                stage_lr = lr_t[2]

            zeros = np.zeros(K.int_shape(p))
            with tf.name_scope(p.op.name + "/"):
                m = K.variable(zeros, dtype=K.dtype(p), name="m")
                v = K.variable(zeros, dtype=K.dtype(p), name="v")
                self.weights += [m, v]
                m_t = (self.beta_1 * m) + (1. - self.beta_1) * g
                v_t = (self.beta_2 * v) + (1. - self.beta_2) * K.square(g)
                if self.amsgrad:
                    vhat = K.variable(zeros, dtype=K.dtype(p), name="vhat")
                    self.weights.append(vhat)
                    vhat_t = K.maximum(vhat, v_t)
                    p_t = p - stage_lr * m_t / (K.sqrt(vhat_t) + self.epsilon)
                    self.updates.append(K.update(vhat, vhat_t))
                else:
                    p_t = p - stage_lr * m_t / (K.sqrt(v_t) + self.epsilon)
                self.updates.append(K.update(m, m_t))
                self.updates.append(K.update(v, v_t))
                if getattr(p, "constraint", None) is not None:
                    p_t = p.constraint(p_t)
                self.updates.append(K.update(p, p_t))
        return self.updates


def values(offset, *shape):
    """Eighths from -0.5 to 0.75, of either sign."""
    numbers = (np.arange(np.prod(shape)) * 7 + offset) % 11
    return ((numbers - 4) / 8.0).astype(np.float32).reshape(shape)


def train(title, loss, **settings):
    inputs, outputs = [], []
    for name, constraint in (("block1", None), ("block2", None), ("block3", "non_neg"),
                             ("top", None)):
        inputs.append(Input((3,), name=name + "_input"))
        outputs.append(Dense(2, name=name, kernel_initializer="zeros", kernel_constraint=constraint)(
            inputs[-1]))
    model = keras.models.Model(inputs, Add(name="outputs")(outputs))
    optimizer = DiscriminativeAdam(model.get_layer("block3"), model.get_layer("top"), **settings)
    model.compile(optimizer, loss)
    for number, name in enumerate(("block1", "block2", "block3", "top")):
        model.get_layer(name).set_weights([values(number, 3, 2), values(number + 3, 2)])

    features = [values(number, 16, 3) for number in range(4)]
    targets = values(5, 16, 2)
    for _ in range(2):
        model.fit(features, targets, batch_size=4, epochs=1, shuffle=False, verbose=0)
        for name in ("block1", "block3", "top"):
            kernel = model.get_layer(name).get_weights()[0]
            print(title, name, " ".join("%.7f" % weight for weight in kernel[:, 0]))


# AMSGrad under a rate that decays, on the mean squared error.
train("amsgrad", "mse", decay=0.125, amsgrad=True)

# Adam on a linear loss, whose gradients are short binary fractions, and so are its moments.
K.clear_session()
train("adam", lambda targets, outputs: K.mean(targets * outputs, axis=-1),
      beta_1=0.5, beta_2=0.75)
