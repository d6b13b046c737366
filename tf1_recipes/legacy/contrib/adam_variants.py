"""``tf.contrib.opt``: Adam that spares sparse rows, that looks ahead, and that takes maxima."""
from tf1_recipes.v1 import tf


class _AdamVariant(tf.train.AdamOptimizer):
    """What the variants share: Adam's numbers in a variable's type, and reads of sparse rows."""

    def _numbers(self, var):
        """beta1**t, beta2**t, the rate, beta1, beta2 and epsilon, in the variable's type."""
        numbers = list(self._get_beta_accumulators()) + [
            self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t]
        return [tf.cast(number, var.dtype.base_dtype) for number in numbers]

    def _arguments(self, var, handle=lambda variable: variable):
        """What the kernels take, by name."""
        names = ("lr", "beta1", "beta2", "epsilon")
        powers = ("beta1_power", "beta2_power")[:len(self._get_beta_accumulators())]
        return dict(zip(powers + names, self._numbers(var)), var=handle(var),
                    m=handle(self.get_slot(var, "m")), v=handle(self.get_slot(var, "v")),
                    use_locking=self._use_locking)

    def _apply_sparse(self, grad, var):
        return self._apply_rows(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad, var, indices):
        return self._apply_rows(grad, var, indices)

    def _update(self, variable, rows, values):
        return tf.scatter_update(variable, rows, values, use_locking=self._use_locking)

    def _add(self, variable, rows, values):
        return tf.scatter_add(variable, rows, values, use_locking=self._use_locking)


class LazyAdamOptimizer(_AdamVariant):
    """Adam that updates the moments of the rows in a sparse gradient only.

        m[i] = b1 m[i] + (1 - b1) g[i]
        v[i] = b2 v[i] + (1 - b2) g[i]^2
        w[i] = w[i] - rate sqrt(1 - b2^t) / (1 - b1^t) m[i] / (sqrt(v[i]) + epsilon)

    Adam's own moments of all rows fade with every step, and all rows move. With dense gradients
    this is Adam. Arguments: those of ``tf.train.AdamOptimizer``.
    """

    def _apply_rows(self, grad, var, rows):
        b1_power, b2_power, rate, b1, b2, epsilon = self._numbers(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m_rows = b1 * tf.gather(m, rows) + (1 - b1) * grad
        v_rows = b2 * tf.gather(v, rows) + (1 - b2) * tf.square(grad)
        rate = rate * tf.sqrt(1 - b2_power) / (1 - b1_power)
        return tf.group(
            tf.scatter_sub(var, rows, rate * m_rows / (tf.sqrt(v_rows) + epsilon),
                           use_locking=self._use_locking),
            self._update(m, rows, m_rows), self._update(v, rows, v_rows))


class NadamOptimizer(_AdamVariant):
    """Adam with Nesterov's momentum.

        w = w - rate sqrt(1 - b2^t) / (1 - b1^t) (b1 m + (1 - b1) g) / (sqrt(v) + epsilon)

    Arguments: those of ``tf.train.AdamOptimizer``.
    """

    def _apply_dense(self, grad, var):
        return tf.raw_ops.ApplyAdam(grad=grad, use_nesterov=True, **self._arguments(var)).op

    def _resource_apply_dense(self, grad, var):
        return tf.raw_ops.ResourceApplyAdam(
            grad=grad, use_nesterov=True, **self._arguments(var, _handle))

    def _apply_rows(self, grad, var, rows):
        b1_power, b2_power, rate, b1, b2, epsilon = self._numbers(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        with tf.control_dependencies([tf.assign(m, m * b1, use_locking=self._use_locking)]):
            m_t = self._add(m, rows, grad * (1 - b1))
        with tf.control_dependencies([tf.assign(v, v * b2, use_locking=self._use_locking)]):
            v_t = self._add(v, rows, grad * grad * (1 - b2))
        # What a scatter returns for a resource variable does not make a gather wait for it.
        with tf.control_dependencies([m_t, v_t]):
            m_rows, v_rows = tf.gather(m, rows), tf.gather(v, rows)
        ahead = grad * (1 - b1) + b1 * m_rows
        rate = rate * tf.sqrt(1 - b2_power) / (1 - b1_power)
        return tf.group(
            self._add(var, rows, -rate * ahead / (tf.sqrt(v_rows) + epsilon)), m_t, v_t)


class AdaMaxOptimizer(_AdamVariant):
    """Adam by the largest gradient.

        m = b1 m + (1 - b1) g
        v = max(b2 v, |g|)
        w = w - rate / (1 - b1^t) m / (v + epsilon)

    With sparse gradients the rows in them only. Arguments: those of ``tf.train.AdamOptimizer``.
    """

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8,
                 use_locking=False, name="AdaMax"):
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _get_beta_accumulators(self):
        return (self._get_non_slot_variable("beta1_power", graph=tf.get_default_graph()),)

    def _create_slots(self, var_list):
        first = min(var_list, key=lambda each: each.name)
        self._create_non_slot_variable(
            initial_value=self._beta1, name="beta1_power", colocate_with=first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _apply_dense(self, grad, var):
        return tf.raw_ops.ApplyAdaMax(grad=grad, **self._arguments(var)).op

    def _resource_apply_dense(self, grad, var):
        return tf.raw_ops.ResourceApplyAdaMax(grad=grad, **self._arguments(var, _handle))

    def _apply_rows(self, grad, var, rows):
        b1_power, rate, b1, b2, epsilon = self._numbers(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m_rows = tf.gather(m, rows) * b1 + grad * (1 - b1)
        v_rows = tf.maximum(tf.gather(v, rows) * b2, tf.abs(grad))
        return tf.group(
            self._add(var, rows, -rate / (1 - b1_power) * (m_rows / (v_rows + epsilon))),
            self._update(m, rows, m_rows), self._update(v, rows, v_rows))

    def _finish(self, update_ops, name_scope):
        power, = self._get_beta_accumulators()
        with tf.control_dependencies(update_ops), tf.get_default_graph().colocate_with(power.op):
            update = power.assign(power * self._beta1_t, use_locking=self._use_locking)
        return tf.group(*update_ops, update, name=name_scope)


def _handle(variable):
    return variable.handle
