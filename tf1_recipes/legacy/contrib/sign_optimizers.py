"""``tf.contrib.opt``: AddSign and PowerSign, which look whether gradient and momentum agree."""
import math

from tf1_recipes.v1 import tf


class _SignOptimizer(tf.train.Optimizer):
    """What both share.

        m = beta m + (1 - beta) g
        w = w - rate * factor(sign(g) sign(m)) * g
    """

    def __init__(self, learning_rate, scale, beta, sign_decay_fn, use_locking, name):
        super().__init__(use_locking, name)
        self._settings = (learning_rate, scale, beta)
        self._sign_decay_fn = sign_decay_fn

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Applies gradients; the decay of the sign is computed from the global step."""
        self._sign_decay = 1.0 if self._sign_decay_fn is None else self._sign_decay_fn(global_step)
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _create_slots(self, var_list):
        for var in var_list:
            self._zeros_slot(var, "m", self._name)

    def _prepare(self):
        learning_rate, scale, beta = self._settings
        self._tensors = [tf.convert_to_tensor(value, name=name) for value, name in (
            (learning_rate, "learning_rate"), (scale, self._SCALE),
            (self._sign_decay, "sign_decay"), (beta, "beta"))]

    def _numbers(self, var):
        return [tf.cast(tensor, var.dtype.base_dtype) for tensor in self._tensors]

    def _apply_dense(self, grad, var):
        return getattr(tf.raw_ops, self._KERNEL)(
            var=var, m=self.get_slot(var, "m"), **self._arguments(grad, var)).op

    def _resource_apply_dense(self, grad, var):
        return getattr(tf.raw_ops, "Resource" + self._KERNEL)(
            var=var.handle, m=self.get_slot(var, "m").handle, **self._arguments(grad, var))

    def _arguments(self, grad, var):
        numbers = zip(("lr", self._SCALE, "sign_decay", "beta"), self._numbers(var))
        return dict(numbers, grad=grad, use_locking=self._use_locking)

    def _apply_sparse(self, grad, var):
        return self._apply_rows(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad, var, indices):
        return self._apply_rows(grad, var, indices)

    def _apply_rows(self, grad, var, rows):
        rate, scale, decay, beta = self._numbers(var)
        m = self.get_slot(var, "m")
        with tf.control_dependencies([tf.assign(m, m * beta, use_locking=self._use_locking)]):
            m_t = tf.scatter_add(m, rows, grad * (1 - beta), use_locking=self._use_locking)
        # What a scatter returns for a resource variable does not make a gather wait for it.
        with tf.control_dependencies([m_t]):
            m_rows = tf.gather(m, rows)
        agreement = decay * tf.sign(m_rows) * tf.sign(grad)
        return tf.group(m_t, tf.scatter_sub(
            var, rows, rate * self._factor(scale, agreement) * grad,
            use_locking=self._use_locking))


class AddSignOptimizer(_SignOptimizer):
    """Gradient descent by ``(alpha + decay * sign(g) sign(m)) * g``."""

    _KERNEL, _SCALE = "ApplyAddSign", "alpha"

    def __init__(self, learning_rate=0.1, alpha=1.0, beta=0.9, sign_decay_fn=None,
                 use_locking=False, name="AddSignOptimizer"):
        super().__init__(learning_rate, alpha, beta, sign_decay_fn, use_locking, name)

    def _factor(self, alpha, agreement):
        return alpha + agreement


class PowerSignOptimizer(_SignOptimizer):
    """Gradient descent by ``base ** (decay * sign(g) sign(m)) * g``."""

    _KERNEL, _SCALE = "ApplyPowerSign", "logbase"

    def __init__(self, learning_rate=0.1, base=math.e, beta=0.9, sign_decay_fn=None,
                 use_locking=False, name="PowerSignOptimizer"):
        super().__init__(learning_rate, math.log(base), beta, sign_decay_fn, use_locking, name)

    def _factor(self, logbase, agreement):
        return tf.exp(logbase * agreement)
