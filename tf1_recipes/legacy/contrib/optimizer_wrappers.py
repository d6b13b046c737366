"""``tf.contrib.opt``: optimizers around another one, and LARS."""
import functools

from tensorflow.python.training.saving import saveable_object_util

from tf1_recipes.v1 import tf


class _Wrapper(tf.train.Optimizer):
    """Leaves gradients and slots to the optimizer that it is around."""

    def __init__(self, opt, use_locking=False, name="Wrapper"):
        super().__init__(use_locking, name)
        self._opt = opt

    def compute_gradients(self, *args, **kwargs):
        """The wrapped optimizer's gradients."""
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args, **kwargs):
        """The wrapped optimizer's slot of a variable."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args, **kwargs):
        """The names of the wrapped optimizer's slots."""
        return self._opt.get_slot_names(*args, **kwargs)


class MovingAverageOptimizer(_Wrapper):
    """Keeps a moving average of every variable that it trains, to be saved in its place.

    Args:
        opt: ``tf.train.Optimizer``.
        average_decay, num_updates: as of ``tf.train.ExponentialMovingAverage``.
        sequential_update: bool, the averages are taken after the update.
    """

    def __init__(self, opt, average_decay=0.9999, num_updates=None, sequential_update=True):
        super().__init__(opt, name="MovingAverage")
        self._ema = tf.train.ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._swapped = None
        self._sequential_update = sequential_update

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Lets the wrapped optimizer apply gradients, and updates the averages."""
        pairs = list(grads_and_vars)
        train_op = self._opt.apply_gradients(pairs, global_step=global_step, name=name)
        variables = [variable for gradient, variable in pairs if gradient is not None]
        with tf.control_dependencies([train_op] if self._sequential_update else []):
            average_op = self._ema.apply(variables)
        self._swapped = {}
        for variable in variables:
            average = self._ema.average(variable)
            self._swapped[variable.op.name] = average.op.name
            self._swapped[average.op.name] = variable.op.name
        return tf.group(train_op, average_op, name="train_with_avg")

    def swapping_saver(self, var_list=None, name="swapping_saver", **kwargs):
        """Returns a ``Saver`` that saves each average under its variable's name, and vice versa."""
        if self._swapped is None:
            raise RuntimeError(
                "Must call apply_gradients or minimize before creating the swapping_saver")
        given = tf.global_variables() if var_list is None else var_list
        if not isinstance(given, dict):
            given = saveable_object_util.op_list_to_dict(given)
        by_name = {}
        for title, each in given.items():
            if isinstance(each, (list, tuple)) or hasattr(each, "as_tensor"):
                by_name.update({part.op.name: part for part in each})
            else:
                by_name[title] = each

        def swap(title, each):
            other = self._swapped.get(title)
            if other is not None and other not in by_name:
                raise ValueError("Variable to swap %s is not part of variables to save. This "
                                 "breaks MovingAverageOptimizer." % other)
            return each if other is None else by_name[other]

        return tf.train.Saver({
            title: [swap(part.op.name, part) for part in each] if isinstance(each, list)
            else swap(title, each) for title, each in given.items()}, name=name, **kwargs)


