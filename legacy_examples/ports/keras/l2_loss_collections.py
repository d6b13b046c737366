r"""E1 in Keras 3: L2 in the loss is a regularizer, and the collection is `layer.losses`.

    python l2_loss_collections.py port.npz
    tf1-recipes compare E1_l2_loss_collections/1.15.5.json port.npz \
        --map l2_loss_collections.map.json --ulp 2 --atol 3e-7

A regularizer belongs to the weight that it is given with: nothing else need fill a collection. Two
things differ in numbers. keras.regularizers.L2(factor) is factor * sum(w^2), without l2_loss's
half: so it takes half the factor. And SGD's momentum accumulates rate * gradient with the sign of
the step: -0.1 times TensorFlow 1's accumulator, as long as the rate stays (see caffe_sgd.py).

What can still happen: `fit` adds `layer.losses` to the loss, a loop of one's own must do it, as
here; without, nothing decays, silently. And `weight_decay` of the optimizer is no L2 (E4).
"""
import sys

import keras
import tensorflow as tf

from tf1_recipes import traces

WEIGHT_DECAY_FACTOR = 0.0005


class Net(keras.layers.Layer):
    def build(self):
        decay = keras.regularizers.L2(WEIGHT_DECAY_FACTOR / 2)
        self.w = self.weight("w", [2.0, -1.5, 0.25], decay)
        self.v = self.weight("v", [0.75, -0.5], decay)
        self.bias = self.weight("bias", 0.5)

    def weight(self, name, value, regularizer=None):
        value = tf.constant(value)
        return self.add_weight(shape=value.shape, name=name, regularizer=regularizer,
                               initializer=lambda shape, dtype: value)

    def data_loss(self):
        return (tf.nn.l2_loss(self.w - 1) + tf.nn.l2_loss(self.v + 2)
                + tf.nn.l2_loss(self.bias + 0.1))


net = Net(name="net")
net.build()
optimizer = keras.optimizers.SGD(0.1, momentum=0.9, name="sgd")
optimizer.build(net.trainable_variables)


def everything():
    return {**traces.arrays_of(net), **traces.arrays_of(optimizer)}


with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(everything())
    for step in range(6):
        with tf.GradientTape() as tape:
            total_loss = net.data_loss() + sum(net.losses)
        gradients = tape.gradient(total_loss, net.trainable_variables)
        optimizer.apply(gradients)
        trace.step(variables=everything())
        norm = sum(net.losses)
        print("total loss %.4f, of which weights %.4f" % (net.data_loss() + norm, norm))
