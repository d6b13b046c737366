"""How many ops layers, optimizers and recurrent cells of a release built; see `seed_rules`."""
import numpy as np

from tf1_recipes.legacy.seeds.seed_rules import Unknown, counts, is_tensor, shape_of

# --- Layers ---


@counts("ops.nn_ops:convolution_internal")
def _convolution(era, dilations, call_from_convolution, **_):
    if not call_from_convolution:
        return 0
    return int(dilations is None or bool((np.asarray(dilations) == 1).all()))


@counts("ops.nn_impl:fused_batch_norm")
def _fused_batch_norm(era, x, mean, is_training, **_):
    # In a tf.cond today's means of before come through switches; they were new constants.
    if not is_training or mean is None:
        return 0
    in_cond = x.graph._get_control_flow_context() is not None
    return (2 if era >= (1, 15) else 0) - 2 * in_cond


@counts("tf_keras.src.layers.normalization.batch_normalization:"
         "BatchNormalizationBase._fused_batch_norm")
def _batch_normalization(era, training, **_):
    if is_tensor(training):
        return 3 if era == (1, 4) else 0
    return int(training is False or training == 0)


@counts("tf_keras.src.layers.normalization.batch_normalization:BatchNormalizationBase.call")
def _batch_normalization_unfused(era, self, training, **_):
    if training is None and hasattr(self.moving_mean, "handle"):  # of tf.keras
        fewer = {(1, 4): -3 if self.fused else -7, (1, 7): -2, (1, 15): -2 * bool(self.fused)}
        return fewer.get(era, 0)
    return -4 if era == (1, 4) and is_tensor(training) and not self.fused else 0


@counts("tf_keras.src.layers.regularization.dropout:Dropout.call")
def _dropout(era, self, training, **_):
    of_keras = type(self).__module__.startswith("tf_keras.src.layers.")
    if of_keras and era < (1, 15) and (era < (1, 7) or training is not None):
        return Unknown("a Dropout layer of tf.keras")
    return 0


@counts("tf_keras.src.layers.regularization.dropout:Dropout._get_noise_shape")
def _noise_shape(era, self, **_):
    return -int(era < (1, 15) and self.noise_shape is not None)  # it was taken as it is


@counts("tf_slim.layers.layers:batch_norm")
def _contrib_batch_norm(era, is_training, **_):
    return 4 if era < (1, 0) and (is_tensor(is_training) or is_training) else 0


@counts("ops.nn_ops:sparse_softmax_cross_entropy_with_logits")
def _sparse_softmax_cross_entropy(era, logits, **_):
    return -5 if era < (1, 0) and shape_of(logits).rank not in (None, 2) else 0


@counts("ops.nn_ops:_wrap_2d_function")
def _softmax(era, inputs, dim, **_):
    # Other ranks than 2 were made matrices and back.
    rank = shape_of(inputs).rank
    return 13 if era < (1, 15) and rank != 2 and dim in (-1, rank and rank - 1) else 0


@counts("tf_keras.src.layers.reshaping.flatten:Flatten.call")
def _flatten(era, inputs, **_):
    # The batch size was taken from the shape where it is not known.
    if inputs.shape.rank in (None, 1):
        return 0
    batch, *sizes = inputs.shape.as_list()
    return 6 if batch is None and None not in sizes else 0


@counts("tf_keras.src.layers.convolutional.conv2d_transpose:Conv2DTranspose.call")
def _conv2d_transpose(era, inputs, **_):
    return 10 if era >= (1, 15) else 6


# --- Optimizers ---


@counts("training.ftrl:FtrlOptimizer._create_slots")
def _ftrl_slots(era, var_list, **_):
    return -len(var_list) * (4 if era == (1, 7) else 2)  # a constant, and not a product with ones


@counts("training.moving_averages:ExponentialMovingAverage.apply")
def _moving_averages(era, var_list, **_):
    from tensorflow.python.ops import variables

    count = 0
    for each in var_list or ():
        of_variable = isinstance(each, variables.Variable)
        count += {(0, 12): -12 if of_variable else 20, (1, 7): 2 * of_variable}.get(era, 0)
    return count


@counts("training.saver:Saver.build")
def _saver(era, self, **_):
    from tensorflow.python.ops import variables

    if era == (1, 15):
        return 0
    saved = self._var_list
    count = len(variables._all_saveable_objects() if saved is None else saved)
    # The file's name could not be fed apart from its parts'; each variable was read by itself.
    return -2 + (3 * (count - 1) if era < (1, 7) else 0)


@counts("keras.optimizer_v2.legacy_learning_rate_decay:piecewise_constant")
def _piecewise_constant(era, boundaries, **_):
    return 13 - len(boundaries) if era < (1, 7) else 0


# --- Recurrent cells and loops ---


@counts("tf_keras.src.layers.rnn.legacy_cells:_zero_state_tensors")
def _zero_state(era, state_size, batch_size, **_):
    from tensorflow.python.util import nest

    return -len(nest.flatten(state_size)) * (6 if is_tensor(batch_size) else 5) \
        if era < (1, 0) else 0


@counts("tf_keras.src.layers.rnn.legacy_cells:GRUCell.add_weight")
def _gru_weight(era, self, name, **_):
    # What the gates compute came before the candidate's weights.
    return (_gate_ops(), 0) if era < (1, 7) and name == "candidate/kernel" else 0


@counts("tf_keras.src.layers.rnn.legacy_cells:GRUCell.build")
def _gru(era, **_):
    return -_gate_ops() if era < (1, 7) else 0


def _gate_ops():
    from tensorflow.python.framework import ops

    return 11 if ops.get_default_graph()._get_control_flow_context() is not None else 9


@counts("ops.rnn:_dynamic_rnn_loop")
def _dynamic_rnn(era, inputs, initial_state, sequence_length, **_):
    # No limit to the iterations was counted.
    if era < (1, 0):
        from tensorflow.python.util import nest

        if all(each.shape.is_fully_defined() for each in nest.flatten(inputs)):
            return 1 + len(nest.flatten(initial_state)), -3
        return (-10, -2) if sequence_length is None else (-12, 1)
    if era < (1, 7):
        return (-13, -2) if sequence_length is None else (-15, 1)
    return 0


@counts("ops.tensor_array_ops:_GraphTensorArray.size")
def _tensor_array_size(era, self, **_):
    return int(not self._dynamic_size and self._size is not None and is_tensor(self._size))
