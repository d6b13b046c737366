"""TensorFlow's own modules that scripts import, and where their contents are now.

Not part of any release's API. Addresses are those of `moved`, the old ones below ``tensorflow``;
``tf:`` is the facade.
"""
import importlib

MOVED = {
    "python.ops.rnn_cell:": "tf:nn.rnn_cell",
    "python.ops.seq2seq:": "tf:nn.seq2seq",
    "models.rnn.rnn_cell:": "tf:nn.rnn_cell",
    "models.rnn.rnn:": "tf:nn",
    "models.rnn.seq2seq:": "tf:nn.seq2seq",
    "python.layers.core:": "tf_keras.src.legacy_tf_layers.core:",
    "python.layers.convolutional:": "tf_keras.src.legacy_tf_layers.convolutional:",
    "python.layers.pooling:": "tf_keras.src.legacy_tf_layers.pooling:",
    "python.layers.normalization:": "tf_keras.src.legacy_tf_layers.normalization:",
    "python.layers.base:": "tf_keras.src.legacy_tf_layers.base:",
    "python.layers.layers:": "tf:layers",
    "python.estimator:": "tf:estimator",
    "python.estimator.estimator:": "tf:estimator",
    "python.estimator.inputs:": "tf:estimator.inputs",
    "python.keras:": "tf:keras",
    "python.keras.backend:": "tf:keras.backend",
    "python.keras.layers:": "tf:keras.layers",
    "python.keras.models:": "tf:keras.models",
    "python.keras.optimizers:": "tf:keras.optimizers",
    "python.keras.utils:": "tf:keras.utils",
    "python.keras.callbacks:": "tf:keras.callbacks",
    "python.keras.datasets:": "tf:keras.datasets",
    "python.keras.preprocessing:": "tf:keras.preprocessing",
    "python.keras.applications:": "tf:keras.applications",
    "python.keras.regularizers:": "tf:keras.regularizers",
    "python.keras.initializers:": "tf:keras.initializers",
    "python.keras.activations:": "tf:keras.activations",
    "python.keras.losses:": "tf:keras.losses",
    "python.keras.metrics:": "tf:keras.metrics",
    "python.keras.constraints:": "tf:keras.constraints",
    "python.feature_column.dense_features:": "tf_keras.src.feature_column.dense_features:",
    "python.ops.rnn_cell_wrapper_impl:": "tf_keras.src.layers.rnn.legacy_cell_wrappers:",
    "python.summary.event_accumulator:": "tensorboard.backend.event_processing.event_accumulator:",
    "python.summary.event_multiplexer:": "tensorboard.backend.event_processing.event_multiplexer:",
    "python.training.gen_training_ops:": "tensorflow.python.ops.gen_training_ops:",
    "python.training.training_ops:": "tensorflow.python.ops.gen_training_ops:",
}
# The files of the estimators; a script may ask for them of their package, which is `tf.estimator`.
MOVED.update({
    "%s.%s:" % (package, file): "tf:" + where for package in ("estimator", "python.estimator")
    for where, files in {
        "estimator": ("canned canned.dnn canned.dnn_linear_combined canned.linear estimator_lib "
                      "exporter model_fn run_config training"),
        "estimator.export": "export export.export",
        "estimator.inputs": "inputs.inputs inputs.numpy_io inputs.pandas_io"}.items()
    for file in files.split() if package + "." + file != where})
# Tutorials that were inside the package of 0.12 and before: whose files scripts need.
_TUTORIALS = {
    "models.embedding": "word2vec.py", "models.image.alexnet": "alexnet_benchmark.py",
    "models.image.cifar10": "cifar10.py and cifar10_input.py",
    "models.image.imagenet": "classify_image.py", "models.image.mnist": "convolutional.py",
    "models.rnn.ptb": "reader.py", "models.rnn.translate": "data_utils.py and seq2seq_model.py"}


def problem_with(name):
    """Returns the error's text for a module of TensorFlow's own, or a name in one, that is gone.

    Args:
        name: str, below ``tensorflow``, such as "python.ops.rnn_cell_impl._linear".

    Returns:
        str, or None if it is there, or is not such a module.
    """
    for tutorial, files in _TUTORIALS.items():
        if (name + ".").startswith(tutorial + "."):
            return ("tensorflow.%s was a tutorial inside TensorFlow before 1.0: put its %s beside "
                    "the script, and import them from there" % (name, files))
    if not name.startswith("python."):
        return None
    parts = name.split(".")
    module, known = None, 0
    for end in range(1, len(parts) + 1):
        try:
            module = importlib.import_module("tensorflow." + ".".join(parts[:end]))
            known = end
        except ImportError:
            break
    if known == len(parts) or hasattr(module, parts[known]):
        return None
    return ("tensorflow.%s was TensorFlow's own, no part of its API, and is gone: today's %s has "
            "no %s" % (name, ".".join(["tensorflow"] + parts[:known]), parts[known]))

