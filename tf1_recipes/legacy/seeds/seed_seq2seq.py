"""How many ops tf.contrib.seq2seq of a release built, where today's serves it from others.

See `seed_rules`. A decoder's and an attention's own ops are built as 1.15 built them; 1.4 and 1.7
checked more sizes of the memory and fewer of a state, and counted the steps otherwise.
"""
from tf1_recipes.legacy.patch import patch
from tf1_recipes.legacy.seeds.seed_rules import Total, counts, is_tensor, shape_of

_SEQ2SEQ = "tf1_recipes.legacy.contrib.seq2seq."


@patch("an attention's state is its alignments", after=_SEQ2SEQ + "attention_wrapper",
       until="1.4")
def attention_state(changes, module):
    changes.put(module.AttentionWrapper, "_KEEPS_ATTENTION_STATE", False)


@counts("tf1_recipes.legacy.contrib.framework:with_shape")
def _with_shape(era, expected_shape, tensor, **_):
    # It compared the shapes whatever the ranks were.
    known = not is_tensor(expected_shape)
    if known and (tensor.shape.is_fully_defined() or not len(expected_shape)):
        return 0
    return -10 if era < (1, 15) else -6 if known else -7


@counts("ops.array_ops:sequence_mask")
def _sequence_mask(era, maxlen, **_):
    # The longest could be below 0.
    if era >= (1, 15):
        return 0
    return -int(era < (1, 0)) - 2 * (maxlen is None)


@counts(_SEQ2SEQ + "loss:sequence_loss")
def _sequence_loss(era, average_across_timesteps, average_across_batch, **_):
    # It divided by the sum and 1e-12, and gathered the two sizes of the losses.
    averaged = bool(average_across_timesteps) + bool(average_across_batch)
    return {0: 6, 1: 8, 2: 2}[averaged] if era < (1, 15) else 0


@counts(_SEQ2SEQ + "attention_mechanisms:_masked_memory")
def _memory(era, memory, lengths, **_):
    # That the memory and the lengths are of one batch was checked; its size was asked for anyway.
    from tensorflow.python.util import nest

    if era >= (1, 15):
        return 0
    # A size that is known becomes a constant where it is compared.
    size = 0 if lengths is None else 1 if shape_of(lengths)[0] else 5
    count = size if size == 5 else 0
    for each in nest.flatten(memory):
        own = 5 if not shape_of(each)[0] else 0
        count += own + (_ones(era) if lengths is None else 12 + (size == 1) + (own == 0))
    return count


def _ones(era):
    return 3 if era >= (1, 7) else 1  # of ``ones`` for a size that is known


@counts(_SEQ2SEQ + "attention_mechanisms:_score_weights")
def _weights(era, **_):
    return (2, -2) if era < (1, 15) else 0  # the query had got its dimension of 1 by then


@counts(_SEQ2SEQ + "attention_mechanisms:_scale_variable")
def _scale(era, **_):
    from tensorflow.python.ops import variable_scope

    # Its initial value was a number, made a tensor to see of which type.
    title = variable_scope.get_variable_scope().name + "/attention_g"
    made = title not in variable_scope._get_default_variable_store()._vars
    return int(era < (1, 15) and made)


@counts(_SEQ2SEQ + "attention_wrapper:AttentionWrapperState.clone")
def _clone(era, **_):
    return Total(0) if era < (1, 7) else 0  # no shapes were checked


@counts(_SEQ2SEQ + "decoder:zero_outputs")
def _zero_outputs(era, decoder, **_):
    from tensorflow.python.util import nest

    # The sizes were made constants once; the batch was packed, and put before them.
    fewer = 4 if is_tensor(decoder.batch_size) else 2
    return -fewer * len(nest.flatten(decoder.output_dtype)) if era < (1, 15) else 0


@counts(_SEQ2SEQ + "decoder:dynamic_decode")
def _dynamic_decode(era, maximum_iterations, **_):
    if era >= (1, 15):
        return 0
    # The lengths waited for what finishes in a step, and that for the limit, no counter of its own.
    return 1 if maximum_iterations is None else (-10, 4)


@counts(_SEQ2SEQ + "helper:GreedyEmbeddingHelper.sample")
def _greedy(era, **_):
    return int(era < (1, 7))  # ids were of 64 bits first
