"""What ``tf.get_variable`` began a variable with before TensorFlow 1.0, if nobody said.

Uniform in -sqrt(3 / n) .. sqrt(3 / n), n being the product of all dimensions but the last
(``tf.uniform_unit_scaling_initializer``); it is ``tf.glorot_uniform_initializer`` since.
"""
from tf1_recipes import v1

_METHOD = "_get_default_initializer"
_of_today = {}


def install(era):
    """Sees to it for an era's name; for all but "0.12" today's is left in place."""
    uninstall()
    if era != "0.12":
        return
    from tensorflow.python.ops.variable_scope import _VariableStore

    tf = v1.load()
    today = getattr(_VariableStore, _METHOD)

    def default_initializer(self, name, shape=None, dtype=tf.float32):
        if dtype.is_floating:
            return tf.uniform_unit_scaling_initializer(), False
        return today(self, name, shape, dtype)

    _of_today[_VariableStore] = today
    setattr(_VariableStore, _METHOD, default_initializer)


def uninstall():
    """Puts today's in its place again."""
    for store, method in _of_today.items():
        setattr(store, _METHOD, method)
    _of_today.clear()
