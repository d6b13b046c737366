"""``tf.contrib``: which modules serve each of its submodules, and which it goes without.

A submodule is imported when a script first asks for it. It is served by the first of its modules
that holds the name: one of this folder, which has what is different, then a library's.
"""
import importlib

HERE = "tf1_recipes.legacy.contrib."

# Below tensorflow.contrib; "tf." is tf.compat.v1's.
SUBMODULES = {
    "crf": [HERE + "crf"],
    "data": [HERE + "data"],
    "deprecated": ["tf1_recipes.legacy.early.summaries"],
    "distributions": [HERE + "distributions", "tf.distributions"],
    "eager": [HERE + "eager"],
    "eager.metrics": [HERE + "eager_metrics"],
    "factorization": [HERE + "clustering"],
    "framework": [HERE + "framework", "tf_slim.ops.arg_scope", "tf_slim.ops.variables",
                  "tf_slim.ops.framework_ops"],
    "framework.nest": ["tensorflow.python.util.nest"],
    "image": [HERE + "image"],
    "keras": ["tf.keras"],
    "layers": [HERE + "layers", HERE + "feature_columns", HERE + "crossed_columns",
               "tf_slim.layers"],
    "layers.feature_column": [HERE + "feature_columns", HERE + "crossed_columns"],
    "layers.summaries": ["tf_slim.layers.summaries"],
    "learn": [HERE + "learn", HERE + "learn_combined", HERE + "learn_experiment",
              HERE + "learn_kmeans"],
    "learn.datasets": ["tf1_recipes.legacy.datasets"],
    "learn.datasets.base": ["tf1_recipes.legacy.datasets.base"],
    "learn.datasets.mnist": ["tf1_recipes.legacy.datasets.mnist"],
    "learn.io": [HERE + "learn_io"],
    "learn.learn_runner": [HERE + "learn_experiment"],
    "learn.monitors": [HERE + "learn_monitors", HERE + "learn_monitor_base",
                       HERE + "learn_monitor_hooks"],
    "learn.preprocessing": [HERE + "text_preprocessing"],
    "learn.utils": [HERE + "learn_export"],
    "legacy_seq2seq": [HERE + "legacy_seq2seq", HERE + "legacy_seq2seq.decoders"],
    "linalg": [],
    "lookup": [HERE + "lookup"],
    "lookup.lookup_ops": [HERE + "lookup"],
    "losses": ["tf_slim.losses.loss_ops"],
    "losses.metric_learning": ["tf_slim.losses.metric_learning"],
    "metrics": [HERE + "metrics", "tf_slim.metrics"],
    "nn": [HERE + "nn"],
    "opt": [HERE + "adam_variants", HERE + "external_optimizers", HERE + "optimizer_wrappers",
            HERE + "sign_optimizers"],
    "rnn": [HERE + "rnn.cell_wrappers", HERE + "rnn.conv_lstm_cells", HERE + "rnn.core_rnn_cell",
            HERE + "rnn.fused_rnn_cell", HERE + "rnn.gated_cells", HERE + "rnn.gru_ops",
            HERE + "rnn.independent_cells", HERE + "rnn.layer_norm_cells", HERE + "rnn.lstm_ops",
            HERE + "rnn.phased_and_grouped_cells", HERE + "rnn.rnn", "tf.nn.rnn_cell"],
    "rnn.core_rnn_cell": [HERE + "rnn.core_rnn_cell", "tf.nn.rnn_cell"],
    "rnn.python.ops.core_rnn_cell_impl": [HERE + "rnn.core_rnn_cell", "tf.nn.rnn_cell"],
    "seq2seq": [HERE + "seq2seq.attention_mechanisms", HERE + "seq2seq.attention_wrapper",
                HERE + "seq2seq.basic_decoder", HERE + "seq2seq.beam_search_decoder",
                HERE + "seq2seq.beam_search_ops", HERE + "seq2seq.beam_search_step",
                HERE + "seq2seq.decoder", HERE + "seq2seq.helper", HERE + "seq2seq.loss",
                HERE + "seq2seq.monotonic_attention", HERE + "seq2seq.training_helpers"],
    "signal": [],
    "slim": [HERE + "layers", HERE + "feature_columns", HERE + "crossed_columns", "tf_slim"],
    "slim.data_decoder": ["tf_slim.data.data_decoder"],
    "slim.data_provider": ["tf_slim.data.data_provider"],
    "slim.dataset": ["tf_slim.data.dataset"],
    "slim.dataset_data_provider": ["tf_slim.data.dataset_data_provider"],
    "slim.evaluation": ["tf_slim.evaluation"],
    "slim.learning": ["tf_slim.learning"],
    "slim.losses": ["tf_slim.losses.loss_ops"],
    "slim.metrics": ["tf_slim.metrics"],
    "slim.model_analyzer": ["tf_slim.model_analyzer"],
    "slim.nets": [],
    "slim.nets.alexnet": ["tf_slim.nets.alexnet"],
    "slim.nets.inception": ["tf_slim.nets.inception"],
    "slim.nets.inception_v1": ["tf_slim.nets.inception_v1"],
    "slim.nets.inception_v2": ["tf_slim.nets.inception_v2"],
    "slim.nets.inception_v3": ["tf_slim.nets.inception_v3"],
    "slim.nets.overfeat": ["tf_slim.nets.overfeat"],
    "slim.nets.resnet_utils": ["tf_slim.nets.resnet_utils"],
    "slim.nets.resnet_v1": ["tf_slim.nets.resnet_v1"],
    "slim.nets.resnet_v2": ["tf_slim.nets.resnet_v2"],
    "slim.nets.vgg": ["tf_slim.nets.vgg"],
    "slim.parallel_reader": ["tf_slim.data.parallel_reader"],
    "slim.prefetch_queue": ["tf_slim.data.prefetch_queue"],
    "slim.queues": ["tf_slim.queues"],
    "slim.summaries": ["tf_slim.summaries"],
    "slim.tfexample_decoder": ["tf_slim.data.tfexample_decoder"],
    "slim.utils": ["tf_slim.layers.utils"],
    "staging": [],
    "stateless": [],
    "summary": ["tensorflow.python.ops.summary_ops_v2"],
    "tensor_forest": [],
    "tensor_forest.client": [],
    "tensor_forest.client.eval_metrics": [HERE + "tensor_forest.eval_metrics"],
    "tensor_forest.client.random_forest": [HERE + "tensor_forest.random_forest"],
    "tensor_forest.python": [],
    "tensor_forest.python.tensor_forest": [HERE + "tensor_forest.graphs",
                                           HERE + "tensor_forest.hparams"],
    "tensorboard": [],
    "tensorboard.plugins": [],
    "tensorboard.plugins.projector": [HERE + "projector"],
    "training": [HERE + "bucketing", HERE + "hparams", "tf_slim.training.training",
                 "tf_slim.training.evaluation"],
    "util": [],
}
# As tf.contrib.keras the Keras of 1.2 and 1.3.
SUBMODULES.update({"keras." + name: ["tf.keras." + name] for name in (
    "activations", "applications", "backend", "callbacks", "constraints", "datasets",
    "initializers", "layers", "losses", "metrics", "models", "optimizers", "preprocessing",
    "preprocessing.image", "preprocessing.sequence", "preprocessing.text", "regularizers",
    "utils")})


def __getattr__(name):
    if name == "SERVED":
        modules = importlib.import_module(HERE + "modules")
        globals()["SERVED"] = modules.Contrib("contrib")
        return globals()["SERVED"]
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
