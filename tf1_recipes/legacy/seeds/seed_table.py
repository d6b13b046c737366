"""How many ops a release's functions built, where today's build other numbers.

Each row is about one of TensorFlow's own functions, named as ``module:function`` below
``tensorflow.python`` (or of tf_keras and tf_slim). Measured on TensorFlow 0.12.1, 1.4.1, 1.7.1 and
1.15.5 against 2.21; what a row's function calls has rows of its own, and counts by itself. Where
the number depends on what a function is given there is a rule in `seed_rules`.
"""
from tf1_recipes.legacy.seeds import (  # noqa: F401 (rules)
    seed_datasets,
    seed_gradients,
    seed_layers,
    seed_rules,
    seed_seq2seq,
)

_RELEASES = ("0.12", "1.4", "1.7", "1.15")


def counting(era):
    """Returns ``{"module:function": function of the arguments of a call}``.

    What that function returns is how many ops more than today's the release built: an int; a pair,
    of which the first were built before any random op in it; a `seed_rules.Total`; or a
    `seed_rules.Unknown`.
    """
    index = _RELEASES.index(era)
    number = tuple(int(part) for part in era.split("."))
    table = {name: _fixed(more[index]) for name, more in _MORE_OPS.items() if more[index]}
    table.update((name, _rule(rule, number)) for name, rule in seed_rules.RULES.items())
    table.update((name, _fixed(seed_rules.Unknown(what))) for name, until, what in _UNKNOWN
                 if index <= _RELEASES.index(until))
    return table


def drawn_otherwise(era):
    """Returns ``{"module:function": what draws other numbers for the same seed than it did}``."""
    return _DRAWN_OTHERWISE.get(era, {})


def _fixed(more):
    return lambda **arguments: more


def _rule(rule, number):
    return lambda **arguments: rule(number, **arguments)


# Ops more (or fewer) than today, up to 0.12, 1.4, 1.7 and 1.15; of a pair, the first before any
# random op of the function.
_MORE_OPS = {
    # The alpha of each draw was alpha + zeros_like(beta).
    "ops.random_ops:random_gamma": ((-2, -2), (-2, 0), (0, 0), (-2, 0)),
    "ops.random_ops:random_poisson": (0, (1, -1), 0, 0),
    # The variable came before its initial value.
    "ops.variable_scope:_VariableStore._get_single_variable": ((1, -1), 0, 0, 0),
    "ops.ref_variable:RefVariable.initialized_value": (-8, 0, 0, 0),
    "ops.init_ops:Orthogonal.__call__": (6, 1, 1, 0),
    # Norms of 0 were not looked for; later, infinite ones were.
    "ops.clip_ops:clip_by_norm": (-5, -5, -7, 0),
    "ops.clip_ops:clip_by_global_norm": (-2, -2, -2, 1),
    # Today's V3 takes which diagonal it is, how it is aligned and what lies beside it.
    "ops.array_ops:matrix_diag": (-4, -4, -4, -4),
    "ops.array_ops:matrix_diag_part": (-2, -2, -2, -2),
    "ops.array_ops:matrix_set_diag": (-1, -1, -1, -1),
    "ops.linalg_ops_impl:eye": (5, 0, 0, 0),
    "ops.array_ops:boolean_mask": (-12, -5, 0, 0),
    "ops.math_ops:accumulate_n": (6, 6, 0, 0),
    "ops.image_ops_impl:per_image_standardization": (-5, -4, -4, 1),
    "ops.image_ops_impl:random_flip_left_right": ((-1, -5), 0, 0, 0),
    "ops.image_ops_impl:random_flip_up_down": ((-1, -5), 0, 0, 0),
    "ops.image_ops_impl:adjust_hue": (18, 18, 1, 0),
    "ops.image_ops_impl:adjust_saturation": (18, 18, 1, 0),
    "ops.image_ops_impl:adjust_brightness": (1, 1, 1, 0),
    "ops.image_ops_impl:adjust_contrast": (1, 1, 1, 0),
    "ops.nn_ops:leaky_relu": (2, 2, 2, 0),
    "ops.nn_ops:crelu": (2, 0, 0, 0),
    "ops.nn_ops:softmax_cross_entropy_with_logits": (-1, -1, 0, 0),  # labels may have gradients
    "ops.nn_ops:in_top_k": (-1, 0, 0, 0),
    "ops.nn_impl:weighted_moments": (1, 1, 1, 1),
    "ops.embedding_ops:embedding_lookup_sparse": (3, 3, 3, 5),
    "ops.candidate_sampling_ops:compute_accidental_hits": ((-3, 3), 0, 0, 0),
    "ops.nn_impl:_compute_sampled_logits": (-3, 0, 0, 0),
    "ops.nn_impl:sampled_softmax_loss": (-1, -1, 0, 0),
    "ops.losses.losses_impl:huber_loss": (0, 1, 0, 0),
    "ops.losses.losses_impl:softmax_cross_entropy": (-1, -1, 0, 0),
    "ops.metrics_impl:mean": (4, 4, 6, 0),
    # No limit to the iterations was counted.
    "ops.control_flow_state:_GradLoopState.AddForwardAccumulator": (-1, 0, 0, 0),
    "ops.map_fn:map_fn": ((-6, 0), (-9, -1), (-9, -1), 0),
    "ops.functional_ops:scan": (-5, -10, -10, 0),
    "ops.functional_ops:foldl": (-7, -9, -9, 0),
    "ops.functional_ops:foldr": (-7, -9, -9, 0),
    "ops.rnn:_transpose_batch_time": (-6, 0, 0, 0),
    # Its probabilities became tensors later.
    "tf_keras.src.layers.rnn.legacy_cell_wrappers:DropoutWrapper.__init__": (-3, 0, 0, 0),
    "tf_keras.src.layers.rnn.legacy_cells:GRUCell.call": (1, 0, 0, 0),
    "training.adagrad_da:AdagradDAOptimizer._create_slots": (3, 0, 0, 0),
    "training.ftrl:FtrlOptimizer._prepare": (-10, -9, -9, -9),
    "training.input:batch": (-1, 0, 0, 0),
    "training.input:shuffle_batch": ((-1, 0), 0, 0, 0),
    "keras.optimizer_v2.legacy_learning_rate_decay:polynomial_decay": (0, 0, 0, 1),
    "tf_keras.src.layers.core.embedding:Embedding.call": (0, 0, 0, 1),
    "tf_slim.layers.layers:fully_connected": ((2, 0), 0, 0, 0),
    "tf_slim.layers.layers:convolution": (1, 0, 0, 0),
    "tf_slim.layers.layers:flatten": (-6, 0, 0, 0),
    "tf_slim.layers.layers:separable_convolution2d": (-2, 0, 0, 0),
    "tf_slim.layers.layers:convolution2d_in_plane": (-2, 0, 0, 0),
    "tf_slim.layers.layers:unit_norm": (-4, 0, 0, 0),
    "tf_slim.losses.loss_ops:sparse_softmax_cross_entropy": (1, 0, 0, 0),
}

