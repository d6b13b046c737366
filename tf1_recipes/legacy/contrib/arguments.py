"""Functions of ``tf.contrib`` whose arguments had other names, another order or other defaults.

Found by comparing the arguments of every function that is served with those in TensorFlow 1.15.5
and 0.12.1.
"""
import functools
import sys

from tf1_recipes.legacy.old_arguments import with_old_arguments
from tf1_recipes.untrusted.visible import say

_WITH_OPTIONS = " validate_args allow_nan_stats name"
_LABELS = "predictions labels weights scope targets=labels weight=weights"
_LOGITS = "weights label_smoothing scope weight=weights"
_SEPARABLE = (
    "inputs num_outputs kernel_size depth_multiplier stride padding activation_fn normalizer_fn "
    "normalizer_params weights_initializer weights_regularizer biases_initializer "
    "biases_regularizer reuse variables_collections outputs_collections trainable scope")

# As in all releases.
ALWAYS = {
    "framework.init_from_checkpoint": "checkpoint_dir=ckpt_dir_or_file assignment_map",
    "framework.list_variables": "checkpoint_dir=ckpt_dir_or_file",
    "framework.load_checkpoint": "filepattern=ckpt_dir_or_file",
    "framework.load_variable": "checkpoint_dir=ckpt_dir_or_file name",
}

# As before 1.0.
BEFORE_1 = {
    "distributions.Bernoulli": "logits p=probs dtype" + _WITH_OPTIONS,
    "distributions.Beta": "a=concentration1 b=concentration0" + _WITH_OPTIONS,
    "distributions.Categorical": "logits p=probs dtype" + _WITH_OPTIONS,
    "distributions.Dirichlet": "alpha=concentration" + _WITH_OPTIONS,
    "distributions.DirichletMultinomial": "n=total_count alpha=concentration" + _WITH_OPTIONS,
    "distributions.Exponential": "lam=rate" + _WITH_OPTIONS,
    "distributions.Gamma": "alpha=concentration beta=rate" + _WITH_OPTIONS,
    "distributions.Multinomial": "n=total_count logits p=probs" + _WITH_OPTIONS,
    "distributions.MultivariateNormalDiag": "mu=loc diag_stdev=scale_diag" + _WITH_OPTIONS,
    "distributions.Normal": "mu=loc sigma=scale" + _WITH_OPTIONS,
    "distributions.StudentT": "df mu=loc sigma=scale" + _WITH_OPTIONS,
    "distributions.Uniform": "a=low b=high" + _WITH_OPTIONS,
    "layers.batch_norm":
        "inputs decay center scale epsilon activation_fn param_initializers updates_collections "
        "is_training reuse variables_collections outputs_collections trainable batch_weights fused "
        "data_format scope",
    "layers.embedding_lookup_unique": "params ids name",
    "layers.layer_norm":
        "inputs center scale activation_fn reuse variables_collections outputs_collections "
        "trainable scope",
    "layers.separable_conv2d": _SEPARABLE,
    "layers.separable_convolution2d": _SEPARABLE,
    "losses.absolute_difference": _LABELS,
    "losses.compute_weighted_loss": "losses weights weight=weights",
    "losses.cosine_distance": "predictions labels dim weights scope targets=labels weight=weights",
    "losses.hinge_loss": "logits labels scope target=labels",
    "losses.log_loss":
        "predictions labels weights epsilon scope targets=labels weight=weights",
    "losses.mean_pairwise_squared_error": _LABELS,
    "losses.mean_squared_error": _LABELS,
    "losses.sigmoid_cross_entropy": "logits multi_class_labels " + _LOGITS,
    "losses.softmax_cross_entropy": "logits onehot_labels " + _LOGITS,
    "losses.sparse_softmax_cross_entropy": "logits labels weights scope weight=weights",
    "rnn.AttentionCellWrapper":
        "cell attn_length attn_size attn_vec_size input_size state_is_tuple",
    "rnn.CoupledInputForgetGateLSTMCell":
        "num_units use_peepholes initializer num_proj proj_clip num_unit_shards num_proj_shards "
        "forget_bias state_is_tuple activation",
    "rnn.LSTMBlockCell": "num_units forget_bias use_peephole",
    # Its rows were the first argument, whatever their name.
    "metrics.confusion_matrix":
        "predictions=labels labels=predictions num_classes dtype name weights",
    "training.SummaryAtEndHook": "log_dir summary_op feed_dict",
    "training.bucket":
        "tensors which_bucket batch_size num_buckets num_threads capacity shapes dynamic_pad "
        "allow_smaller_final_batch keep_input shared_name name",
    "training.bucket_by_sequence_length":
        "input_length tensors batch_size bucket_boundaries num_threads capacity shapes dynamic_pad "
        "allow_smaller_final_batch keep_input shared_name name",
}

DEFAULTS_BEFORE_1 = {
    # The fused kernel corrects the moving variance for the size of the batch.
    "layers.batch_norm": {"fused": False},
    "rnn.AttentionCellWrapper": {"state_is_tuple": False},
    "rnn.CoupledInputForgetGateLSTMCell": {"state_is_tuple": False},
}

# What is served as of 1.15 before 1.0, too, and one of the variables it had then.
VARIABLES_BEFORE_1 = {
    "rnn.AttentionCellWrapper": "RNN/AttentionCellWrapper/Linear/Matrix",
    "rnn.CoupledInputForgetGateLSTMCell": "RNN/CoupledInputForgetGateLSTMCell/W_0",
    "rnn.GRUBlockCell": "RNN/GRUBlockCell/w_ru",
    "rnn.LSTMBlockCell": "RNN/LSTMBlockCell/W",
    "rnn.LSTMBlockFusedCell": "LSTMBlockFusedCell/W_0",
    "rnn.LayerNormBasicLSTMCell": "RNN/LayerNormBasicLSTMCell/linear/weights",
    "rnn.stack_bidirectional_dynamic_rnn": "StackRNN/Layer0/BiRNN/FW/GRUCell/Gates/Linear/Matrix",
    "rnn.stack_bidirectional_rnn": "StackRNN/Layer0/BiRNN/FW/GRUCell/Gates/Linear/Matrix",
}

# Modules that have the functions of another, too.
_SAME = {"slim": "layers", "slim.losses": "losses", "slim.metrics": "metrics"}


def with_arguments_of_release(module, name, value):
    """Returns a served value with the arguments of the release as of which the script runs.

    Args:
        module: str, below ``tf.contrib``, such as "layers".
        name: str, within it.
        value: what serves it.
    """
    title = "%s.%s" % (_SAME.get(module, module), name)
    parameters, defaults = ALWAYS.get(title), None
    if getattr(sys.modules.get("tensorflow"), "__version__", "").startswith("0."):
        parameters = BEFORE_1.get(title, parameters)
        defaults = DEFAULTS_BEFORE_1.get(title)
        if title in VARIABLES_BEFORE_1:
            _say("tf.contrib.%s is that of TensorFlow 1.15: before 1.0 its variables had other "
                 "names (%s) and, under a seed, other initial values" % (
                     title, VARIABLES_BEFORE_1[title]))
    if not parameters:
        return value
    function = functools.partial(value, **defaults) if defaults else value
    result = with_old_arguments(function, parameters, "contrib." + title)
    if hasattr(value, "_key_op"):  # by which arg_scope knows a function
        result._key_op = value._key_op
    return result


@functools.lru_cache(None)
def _say(text):
    """Says it on stderr, once."""
    say(text)
