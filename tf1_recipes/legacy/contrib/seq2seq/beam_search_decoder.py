"""Decoding that goes on from the most likely beginnings, the beams."""
from collections import namedtuple

import numpy as np

from tf1_recipes.legacy.contrib.seq2seq import beam_search_step
from tf1_recipes.legacy.contrib.seq2seq.basic_decoder import check_layer, size_behind
from tf1_recipes.legacy.contrib.seq2seq.beam_search_ops import gather_tree, gather_tree_from_array
from tf1_recipes.legacy.contrib.seq2seq.beam_search_step import (
    BeamSearchDecoderOutput,
    BeamSearchDecoderState,
)
from tf1_recipes.legacy.contrib.seq2seq.decoder import Decoder
from tf1_recipes.legacy.contrib.seq2seq.helper import embedding_function
from tf1_recipes.v1 import tf


class FinalBeamSearchDecoderOutput(namedtuple(
        "FinalBeamDecoderOutput", "predicted_ids beam_search_decoder_output")):
    """The ids [batch, time, beams], best beam first, and what the steps gave."""


class BeamSearchDecoder(Decoder):
    """Decodes with beams.

    Args:
        cell: the cell; memories that it attends to are tiled by `tile_batch`.
        embedding: matrix, or function of ids.
        start_tokens: int32 vector of the batch.
        end_token: int32 scalar.
        initial_state: state of batch * beams.
        beam_width: int.
        output_layer: layer for the cell's outputs.
        length_penalty_weight, coverage_penalty_weight: floats, of Wu et al., 2016.
        reorder_tensor_arrays: bool, whether arrays in the state are put in the beams' order.
    """

    def __init__(self, cell, embedding, start_tokens, end_token, initial_state, beam_width,
                 output_layer=None, length_penalty_weight=0.0, coverage_penalty_weight=0.0,
                 reorder_tensor_arrays=True):
        check_layer(output_layer)
        self._cell = cell
        self._output_layer = output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._beam_width = beam_width
        self._length_penalty_weight = length_penalty_weight
        self._coverage_penalty_weight = coverage_penalty_weight
        self._embedding_fn = embedding_function(embedding)
        start_tokens = tf.convert_to_tensor(start_tokens, dtype=tf.int32, name="start_tokens")
        if start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._end_token = tf.convert_to_tensor(end_token, dtype=tf.int32, name="end_token")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = tf.size(start_tokens)
        self._initial_cell_state = tf.nest.map_structure(
            self._maybe_split, initial_state, cell.state_size)
        self._start_tokens = tf.tile(tf.expand_dims(start_tokens, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)

    @property
    def batch_size(self):
        return self._batch_size

    @property
    def tracks_own_finished(self):
        return True

    @property
    def output_size(self):
        beams = tf.TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(beams, beams, beams)

    @property
    def output_dtype(self):
        dtype = tf.nest.flatten(self._initial_cell_state)[0].dtype
        size = size_behind(self._output_layer, self._cell.output_size)
        return BeamSearchDecoderOutput(
            tf.nest.map_structure(lambda _: dtype, size), tf.int32, tf.int32)

    def initialize(self, name=None):
        dtype = tf.nest.flatten(self._initial_cell_state)[0].dtype
        # All beams begin alike: but for the first they are as good as finished.
        first = tf.one_hot(tf.zeros([self._batch_size], dtype=tf.int32), depth=self._beam_width,
                           on_value=False, off_value=True, dtype=tf.bool)
        log_probs = tf.one_hot(
            tf.zeros([self._batch_size], dtype=tf.int32), depth=self._beam_width,
            on_value=tf.convert_to_tensor(0.0, dtype=dtype),
            off_value=tf.convert_to_tensor(-np.inf, dtype=dtype), dtype=dtype)
        attended = beam_search_step.attention_probs(
            self._initial_cell_state, self._coverage_penalty_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state, log_probs=log_probs, finished=first,
            lengths=tf.zeros([self._batch_size, self._beam_width], dtype=tf.int64),
            accumulated_attention_probs=() if attended is None else attended)
        return first, self._start_inputs, state

    def step(self, time, inputs, state, name=None):
        with tf.name_scope(name, "BeamSearchDecoderStep", (time, inputs, state)):
            sizes = self._cell.state_size
            outputs, cell_state = self._cell(
                tf.nest.map_structure(
                    lambda each: self._merge(each, each.shape[2:]), inputs),
                tf.nest.map_structure(self._maybe_merge, state.cell_state, sizes))
            outputs = tf.nest.map_structure(
                lambda each: self._split(each, each.shape[1:]), outputs)
            cell_state = tf.nest.map_structure(self._maybe_split, cell_state, sizes)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            output, state = beam_search_step.beam_search_step(
                outputs, cell_state, state, self._batch_size, self._beam_width, self._end_token,
                self._length_penalty_weight, self._coverage_penalty_weight)
            ids = output.predicted_ids
            inputs = tf.cond(tf.reduce_all(state.finished), lambda: self._start_inputs,
                             lambda: self._embedding_fn(ids))
        return output, state, inputs, state.finished

    def finalize(self, outputs, final_state, sequence_lengths):
        longest = tf.cast(tf.reduce_max(final_state.lengths, axis=1), tf.int32)
        ids = gather_tree(outputs.predicted_ids, outputs.parent_ids, longest, self._end_token)
        if self._reorder_tensor_arrays:
            final_state = final_state._replace(cell_state=tf.nest.map_structure(
                lambda each: self._in_order(each, outputs.parent_ids, final_state.lengths),
                final_state.cell_state))
        return FinalBeamSearchDecoderOutput(ids, outputs), final_state

    def _in_order(self, value, parent_ids, lengths):
        """An array's contents in the order of the final beams; all else as it is."""
        if not isinstance(value, tf.TensorArray) or not value.element_shape.ndims:
            return value
        rows, columns = (value.element_shape.as_list() + [None])[:2]
        batch = tf.get_static_value(self._batch_size)
        # As 1.15.5 did: [batch * beams, n] of known n is left in the order of the steps, too.
        if None not in (rows, batch) and (
                rows != batch * self._beam_width or columns is not None and (
                    rows != batch or columns != self._beam_width)):
            tf.logging.warn(
                "The TensorArray of elements %s is not put in the order of the beams: it stays as "
                "the steps wrote it, as in TensorFlow 1.15.", value.element_shape)
            return value
        return gather_tree_from_array(value.stack(), parent_ids, lengths)

    def _merge(self, tensor, size):
        """[batch, beams, ...] as [batch * beams, ...]."""
        batch = tf.get_static_value(self._batch_size)
        merged = tf.reshape(tensor, tf.concat(
            ([self._batch_size * self._beam_width], tf.shape(tensor)[2:]), 0))
        merged.set_shape(tf.TensorShape(
            [None if batch is None else batch * self._beam_width]).concatenate(_shape(size)))
        return merged

    def _split(self, tensor, size):
        """[batch * beams, ...] as [batch, beams, ...]."""
        split = tf.reshape(tensor, tf.concat(
            ([self._batch_size, self._beam_width], tf.shape(tensor)[1:]), 0))
        expected = tf.TensorShape([tf.get_static_value(self._batch_size), self._beam_width]
                                  ).concatenate(_shape(size))
        if not split.shape.is_compatible_with(expected):
            raise ValueError(
                "The initial state has the shape %s for (batch_size, beam_width, depth) == %s.  "
                "Perhaps you forgot to create a zero_state with batch_size=encoder_batch_size * "
                "beam_width?" % (split.shape, expected))
        split.set_shape(expected)
        return split

    def _maybe_split(self, value, size):
        return value if _has_no_batch(value, 1) else self._split(value, size)

    def _maybe_merge(self, value, size):
        return value if _has_no_batch(value, 2) else self._merge(value, size)


def _has_no_batch(value, dimensions):
    if isinstance(value, tf.TensorArray):
        return True
    if value.shape.ndims is None:
        raise ValueError("Expected tensor (%s) to have known rank, but ndims == None." % value)
    return value.shape.ndims < dimensions


def _shape(size):
    if isinstance(size, tf.Tensor):  # of a memory whose length is not known
        return tf.TensorShape(tf.get_static_value(size))
    return tf.TensorShape(size)
