r"""F in Keras 3: TensorFlow 1's optimizers, side by side, with the same gradients.

    python optimizer_steps.py port.npz
    tf1-recipes compare F_optimizer_steps/1.15.5.json port.npz \
        --map optimizer_steps.map.json --ulp 8 --atol 3e-8

Nine of the eleven are keras.optimizers' with other settings; RMSprop also needs another start. The
two proximal ones do not exist, and are written out. The README beside this file has what Keras'
own defaults do otherwise, in numbers. The betas, rho and decay are given as float32, since
TensorFlow 1 takes them from 1 in float32.

A table whose rows are looked up is the other half. TensorFlow 1 sums the gradients of equal ids,
and updates the rows that are named as if there were no others; only Adam moves all rows. Keras
squares the gradients of equal ids one by one, lets momentum and mean squares go on in all rows, and
its Ftrl sets to 0 every row that has had no gradient yet. `RowsOnly` does as TensorFlow 1 did; it
costs a dense update. Where that is too much: tf.raw_ops.ResourceSparseApply... are TensorFlow 1's
own kernels, and tf.compat.v1.train's optimizers take a tape's gradients, in eager mode too.
"""
import sys

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import traces

L1 = L2 = 0.01


class RowsOnly:
    """Sums the gradients of equal ids; rows without a gradient stay, and so do their slots."""

    def update_step(self, gradient, variable, learning_rate):
        if not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        named = tf.reduce_any(tf.one_hot(
            gradient.indices, variable.shape[0], True, False, axis=0), axis=1)[:, tf.newaxis]
        before = [(each, tf.identity(each)) for each in [*self.variables, variable]
                  if each.shape == variable.shape]
        super().update_step(tf.convert_to_tensor(gradient), variable, learning_rate)
        for each, value in before:
            each.assign(tf.where(named, each, value))


class SGD(RowsOnly, keras.optimizers.SGD):
    pass


class Adagrad(RowsOnly, keras.optimizers.Adagrad):
    pass


class Adadelta(RowsOnly, keras.optimizers.Adadelta):
    pass


class Ftrl(RowsOnly, keras.optimizers.Ftrl):
    pass


class RMSprop(RowsOnly, keras.optimizers.RMSprop):
    """The mean square starts at 1."""

    def build(self, variables):
        if not self.built:
            super().build(variables)
            for each in self.variables:
                if each.path.endswith("_velocity"):
                    each.assign(tf.ones_like(each))


class Adam(keras.optimizers.Adam):
    """Sums the gradients of equal ids; all rows move, as their moments decay."""

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(tf.convert_to_tensor(gradient), variable, learning_rate)


def proximal(w, rate):
    """The variable nearest to w but for the penalties: |w| cut by rate * L1, over 1 + rate * L2."""
    return tf.sign(w) * tf.maximum(tf.abs(w) - rate * L1, 0) / (1 + rate * L2)


class Proximal(keras.optimizers.Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        rate = self.rate(gradient, variable, learning_rate)
        variable.assign(proximal(variable - gradient * rate, rate))


class ProximalGradientDescent(RowsOnly, Proximal):
    def rate(self, gradient, variable, learning_rate):
        return learning_rate


class ProximalAdagrad(RowsOnly, Proximal):
    def build(self, variables):
        if not self.built:
            super().build(variables)
            self.accumulators = self.add_optimizer_variables(
                variables, "accumulator", keras.initializers.Constant(0.1))

    def rate(self, gradient, variable, learning_rate):
        accumulator = self.accumulators[self._get_variable_index(variable)]
        accumulator.assign_add(tf.square(gradient))
        return learning_rate / tf.sqrt(accumulator)


def float32(number):
    return float(np.float32(number))


OPTIMIZERS = [
    keras.optimizers.SGD(0.1, name="gradient_descent"),
    SGD(0.1, momentum=0.9, name="momentum"),
    SGD(0.1, momentum=0.9, nesterov=True, name="nesterov"),
    Adagrad(0.1, epsilon=0.0, name="adagrad"),
    Adadelta(1.0, rho=float32(0.95), epsilon=1e-8, name="adadelta"),
    RMSprop(0.01, float32(0.9), momentum=0.9, epsilon=1e-10, name="rmsprop"),
    RMSprop(0.01, float32(0.9), momentum=0.9, epsilon=1e-10, centered=True,
            name="rmsprop_centred"),
    Adam(beta_1=float32(0.9), beta_2=float32(0.999), epsilon=1e-8, name="adam"),
    Ftrl(0.1, l1_regularization_strength=L1, l2_regularization_strength=L2, name="ftrl"),
    ProximalGradientDescent(0.1, name="proximal_gradient_descent"),
    ProximalAdagrad(0.1, name="proximal_adagrad"),
]


def everything():
    found = {"adam/beta_%d_power" % number: np.float32(beta ** (int(adam.iterations) + 1))
             for number, beta in ((1, adam.beta_1), (2, adam.beta_2))}
    for optimizer in OPTIMIZERS:
        found.update(traces.arrays_of(optimizer))
        bias, table = variables[optimizer.name]
        found.update({optimizer.name + "/bias": bias, optimizer.name + "/table": table})
    return found


adam, = [each for each in OPTIMIZERS if isinstance(each, Adam)]
variables = {}
for optimizer in OPTIMIZERS:
    bias = keras.Variable([1.0, -0.5, 0.25], name="bias")
    table = keras.Variable([[0.5, -1.0], [1.5, 0.75], [-0.25, 2.0], [1.25, -1.5]], name="table")
    variables[optimizer.name] = [bias, table]
    optimizer.build([bias, table])

with traces.writer(*sys.argv[1:2] or ["port.npz"], framework="keras " + keras.__version__) as trace:
    trace.initial(everything())
    for step in range(6):
        slope = np.float32((np.arange(3) * 5 + step * 7) % 11 / 4.0 - 1.25)
        row_slopes = np.float32((np.arange(4) * 3 + step * 5) % 7 / 2.0 - 1.25).reshape(2, 2)
        ids = np.int32([step % 4, (step + 1 + step % 3) % 4])
        for optimizer in OPTIMIZERS:
            bias, table = variables[optimizer.name]
            with tf.GradientTape() as tape:
                loss = (tf.reduce_sum(bias * slope)
                        + tf.reduce_sum(tf.gather(table, ids) * row_slopes))
            optimizer.apply(tape.gradient(loss, [bias, table]), [bias, table])
        trace.step(variables=everything(),
                   feeds={"slope": slope, "row_slopes": row_slopes, "ids": ids})
    for optimizer in OPTIMIZERS:
        bias = variables[optimizer.name][0].numpy()
        print("%-25s" % optimizer.name, " ".join("%8.5f" % value for value in bias))
