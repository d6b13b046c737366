"""What of ``tf.contrib`` is left out, why, and what to use in its place.

A row is for a submodule with all that is in it, or for one name.
"""
_PROBABILITY = "it lives on in TensorFlow Probability (import tensorflow_probability)"
_MACHINES = "it was for training on several machines, which is not served: train on one"
_TPU = "it was for TPUs, which TensorFlow 2.21 reaches by tf.distribute only"
_NATIVE = "its kernel was compiled for TensorFlow 1.x and is in no later release"
_TREES = "its kernels are in no later release: use tensorflow_decision_forests, scikit-learn or " \
    "another library's trees"
_MOBILE = "tf.lite has its place"
_CUDNN = "its kernels run on a GPU only, of 1.15 as of today, and no machine without one ran it: " \
    "use tf.contrib.rnn.LSTMBlockFusedCell, or tf.keras.layers.LSTM, which calls cuDNN; what it " \
    "trained runs by CudnnCompatibleLSTMCell and CudnnCompatibleGRUCell"
_WALS = "its kernels are in no later release: use the package implicit, or factorise by an " \
    "embedding and tf.train.AdamOptimizer"
_GRID = "no known script uses it: build it of tf.contrib.rnn.LSTMCell, one for each dimension"

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
    "cudnn_rnn.CudnnGRU": _CUDNN,
    "cudnn_rnn.CudnnLSTM": _CUDNN,
    "cudnn_rnn.CudnnRNNRelu": _CUDNN,
    "cudnn_rnn.CudnnRNNTanh": _CUDNN,
    "decision_trees": _TREES,
    "distribute": _MACHINES + "; tf.distribute has its place",
    "estimator": "use tf.estimator, or tf.contrib.learn.Estimator with a model's function",
    "factorization.GMM": "its kernels are in no later release: use "
                         "sklearn.mixture.GaussianMixture",
    "factorization.GmmAlgorithm": "use sklearn.mixture.GaussianMixture",
    "factorization.WALSMatrixFactorization": _WALS,
    "factorization.WALSModel": _WALS,
    "factorization.gmm": "use sklearn.mixture.GaussianMixture",
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
    "layers.scattered_embedding_column": "its hash is in no later release",
    "layers.sequence_input_from_feature_columns": "use tf.keras.experimental.SequenceFeatures",
    "learn.BaseEstimator": "derive from tf.contrib.learn.Estimator",
    "learn.DNNLinearCombinedEstimator": "use tf.contrib.learn.DNNLinearCombinedClassifier or "
                                        "DNNLinearCombinedRegressor, which make their own head",
    "learn.DynamicRnnEstimator": "write its model's function and give it to "
                                 "tf.contrib.learn.Estimator",
    "learn.SVM": "its kernels are left out: use sklearn.svm.LinearSVC",
    "learn.graph_actions": "train by tf.train.MonitoredTrainingSession",
    "learn.make_export_strategy": _MACHINES,
    "learn.monitors.ExportMonitor": "export the estimator after training",
    "learn.monitors.GraphDump": "record the run: tf1-recipes record",
    "learn.monitors.StepCounter": "use tf.train.StepCounterHook, which fit takes as a monitor",
    "lite": _MOBILE,
    "opt.DropStaleGradientOptimizer": _MACHINES,
    "opt.ElasticAverageOptimizer": _MACHINES,
    "opt.ModelAverageOptimizer": _MACHINES,
    "opt.AGNOptimizer": _MACHINES,
    "optimizer_v2": "use the optimizers of tf.train",
    "saved_model": "use tf.saved_model, and model.save of tf.keras",
    "graph_editor": "it changed graphs in place, by parts of TensorFlow that are gone: build "
                    "the graph as it should be",
    "predictor.from_contrib_estimator": "use its export_savedmodel, and from_saved_model",
    "training.SequenceQueueingStateSaver": "no known script uses it: keep the state in "
                                           "tf.data, or feed it",
    "training.batch_sequences_with_states": "no known script uses it: keep the state in "
                                            "tf.data, or feed it",
    "training.stratified_sample": "use tf.data.experimental.rejection_resample",
    "training.rejection_sample": "use tf.data.experimental.rejection_resample",

    "memory_stats": _NATIVE,
    "nccl": _MACHINES,
    "nearest_neighbor": _NATIVE,
    "periodic_resample": _NATIVE,
    "quantization": "tf.quantization has its place",
    "quantize": "it lives on in the package tensorflow_model_optimization",
    "model_pruning": "it lives on in the package tensorflow_model_optimization",
    "remote_fused_graph": _NATIVE,
    "rnn.BidirectionalGridLSTMCell": "no known script uses it: use two of "
                                     "tf.contrib.rnn.GridLSTMCell",
    "rnn.CompiledWrapper": "it compiled a cell by XLA: use the cell as it is",
    "rpc": _NATIVE,
    "tensor_forest.hybrid": _TREES,
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