class VariableClippingOptimizer(_Wrapper):
    """Clips the norm of variables after each update.

    Args:
        opt: ``tf.train.Optimizer``.
        vars_to_clip_dims: dict from variable to the list of dimensions of which the norm is taken.
        max_norm: float.
        use_locking: bool.
        colocate_clip_ops_with_vars: bool, of no account on one machine.
        name: str.
    """

    def __init__(self, opt, vars_to_clip_dims, max_norm, use_locking=False,
                 colocate_clip_ops_with_vars=False, name="VariableClipping"):
        super().__init__(opt, use_locking, name)
        self._axes = {variable.op.name: list(axes) for variable, axes in vars_to_clip_dims.items()}
        self._max_norm = max_norm

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Lets the wrapped optimizer apply gradients, and clips what it wrote."""
        pairs = list(grads_and_vars)
        with tf.name_scope(name, self.get_name()) as scope:
            update = self._opt.apply_gradients(pairs, global_step=global_step)
            with tf.control_dependencies([update]):
                clips = [self._clip(gradient, variable) for gradient, variable in pairs
                         if gradient is not None and variable.op.name in self._axes]
            return tf.group(update, *clips, name=scope)

    def _clip(self, gradient, variable):
        axes = self._axes[variable.op.name]
        with tf.name_scope("clip_" + variable.op.name):
            rows = gradient.indices if isinstance(
                gradient, tf.IndexedSlices) and 0 not in axes else None
            value = variable.read_value() if rows is None else tf.gather(variable, rows)
            excess = value - tf.clip_by_norm(value, self._max_norm, axes)
            if rows is None:
                return variable.assign_sub(excess, use_locking=self._use_locking)
            return tf.scatter_sub(variable, rows, excess, use_locking=self._use_locking)


class MultitaskOptimizerWrapper:
    """Leaves alone, slots included, every variable whose gradient is all zero.

    Args:
        opt: ``tf.train.Optimizer``; it is changed.
    """

    def __init__(self, opt):
        if not isinstance(opt, tf.train.Optimizer):
            raise TypeError("Supplied optimizer must be an instance of tf.train.Optimizer")
        self._opt = opt
        for name in ("_apply_dense", "_resource_apply_dense", "_apply_sparse",
                     "_resource_apply_sparse"):
            setattr(opt, name, functools.partial(_unless_zero, getattr(opt, name)))

    def __getattr__(self, name):
        return getattr(self._opt, name)


def _is_zero(gradient):
    values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
    return tf.equal(tf.count_nonzero(values), 0)


def _unless_zero(apply, gradient, *args, **kwargs):
    def call():
        with tf.control_dependencies([apply(gradient, *args, **kwargs)]):
            return tf.no_op()
    return tf.cond(_is_zero(gradient), tf.no_op, call)


def clip_gradients_by_global_norm(gradients_variables, clip_norm=20.0):
    """Clips gradients by the norm of all; those that are all zero count as nothing.

    Returns:
        ([(gradient, variable)], norm)
    """
    gradients, variables = zip(*gradients_variables)
    nonzero = [gradient if gradient is None else tf.cond(
        _is_zero(gradient), lambda gradient=gradient: tf.zeros([], gradient.dtype),
        lambda gradient=gradient: gradient) for gradient in gradients]
    norm = tf.global_norm(nonzero)
    gradients, _ = tf.clip_by_global_norm(gradients, clip_norm, use_norm=norm)
    return list(zip(gradients, variables)), norm


class LARSOptimizer(tf.train.Optimizer):
    """Momentum with a learning rate for each layer, by the norms of its weights and gradient.

        trust = eeta |w| / (|g| + weight_decay |w| + epsilon), or 1 where a norm is 0
        accum = momentum accum + rate trust (g + weight_decay w)
        w = w - accum

    Args:
        learning_rate: float or tensor.
        momentum, weight_decay, eeta, epsilon: float.
        name: str.
        skip_list: list of str; variables with one of these in their names are trained by momentum.
        use_nesterov: bool.
    """

    def __init__(self, learning_rate, momentum=0.9, weight_decay=0.0001, eeta=0.001, epsilon=0.0,
                 name="LARSOptimizer", skip_list=None, use_nesterov=False):
        if momentum < 0.0:
            raise ValueError("momentum should be positive: %s" % momentum)
        if weight_decay < 0.0:
            raise ValueError("weight_decay should be positive: %s" % weight_decay)
        super().__init__(use_locking=False, name=name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._weight_decay = weight_decay
        self._eeta = eeta
        self._epsilon = epsilon
        self._skip_list = skip_list
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list):
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def compute_lr(self, grad, var):
        """Returns a variable's learning rate, and its gradient with the weight decay."""
        if self._skip_list is not None and any(part in var.name for part in self._skip_list):
            return self._learning_rate, grad
        weights, gradient = tf.norm(var, ord=2), tf.norm(grad, ord=2)
        trust = self._eeta * weights / (
            gradient + self._weight_decay * weights + self._epsilon)
        trust = tf.where(tf.logical_and(weights > 0, gradient > 0), trust, tf.ones_like(trust))
        return self._learning_rate * trust, grad + self._weight_decay * var

    def _apply_dense(self, grad, var):
        rate, grad = self.compute_lr(grad, var)
        return tf.raw_ops.ApplyMomentum(
            var=var, accum=self.get_slot(var, "momentum"), lr=tf.cast(1.0, var.dtype.base_dtype),
            grad=grad * rate, momentum=self._momentum, use_nesterov=self._use_nesterov).op

    def _resource_apply_dense(self, grad, var):
        rate, grad = self.compute_lr(grad, var)
        return tf.raw_ops.ResourceApplyMomentum(
            var=var.handle, accum=self.get_slot(var, "momentum").handle,
            lr=tf.cast(1.0, var.dtype.base_dtype), grad=grad * rate, momentum=self._momentum,
            use_nesterov=self._use_nesterov)
