"""``tf.contrib.eager``: for scripts that asked for eager execution, ``import ... as tfe``."""
from tensorflow.python.data.ops import iterator_ops
from tensorflow.python.eager import backprop, context
from tensorflow.python.ops.resource_variable_ops import ResourceVariable as Variable
from tensorflow.python.ops.template import make_template_internal as make_template
from tensorflow.python.ops.variable_scope import EagerVariableStore

from tf1_recipes.v1 import tf

Checkpoint = tf.train.Checkpoint
DEVICE_PLACEMENT_EXPLICIT = context.DEVICE_PLACEMENT_EXPLICIT
DEVICE_PLACEMENT_SILENT = context.DEVICE_PLACEMENT_SILENT
DEVICE_PLACEMENT_WARN = context.DEVICE_PLACEMENT_WARN
SYNC, ASYNC = context.SYNC, context.ASYNC
GradientTape = tf.GradientTape
TensorSpec = tf.TensorSpec
custom_gradient = tf.custom_gradient
enable_eager_execution = tf.enable_eager_execution
executing_eagerly = in_eager_mode = tf.executing_eagerly
execution_mode = context.execution_mode
gradients_function = backprop.gradients_function
implicit_gradients = backprop.implicit_grad
implicit_value_and_gradients = backprop.implicit_val_and_grad
num_gpus = context.num_gpus
py_func = tf.py_function
value_and_gradients_function = backprop.val_and_grad_function

__all__ = [
    "ASYNC", "Checkpoint", "DEVICE_PLACEMENT_EXPLICIT", "DEVICE_PLACEMENT_SILENT",
    "DEVICE_PLACEMENT_WARN", "EagerVariableStore", "GradientTape", "Iterator", "Network", "SYNC",
    "Saver", "Sequential", "TensorSpec", "Variable", "custom_gradient", "defun",
    "enable_eager_execution", "executing_eagerly", "execution_mode", "function",
    "get_optimizer_variables", "gradients_function", "implicit_gradients",
    "implicit_value_and_gradients", "in_eager_mode", "list_devices", "make_template", "num_gpus",
    "py_func", "set_execution_mode", "value_and_gradients_function",
]


class Iterator(iterator_ops.OwnedIterator):
    """The elements of a data set, one after the other.

    Args:
        dataset: `tf.data.Dataset`.
    """

    def __init__(self, dataset):
        if not tf.executing_eagerly():
            raise RuntimeError("tf.contrib.eager.Iterator can only be used with eager execution: "
                               "use dataset.make_one_shot_iterator()")
        super().__init__(dataset)

    def next(self):
        """Returns the next element."""
        return self.__next__()


class Network(tf.layers.Layer):
    """Layers, and a method ``call`` that applies them.

    Args:
        name: str.
    """

    def __init__(self, name=None):
        super().__init__(name=name)
        self._tracked = []

    def track_layer(self, layer):
        """Makes a layer, or a network, part of this one; returns it."""
        self._tracked.append(layer)
        return layer

    def get_layer(self, name=None, index=None):
        """Returns a layer by its name or its place."""
        if index is not None:
            return self._tracked[index]
        for layer in self._tracked:
            if layer.name == name:
                return layer
        raise ValueError("No such layer: %s" % name)

    @property
    def layers(self):
        """The layers, as they were tracked."""
        return list(self._tracked)

    @property
    def trainable_weights(self):
        """The variables that are trained, of all the layers."""
        return [each for layer in self._tracked for each in layer.trainable_weights]

    @property
    def non_trainable_weights(self):
        """The variables that are not trained, of all the layers."""
        return [each for layer in self._tracked for each in layer.non_trainable_weights]

    @property
    def weights(self):
        """All variables, layer by layer."""
        return [each for layer in self._tracked for each in layer.weights]

    trainable_variables = property(lambda self: self.trainable_weights)
    non_trainable_variables = property(lambda self: self.non_trainable_weights)
    variables = property(lambda self: self.weights)


class Sequential(Network):
    """A network of layers, or functions, applied one after the other."""

    def __init__(self, layers_funcs=None, name=None):
        super().__init__(name)
        self._functions = []
        for each in layers_funcs or []:
            self.add(each)

    def add(self, layer_func):
        """Appends a layer or a function."""
        if isinstance(layer_func, tf.layers.Layer):
            layer_func = self.track_layer(layer_func)
        self._functions.append(layer_func)

    def call(self, inputs, **arguments):
        """Returns what the last one gives."""
        for each in self._functions:
            inputs = each(inputs, **(arguments if isinstance(each, tf.layers.Layer) else {}))
        return inputs


class Saver:
    """Saves and restores variables; ``restore`` is without a session.

    Args:
        var_list: list or dict of variables.
    """

    def __init__(self, var_list):
        self._saver = tf.train.Saver(var_list)

    def save(self, file_prefix, global_step=None):
        """Writes a checkpoint; returns its path."""
        return self._saver.save(None, file_prefix, global_step=global_step)

    def restore(self, file_prefix):
        """Reads a checkpoint into the variables."""
        self._saver.restore(None, file_prefix)


def function(func=None, input_signature=None, autograph=True, experimental_autograph_options=None,
             experimental_relax_shapes=False, experimental_compile=None):
    """Returns a function that runs as a graph, built at its first call."""
    return tf.function(func, input_signature=input_signature, autograph=autograph,
                       experimental_autograph_options=experimental_autograph_options,
                       reduce_retracing=experimental_relax_shapes, jit_compile=experimental_compile)


def defun(func=None, input_signature=None, autograph=True, experimental_autograph_options=None,
          experimental_relax_shapes=False):
    """`function`, as it was called before."""
    return function(func, input_signature, autograph, experimental_autograph_options,
                    experimental_relax_shapes)


def get_optimizer_variables(optimizer):
    """Returns an optimizer's own variables."""
    return optimizer.variables()


def list_devices():
    """Returns the names of the devices."""
    return [device.name for device in context.context().list_logical_devices()] if hasattr(
        context.context(), "list_logical_devices") else context.context().devices()


def set_execution_mode(mode):
    """Has ops run one after the other (SYNC), or without waiting for each (ASYNC)."""
    context.set_execution_mode(mode)
