"""A cell that attends to memories by its outputs, and is fed what it attended to."""
from collections import namedtuple

from tf1_recipes.legacy.contrib.framework import with_same_shape
from tf1_recipes.legacy.contrib.rnn.core_rnn_cell import RNNCell
from tf1_recipes.legacy.contrib.seq2seq.attention_mechanisms import AttentionMechanism
from tf1_recipes.legacy.contrib.seq2seq.decoder import zeros_of
from tf1_recipes.v1 import tf

_HINT = ("Are you using the BeamSearchDecoder?  You may need to tile the memory and the initial "
         "state via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width.")


class AttentionWrapperState(namedtuple(
        "AttentionWrapperState",
        "cell_state attention time alignments alignment_history attention_state",
        defaults=((),))):
    """The state of an `AttentionWrapper`; before 1.7 the alignments were the attention's state."""

    def clone(self, **kwargs):
        """A copy with other parts, of the same shapes."""
        def checked(old, new):
            if isinstance(old, tf.Tensor) and isinstance(new, tf.Tensor):
                return with_same_shape(old, new)
            return new
        return tf.nest.map_structure(checked, self, self._replace(**kwargs))


def hardmax(logits, name=None):
    """1 for the largest of the last dimension, 0 for the others."""
    with tf.name_scope(name, "Hardmax", [logits]):
        logits = tf.convert_to_tensor(logits, name="logits")
        depth = logits.shape.dims[-1].value or tf.shape(logits)[-1]
        return tf.one_hot(tf.argmax(logits, -1), depth, dtype=logits.dtype)


def _compute_attention(attention_mechanism, cell_output, attention_state, attention_layer):
    """Returns (attention, alignments, next state of the mechanism)."""
    alignments, state = attention_mechanism(cell_output, state=attention_state)
    context = tf.squeeze(tf.matmul(tf.expand_dims(alignments, 1), attention_mechanism.values), [1])
    if attention_layer is not None:
        context = attention_layer(tf.concat([cell_output, context], 1))
    return context, alignments, state