# The same for the gradients of ops.
_MORE_OPS.update({"ops." + name: more for name, more in {
    "nn_grad:_LeakyReluGrad": (22, 22, 22, 0),
    "nn_grad:_SoftmaxGrad": (2, 2, 2, 0),
    "nn_grad:_SoftplusGrad": (-1, -1, -1, 0),
    "nn_grad:_SoftmaxCrossEntropyWithLogitsGrad": (-5, -5, 0, 0),  # none of the labels
    "nn_grad:_SparseSoftmaxCrossEntropyWithLogitsGrad": (0, 1, 1, 1),
    "nn_grad:_Conv2DGrad": (1, 0, 1, 0),
    "nn_grad:_FusedBatchNormV3Grad": (-1, -1, -1, 0),
    "math_grad:_ProdGrad": (1, 3, 3, 3),
    "math_grad:_PowGrad": (-4, -4, -4, 0),
    "tensor_array_grad:_TensorArrayScatterGrad": (1, -2, -2, -2),
}.items()})

# What is not counted, up to which era. It is reported when a seed depends on it.
_UNKNOWN = (
    ("ops.control_flow_grad:_ExitGrad", "0.12", "the gradients of a loop"),
    ("ops.image_ops_impl:resize_image_with_crop_or_pad", "1.15",
     "tf.image.resize_image_with_crop_or_pad"),
    ("data.ops.dataset_ops:DatasetV1._make_one_shot_iterator", "1.4", "tf.data"),
    ("data.ops.dataset_ops:DatasetV1._make_initializable_iterator", "1.4", "tf.data"),
    ("tf1_recipes.legacy.contrib.seq2seq.attention_mechanisms:_Monotonic._set_up", "1.15",
     "monotonic attention of tf.contrib.seq2seq"),
    ("tf1_recipes.legacy.contrib.seq2seq.helper:SampleEmbeddingHelper.__init__", "1.15",
     "a helper of tf.contrib.seq2seq that samples"),
    ("tf1_recipes.legacy.contrib.seq2seq.helper:InferenceHelper.__init__", "1.15",
     "a helper of tf.contrib.seq2seq that samples"),
    ("tf1_recipes.legacy.contrib.seq2seq.training_helpers:"
     "ScheduledEmbeddingTrainingHelper.__init__", "1.15",
     "a helper of tf.contrib.seq2seq that samples"),
    ("tf1_recipes.legacy.contrib.seq2seq.training_helpers:ScheduledOutputTrainingHelper.__init__",
     "1.15", "a helper of tf.contrib.seq2seq that samples"),
    ("tf1_recipes.legacy.contrib.seq2seq.beam_search_decoder:BeamSearchDecoder.__init__", "1.15",
     "a decoder of tf.contrib.seq2seq"),
    ("tf_keras.src.engine.training_v1:Model.compile", "1.15", "compile of a tf.keras model"),
    ("tf_keras.src.layers.rnn.base_rnn:RNN.__call__", "1.7", "a recurrent layer of tf.keras"),
    ("ops.nn_ops:atrous_conv2d", "0.12", "tf.nn.atrous_conv2d"),
)

_DRAWN_OTHERWISE = {
    "0.12": {
        "ops.random_ops:multinomial": "tf.multinomial",
        "ops.init_ops:Orthogonal.__call__": "tf.orthogonal_initializer",
    },
    "1.4": {"data.ops.shuffle_op:_ShuffleDataset.__init__": "tf.data.Dataset.shuffle"},
    # Both were made one, whose seed was used in another way.
    "1.15": {"data.ops.dataset_ops:DatasetV1.repeat": "tf.data's shuffle(...).repeat(...)"},
}
