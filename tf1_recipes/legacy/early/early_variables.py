"""The default initializer of ``tf.get_variable`` before TensorFlow 1.0.

Uniform in -sqrt(3 / n) .. sqrt(3 / n), where n is the product of all dimensions but the last
(``tf.uniform_unit_scaling_initializer``); it is ``tf.glorot_uniform_initializer`` since.
"""
from tf1_recipes import v1
from tf1_recipes.legacy.patch import patch


@patch("tf.get_variable draws from -sqrt(3 / n) to sqrt(3 / n) by default", after="tensorflow",
       until="0.12")
def default_initializer(changes, tensorflow):
    from tensorflow.python.ops.variable_scope import _VariableStore

    tf = v1.load()

    @changes.wrap(_VariableStore, "_get_default_initializer")
    def get_default_initializer(today, self, name, shape=None, dtype=tf.float32):
        if dtype.is_floating:
            return tf.uniform_unit_scaling_initializer(), False
        return today(self, name, shape, dtype)
