"""Optimizers as users have them: their own classes, and wrappers that are not this package's.

Each says in NumPy what it does to a step, as a `tests.optimizer_rows.Wrapper` does.
"""
from tests.optimizer_rows import Wrapper, momentum_of, trained_by, unchanged
from tf1_recipes.v1 import tf


def changed(gradient, factor):
    """A gradient times a factor; sparse stays sparse."""
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(
            changed(gradient.values, factor), gradient.indices, gradient.dense_shape)
    return None if gradient is None else gradient * tf.cast(factor, gradient.dtype)


class EightTimes(tf.train.MomentumOptimizer):
    """Overrides ``compute_gradients``."""

    def compute_gradients(self, *args, **kwargs):
        return [(changed(gradient, 8.0), variable)
                for gradient, variable in super().compute_gradients(*args, **kwargs)]


class Halved(tf.train.MomentumOptimizer):
    """Overrides ``apply_gradients``."""

    def apply_gradients(self, grads_and_vars, *args, **kwargs):
        pairs = [(changed(gradient, 0.5), variable) for gradient, variable in grads_and_vars]
        return super().apply_gradients(pairs, *args, **kwargs)


class Doubled(tf.train.MomentumOptimizer):
    """Overrides ``_prepare``."""

    def _prepare(self):
        super()._prepare()
        self._learning_rate_tensor = 2.0 * self._learning_rate_tensor


class Counted(tf.train.MomentumOptimizer):
    """Makes a variable in ``apply_gradients``, and counts in it: the n-th gradient times n."""

    def apply_gradients(self, grads_and_vars, *args, **kwargs):
        with tf.control_dependencies(None):
            count = tf.get_variable("%s_%x/count" % (self.get_name(), id(self)), initializer=0.0,
                                    trainable=False)
        number = tf.assign_add(count, 1.0)
        pairs = [(changed(gradient, number), variable) for gradient, variable in grads_and_vars]
        return super().apply_gradients(pairs, *args, **kwargs)


class Averaging(tf.train.Optimizer):
    """As Horovod's ``DistributedOptimizer``: averages the gradients over two workers.

    There is one only; the other's gradients are thrice its own, so that the mean is twice.
    """

    def __init__(self, optimizer):
        super().__init__(use_locking=False, name="Distributed" + type(optimizer).__name__)
        self._optimizer = optimizer

    def compute_gradients(self, *args, **kwargs):
        return [(_averaged(gradient), variable)
                for gradient, variable in self._optimizer.compute_gradients(*args, **kwargs)]

    def apply_gradients(self, *args, **kwargs):
        return self._optimizer.apply_gradients(*args, **kwargs)

    def get_slot(self, *args, **kwargs):
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args, **kwargs):
        return self._optimizer.get_slot_names(*args, **kwargs)

    def variables(self, *args, **kwargs):
        return self._optimizer.variables(*args, **kwargs)


def _averaged(gradient):
    if isinstance(gradient, tf.IndexedSlices):  # it gathers the rows of all workers
        return tf.IndexedSlices(
            tf.concat([gradient.values, 3.0 * gradient.values], 0) / 2.0,
            tf.concat([gradient.indices] * 2, 0), gradient.dense_shape)
    return None if gradient is None else (gradient + 3.0 * gradient) / 2.0


def loss_scaled(optimizer, dynamic=False):
    """TensorFlow's ``MixedPrecisionLossScaleOptimizer``, with a fixed factor or a dynamic one.

    The dynamic one makes no step where a gradient is not finite.
    """
    experimental = tf.train.experimental
    scale = 1024.0
    if dynamic:
        scale = experimental.DynamicLossScale(initial_loss_scale=1024.0, increment_period=100)
    return experimental.MixedPrecisionLossScaleOptimizer(optimizer, scale)


def moving_average(optimizer):
    """``MovingAverageOptimizer`` of ``tf.contrib.opt``."""
    try:
        from tensorflow.contrib.opt import MovingAverageOptimizer
    except ImportError:
        from tf1_recipes.legacy.contrib.optimizer_wrappers import MovingAverageOptimizer
    return MovingAverageOptimizer(optimizer, average_decay=0.5)


def _momentum(memory, step, factor=1):
    return step.weight - step.rate * momentum_of(memory, step.name, factor * step.gradient)


def _leaf(name, make, factor=lambda t: 1, computed=unchanged):
    def around(_, rate):
        return make(rate, 0.5)
    return Wrapper(name, around, trained_by(around),
                   lambda memory, step: _momentum(memory, step, factor(step.t)), computed, 0)


def _wrapper(name, wrap, computed=unchanged):
    def around(make, rate):
        return wrap(make(rate))
    return Wrapper(name, around, trained_by(around), lambda inner, step: inner(step), computed, 0)


LEAVES = [
    _leaf("Momentum", tf.train.MomentumOptimizer),
    _leaf("compute_gradients of its own", EightTimes, computed=lambda gradient: 8 * gradient),
    _leaf("apply_gradients of its own", Halved, lambda t: 0.5),
    _leaf("_prepare of its own", Doubled, lambda t: 2),
    _leaf("variables made in apply_gradients", Counted, lambda t: t),
]
WRAPPERS = [
    _wrapper("averages over workers", Averaging, lambda gradient: 2 * gradient),
    _wrapper("fixed loss scale", loss_scaled),
    _wrapper("dynamic loss scale", lambda optimizer: loss_scaled(optimizer, dynamic=True)),
    _wrapper("moving averages", moving_average),
]
