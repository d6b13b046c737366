"""What of ``tf.contrib`` is left out, why, and what to use in its place.

A row is for a submodule with all that is in it, or for one name.
"""
_PROBABILITY = "it lives on in TensorFlow Probability (import tensorflow_probability)"
_MACHINES = "it was for training on several machines, which is not served: train on one"
_TPU = "it was for TPUs, which TensorFlow 2.21 reaches by tf.distribute only"
_NATIVE = "its kernel was compiled for TensorFlow 1.x and is in no later release"
_TREES = "its kernels are in no later release: use tensorflow_decision_forests, scikit-learn or " \
    "another library's trees"
_EAGER = "scripts run in graph mode: use tf.gradients and a session"
_MOBILE = "tf.lite has its place"
_GRID = "no script was seen to use it: build it of tf.contrib.rnn.LSTMCell, one for each dimension"

REASONS = {
    "all_reduce": _MACHINES,
    "autograph": "tf.autograph has its place",
    "batching": _NATIVE,
    "bayesflow": _PROBABILITY,
    "bigtable": _NATIVE,
    "boosted_trees": _TREES,
    "cloud": _NATIVE,
    "cluster_resolver": "tf.distribute.cluster_resolver has its place",
    "coder": _NATIVE + ": use tensorflow_compression",
    "compiler": "XLA is asked for by tf.function(jit_compile=True) today",
    "cudnn_rnn": "its kernels run on a GPU only, and keep their weights as they like: use "
                 "tf.contrib.rnn.LSTMBlockFusedCell, or tf.keras.layers.LSTM, which calls cuDNN",
    "decision_trees": _TREES,
    "distribute": _MACHINES + "; tf.distribute has its place",
    "eager": _EAGER,
    "ffmpeg": _NATIVE + ": read sound by tf.audio.decode_wav, video by a library",
    "fused_conv": _NATIVE,
    "gan": "it lives on in the package tensorflow_gan",
    "grid_rnn": _GRID,
    "hadoop": _NATIVE,
    "ignite": _NATIVE,
    "kafka": _NATIVE + ": use tensorflow_io",
    "kfac": "it lives on in the package kfac",
    "kinesis": _NATIVE + ": use tensorflow_io",
    "libsvm": _NATIVE + ": read the file by sklearn.datasets.load_svmlight_file",
    "lite": _MOBILE,
    "memory_stats": _NATIVE,
    "nccl": _MACHINES,
    "nearest_neighbor": _NATIVE,
    "periodic_resample": _NATIVE,
    "quantization": "tf.quantization has its place",
    "quantize": "it lives on in the package tensorflow_model_optimization",
    "model_pruning": "it lives on in the package tensorflow_model_optimization",
    "remote_fused_graph": _NATIVE,
    "rnn.BidirectionalGridLSTMCell": _GRID,
    "rnn.CompiledWrapper": "it compiled a cell by XLA: use the cell as it is",
    "rnn.GridLSTMCell": _GRID,
    "rnn.TimeFreqLSTMCell": _GRID,
    "rpc": _NATIVE,
    "tensor_forest": _TREES,
    "tensorrt": "it needs a TensorFlow built with TensorRT, which has it in tf.experimental",
    "tfprof": "tf.profiler has its place",
    "tpu": _TPU,
}


def reason_for(name):
    """Returns why a name below tf.contrib is left out and what to do, or None."""
    while name:
        if name in REASONS:
            return REASONS[name]
        name = name.rpartition(".")[0]
    return None