class AttentionWrapper(RNNCell):
    """A cell with attention.

    Args:
        cell: the cell.
        attention_mechanism: one, or a list of them.
        attention_layer_size: int, or a list: the size of a layer for what is attended to beside
            the cell's output; without it the attention is what is attended to.
        alignment_history: bool, whether the state keeps all alignments.
        cell_input_fn: function of (inputs, attention), by default side by side.
        output_attention: bool, whether the attention is the output, or the cell's output.
        initial_cell_state: the cell's state for `zero_state`.
        attention_layer: layer, or a list, in place of attention_layer_size.
        attention_fn: function in place of `_compute_attention`.
        dtype: as of a layer.
    """

    _KEEPS_ATTENTION_STATE = True  # apart from the alignments

    def __init__(self, cell, attention_mechanism, attention_layer_size=None,
                 alignment_history=False, cell_input_fn=None, output_attention=True,
                 initial_cell_state=None, name=None, attention_layer=None, attention_fn=None,
                 dtype=None):
        super().__init__(name=name, dtype=dtype)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        self._attention_mechanisms = tuple(attention_mechanism) if self._is_multi \
            else (attention_mechanism,)
        for each in self._attention_mechanisms:
            if not isinstance(each, AttentionMechanism):
                raise TypeError("attention_mechanism must be an AttentionMechanism or list of "
                                "them, saw type: %s" % type(each).__name__)
        if cell_input_fn is not None and not callable(cell_input_fn):
            raise TypeError("cell_input_fn must be callable, saw type: %s" % (
                type(cell_input_fn).__name__))
        self._cell = cell
        self._cell_input_fn = cell_input_fn or (
            lambda inputs, attention: tf.concat([inputs, attention], -1))
        self._attention_fn = attention_fn or _compute_attention
        self._output_attention = output_attention
        self._alignment_history = alignment_history
        self._set_layers(attention_layer_size, attention_layer)
        self._initial_cell_state = None
        if initial_cell_state is not None:
            with tf.name_scope(name, "AttentionWrapperInit"):
                last = tf.nest.flatten(initial_cell_state)[-1]
                batch_size = last.shape.dims[0].value or tf.shape(last)[0]
                self._initial_cell_state = self._checked(
                    initial_cell_state, batch_size, "check_initial_cell_state")

    def _set_layers(self, sizes, layers):
        mechanisms = self._attention_mechanisms
        if sizes is not None and layers is not None:
            raise ValueError("Only one of attention_layer_size and attention_layer should be set")
        given = sizes if layers is None else layers
        if given is None:
            self._attention_layers = (None,) * len(mechanisms)
            self._attention_layer_size = sum(
                each.values.shape.dims[-1].value for each in mechanisms)
            return
        given = tuple(given) if isinstance(given, (list, tuple)) else (given,)
        if len(given) != len(mechanisms):
            raise ValueError("attention_layer_size or attention_layer must contain exactly one "
                             "for each attention_mechanism, saw: %d vs %d" % (
                                 len(given), len(mechanisms)))
        if layers is None:
            self._attention_layers = tuple(
                tf.layers.Dense(size, name="attention_layer", use_bias=False, dtype=each.dtype)
                for size, each in zip(given, mechanisms))
            self._attention_layer_size = sum(given)
        else:
            self._attention_layers = given
            self._attention_layer_size = sum(
                tf.TensorShape(layer.compute_output_shape(
                    [None, self._cell.output_size + each.values.shape.dims[-1].value]
                )).dims[-1].value for layer, each in zip(given, mechanisms))

    def _checked(self, state, batch_size, name):
        """A state that fails where the memories are of another batch size."""
        message = "AttentionWrapper %s: Non-matching batch sizes between the memory (encoder " \
            "output) and the state or the query.  %s" % (self._base_name, _HINT)
        checks = [tf.assert_equal(batch_size, each.batch_size, message=message)
                  for each in self._attention_mechanisms]
        with tf.control_dependencies([check for check in checks if check is not None]):
            return tf.nest.map_structure(lambda part: tf.identity(part, name=name), state)

    def _item_or_tuple(self, items):
        items = tuple(items)
        return items if self._is_multi else items[0]

    def _own_states(self, states):
        return self._item_or_tuple(states) if self._KEEPS_ATTENTION_STATE else ()

    @property
    def output_size(self):
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self):
        mechanisms = self._attention_mechanisms
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=tf.TensorShape([]),
            attention=self._attention_layer_size,
            alignments=self._item_or_tuple(each.alignments_size for each in mechanisms),
            attention_state=self._own_states(each.state_size for each in mechanisms),
            alignment_history=self._item_or_tuple(
                each.alignments_size if self._alignment_history else () for each in mechanisms))

    def zero_state(self, batch_size, dtype):
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            cell_state = self._initial_cell_state
            if cell_state is None:
                cell_state = self._cell.zero_state(batch_size, dtype)
            cell_state = self._checked(cell_state, batch_size, "checked_cell_state")
            mechanisms = self._attention_mechanisms
            alignments = [each.initial_alignments(batch_size, dtype) for each in mechanisms]
            return AttentionWrapperState(
                cell_state=cell_state,
                time=tf.zeros([], dtype=tf.int32),
                attention=zeros_of(self._attention_layer_size, batch_size, dtype),
                alignments=self._item_or_tuple(alignments),
                attention_state=self._own_states(
                    each.initial_state(batch_size, dtype) for each in mechanisms),
                alignment_history=self._item_or_tuple(
                    tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=each.shape)
                    if self._alignment_history else () for each in alignments))

    def call(self, inputs, state):
        if not isinstance(state, AttentionWrapperState):
            raise TypeError("Expected state to be instance of AttentionWrapperState. Received "
                            "type %s instead." % type(state))
        output, cell_state = self._cell(
            self._cell_input_fn(inputs, state.attention), state.cell_state)
        output = self._checked(output, output.shape.dims[0].value or tf.shape(output)[0],
                               "checked_cell_output")
        states, histories = (
            part if self._is_multi else [part]
            for part in (state.attention_state if self._KEEPS_ATTENTION_STATE
                         else state.alignments, state.alignment_history))
        parts = [self._attention_fn(mechanism, output, own, layer)
                 for mechanism, own, layer in zip(
                     self._attention_mechanisms, states, self._attention_layers)]
        attentions, alignments, next_states = zip(*parts)
        attention = tf.concat(list(attentions), 1)
        next_state = AttentionWrapperState(
            time=state.time + 1,
            cell_state=cell_state,
            attention=attention,
            attention_state=self._own_states(next_states),
            alignments=self._item_or_tuple(alignments),
            alignment_history=self._item_or_tuple(
                history.write(state.time, each) if self._alignment_history else ()
                for history, each in zip(histories, alignments)))
        return attention if self._output_attention else output, next_state
