"""A cell, a helper that feeds it, and a layer on top."""
from collections import namedtuple

from tf1_recipes.legacy.contrib.seq2seq.decoder import Decoder
from tf1_recipes.legacy.contrib.seq2seq.helper import Helper
from tf1_recipes.v1 import tf


class BasicDecoderOutput(namedtuple("BasicDecoderOutput", "rnn_output sample_id")):
    """A step's outputs, mapped by the output layer, and the ids the helper drew from them."""


def size_behind(layer, size):
    """The shape of what a layer makes of outputs of a size, without the batch."""
    if layer is None:
        return size
    shapes = tf.nest.map_structure(lambda each: tf.TensorShape([None]).concatenate(each), size)
    return tf.nest.map_structure(lambda shape: shape[1:], layer.compute_output_shape(shapes))


def check_layer(layer):
    """Raises TypeError where an output layer is none."""
    if layer is not None and not hasattr(layer, "compute_output_shape"):
        raise TypeError("output_layer must be a Layer, received: %s" % type(layer))


class BasicDecoder(Decoder):
    """Runs a cell on what a helper gives it.

    Args:
        cell: the cell.
        helper: `Helper`.
        initial_state: the state to begin with.
        output_layer: layer for the outputs, before the helper samples from them.
    """

    def __init__(self, cell, helper, initial_state, output_layer=None):
        if not isinstance(helper, Helper):
            raise TypeError("helper must be a Helper, received: %s" % type(helper))
        check_layer(output_layer)
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self):
        return self._helper.batch_size

    def _rnn_output_size(self):
        return size_behind(self._output_layer, self._cell.output_size)

    @property
    def output_size(self):
        return BasicDecoderOutput(self._rnn_output_size(), self._helper.sample_ids_shape)

    @property
    def output_dtype(self):
        dtype = tf.nest.flatten(self._initial_state)[0].dtype
        return BasicDecoderOutput(
            tf.nest.map_structure(lambda _: dtype, self._rnn_output_size()),
            self._helper.sample_ids_dtype)

    def initialize(self, name=None):
        return self._helper.initialize() + (self._initial_state,)

    def step(self, time, inputs, state, name=None):
        with tf.name_scope(name, "BasicDecoderStep", (time, inputs, state)):
            outputs, state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            ids = self._helper.sample(time=time, outputs=outputs, state=state)
            finished, inputs, state = self._helper.next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=ids)
        return BasicDecoderOutput(outputs, ids), state, inputs, finished
