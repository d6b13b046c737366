"""The names that differ between TensorFlow 0.12 to 1.15 and today's `tf.compat.v1`, in one table.

A name that is not here is served by `tf.compat.v1` as it is. `page` writes the table for people.
"""
from collections import namedtuple

from tf1_recipes.legacy.patch import numbers

Name = namedtuple("Name", "old now until parameters note")
Name.__new__.__defaults__ = (None, None, None, "")
Name.__doc__ = """One old name and what serves it.

Attributes:
    old: the name below ``tensorflow``, such as "nn.rnn".
    now: what serves it, an address as in `moved`; None if nothing does.
    until: the last era that had it so, or None if 1.15 still had.
    parameters: for functions whose arguments had other names or another order: the old names in
        order, each ``old`` or ``old=new``.
    note: for people; for a name that nothing serves, what it was and what to do.
"""

HERE = "tf1_recipes.legacy."
BEFORE_1 = "0.12"


def _renamed(old, now, parameters=None, note=""):
    return Name(old, now, BEFORE_1, parameters, note)


def _reordered(name, parameters, note=""):
    return Name(name, "tf:" + name, BEFORE_1, parameters, note)


def _gone(name, note):
    return Name(name, None, None, None, note)


NAMES = (
    # Renamed for 1.0.
    _renamed("mul", "tf:multiply"),
    _renamed("sub", "tf:subtract"),
    _renamed("neg", "tf:negative"),
    _renamed("pack", "tf:stack"),
    _renamed("unpack", "tf:unstack"),
    _renamed("select", "tf:where", "condition t=x e=y name"),
    _renamed("complex_abs", "tf:abs"),
    _renamed("batch_matmul", "tf:matmul", "x=a y=b adj_x=adjoint_a adj_y=adjoint_b name"),
    _renamed("concat_v2", "tf:concat"),
    _renamed("split_v", "tf:split", "value size_splits=num_or_size_splits split_dim=axis name"),
    _renamed("scalar_summary", HERE + "early.summaries:scalar_summary"),
    _renamed("histogram_summary", HERE + "early.summaries:histogram_summary"),
    _renamed("image_summary", HERE + "early.summaries:image_summary"),
    _renamed("audio_summary", HERE + "early.summaries:audio_summary"),
    _renamed("merge_summary", "tf:summary.merge"),
    _renamed("merge_all_summaries", "tf:summary.merge_all"),
    _renamed("train.SummaryWriter", "tf:summary.FileWriter"),
    _renamed("train.SummaryWriterCache", "tf:summary.FileWriterCache"),
    _renamed("train.SyncReplicasOptimizerV2", "tf:train.SyncReplicasOptimizer"),
    _renamed("nn.rnn", HERE + "early.early_rnn:rnn", note="its variables are below \"RNN\""),
    _renamed("nn.state_saving_rnn", HERE + "early.early_rnn:state_saving_rnn"),
    _renamed("nn.bidirectional_rnn", HERE + "early.early_rnn:bidirectional_rnn"),
    _renamed("nn.dynamic_rnn", HERE + "early.early_rnn:dynamic_rnn"),
    _renamed("nn.bidirectional_dynamic_rnn", HERE + "early.early_rnn:bidirectional_dynamic_rnn"),
    _renamed("nn.raw_rnn", HERE + "early.early_rnn:raw_rnn"),
    _renamed("nn.rnn_cell", HERE + "early.early_rnn_cell:", note="cells that hold no variables, "
             "with that release's names (BasicLSTMCell/Linear/Matrix)"),
    _renamed("nn.seq2seq", HERE + "early.early_seq2seq:"),
    _renamed("nn.bias_add_v1", "tf:nn.bias_add"),
    _renamed("nn.xw_plus_b_v1", "tf:nn.xw_plus_b"),

    # Arguments in another order, or by other names, before 1.0.
    _reordered("concat", "concat_dim=axis values name"),
    _reordered("split", "split_dim=axis num_split=num_or_size_splits value name"),
    Name("concat", HERE + "argument_order:concat", note="accepts both orders, and reports it"),
    Name("split", HERE + "argument_order:split", note="accepts both orders, and reports it"),
    _reordered("nn.softmax_cross_entropy_with_logits", "logits labels dim name"),
    _reordered("nn.sparse_softmax_cross_entropy_with_logits", "logits labels name"),
    _reordered("nn.sigmoid_cross_entropy_with_logits", "logits targets=labels name"),
    _reordered("nn.weighted_cross_entropy_with_logits",
               "logits targets=labels pos_weight name"),
    _reordered("nn.log_poisson_loss", "log_input targets compute_full_loss name"),
    _reordered("nn.nce_loss",
               "weights biases inputs labels num_sampled num_classes num_true sampled_values "
               "remove_accidental_hits partition_strategy name"),
    _reordered("nn.sampled_softmax_loss",
               "weights biases inputs labels num_sampled num_classes num_true sampled_values "
               "remove_accidental_hits partition_strategy name"),
    _reordered("nn.ctc_loss",
               "inputs labels sequence_length preprocess_collapse_repeated "
               "ctc_merge_repeated time_major"),
    _reordered("sparse_split", "split_dim=axis num_split sp_input name"),
    Name("SparseTensor", HERE + "early.early_functions:SparseTensor", BEFORE_1, None,
         "its dense_shape was called shape"),
    Name("reverse", HERE + "early.early_functions:reverse", BEFORE_1, None,
         "took a bool for each dimension"),
    Name("div", HERE + "early.early_functions:div", BEFORE_1, None, "cut integers, as C does"),
    Name("floordiv", HERE + "early.early_functions:floordiv", BEFORE_1, None, "cut integers"),
    Name("mod", HERE + "early.early_functions:mod", BEFORE_1, None, "had the dividend's sign"),
    Name("zeros_initializer", HERE + "early.early_functions:zeros_initializer", BEFORE_1, None,
         "was the initialiser itself, a function of a shape"),
    Name("ones_initializer", HERE + "early.early_functions:ones_initializer", BEFORE_1, None,
         "took a shape, or made an initialiser"),

    Name("resources", "tensorflow.python.ops.resources:", BEFORE_1),
    _gone("RegisterShape", "the shape function of an op: its kernel's registration has it"),
    _gone("graph_util.set_cpu0", "a function that named the device: use tf.device(\"/cpu:0\")"),

    # What compat.v1 no longer has, or has in a module that is not an attribute of it.
    Name("estimator", HERE + "estimator:"),
    Name("contrib", HERE + "contrib.modules:SERVED", note="see contrib/NAMES.md"),
    Name("examples", HERE + "examples:", note="the tutorials' MNIST"),
    Name("python", "tensorflow.python:", note="TensorFlow's own modules, where they still are"),
    _gone("keras.wrappers", "scikit-learn's interface to Keras: use SciKeras"),
    Name("add", "tensorflow.python.ops.gen_math_ops:add", note="its op is Add, not AddV2"),
    Name("math.add", "tensorflow.python.ops.gen_math_ops:add", note="its op is Add, not AddV2"),
    Name("keras.__version__", HERE + "libraries.keras_versions:OF_1_4", "1.4"),
    Name("keras.__version__", HERE + "libraries.keras_versions:OF_1_7", "1.7"),
    Name("keras.__version__", HERE + "libraries.keras_versions:OF_1_15"),
    Name("flags", HERE + "flags:", "1.4", None, "argparse's, not absl's"),
    Name("app.flags", HERE + "flags:", "1.4"),
    Name("app.run", HERE + "flags:run", "1.4"),
    Name("layers.Input", "tf:keras.Input", "1.4"),
    Name("app.flags", "tf:flags"),
    Name("test.is_built_with_cuda", HERE + "devices:is_built_with_cuda", note=(
        "answers for the machine: whether there is a GPU that TensorFlow can use")),
    _gone("keras.utils.HDF5Matrix", "data read from an HDF5 file: read it by h5py"),
    _gone("keras.utils.multi_gpu_model", "a model on several GPUs: train it on one"),
    _gone("keras.utils.convert_all_kernels_in_model", "for weights of Theano: flip the kernels by "
          "NumPy, w[::-1, ::-1]"),
    _gone("keras.wrappers", "scikit-learn's interface to Keras: use SciKeras"),
    _gone("keras.preprocessing.image.apply_transform", "keras_preprocessing's: import it there"),
    _gone("keras.preprocessing.image.flip_axis", "keras_preprocessing's: numpy.flip does it"),
    _gone("keras.mixed_precision.experimental", "mixed precision before it was finished: train in "
          "float32, or use tf.train.experimental.enable_mixed_precision_graph_rewrite"),
    _gone("keras.experimental.LinearCosineDecay", "a schedule for eager training: use "
          "tf.train.linear_cosine_decay"),
    _gone("keras.experimental.NoisyLinearCosineDecay", "a schedule for eager training: use "
          "tf.train.noisy_linear_cosine_decay"),
    _gone("keras.experimental.PeepholeLSTMCell", "an LSTM cell with peepholes: use "
          "tf.nn.rnn_cell.LSTMCell(use_peepholes=True)"),
    _gone("keras.experimental.export_saved_model", "a model's SavedModel: use model.save"),
    _gone("keras.experimental.load_from_saved_model", "a model's SavedModel: use "
          "tf.keras.models.load_model"),
    _gone("keras.experimental.terminate_keras_multiprocessing_pools", "for tests of Keras"),
    _gone("estimator.BoostedTreesClassifier", "trees, removed with their kernels: use another "
          "library's gradient boosting"),
    _gone("estimator.BoostedTreesRegressor", "trees, removed with their kernels: use another "
          "library's gradient boosting"),
    _gone("estimator.BoostedTreesEstimator", "trees, removed with their kernels: use another "
          "library's gradient boosting"),
    _gone("estimator.tpu", "training on TPUs: use tf.estimator.Estimator"),
    _gone("tpu.experimental.AdagradParameters", "for embeddings on TPUs"),
    _gone("tpu.experimental.AdamParameters", "for embeddings on TPUs"),
    _gone("tpu.experimental.StochasticGradientDescentParameters", "for embeddings on TPUs"),
    _gone("config.experimental_list_devices", "the names of devices: use "
          "tensorflow.python.client.device_lib.list_local_devices"),
    _gone("data.experimental.CheckpointInputPipelineHook", "a hook that kept an iterator's place: "
          "make the iterator a saveable by tf.data.experimental.make_saveable_from_iterator"),
    _gone("data.experimental.MapVectorizationOptions", "an option for speed: leave it away"),
    _gone("data.experimental.StatsAggregator", "statistics of an input pipeline: use the profiler"),
    _gone("data.experimental.StatsOptions", "statistics of an input pipeline: use the profiler"),
    _gone("data.experimental.bytes_produced_stats", "statistics of an input pipeline: use the "
          "profiler"),
    _gone("data.experimental.latency_stats", "statistics of an input pipeline: use the profiler"),
    _gone("distributions.bijectors", "a part of TensorFlow Probability: use its bijectors"),
    _gone("lite.experimental.nn", "rnn cells for TensorFlow Lite: use tf.nn.rnn_cell"),
    _gone("lite.experimental.get_potentially_supported_ops", "a list for TensorFlow Lite"),
    _gone("raw_ops.CompareAndBitpack", "an op that no Python function used"),
    _gone("user_ops.fact", "an example of an op of one's own"),
)


def names_of(era):
    """Returns ``{old name: Name}`` of an era's name, such as "0.12"; the first row counts."""
    order = numbers(era)
    return {name.old: name for name in reversed(NAMES)
            if name.until is None or order <= numbers(name.until)}


def page():
    """Returns the table as a page in Markdown."""
    lines = [
        "# The names that differ",
        "",
        "What a script finds under `tensorflow` is today's `tf.compat.v1`, except for these names.",
        "Written by `python -m tf1_recipes.legacy.names`; the table is in `names.py`.",
        "",
        "| old name | as of | served by | its arguments then |",
        "|---|---|---|---|",
    ]
    for name in sorted(NAMES, key=lambda each: each.old.lower()):
        served = "`%s`" % name.now.replace("tf:", "").rstrip(":") if name.now else "nothing"
        lines.append("| `tf.%s` | %s | %s | %s |" % (
            name.old, "up to " + name.until if name.until else "all",
            served + (": " + name.note if name.note else ""),
            "`(%s)`" % ", ".join(part.split("=")[0] for part in name.parameters.split())
            if name.parameters else ""))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
