"""Keras 1's names of arguments, which Keras 2.2 took as well: ``Convolution2D(8, 3, 3,
border_mode="same")``, ``Dense(output_dim=3)``, ``fit_generator(nb_epoch=2)``.

The classes themselves are changed, so ``isinstance`` works as before. A script that imports
``keras`` may therefore use these names with ``tf.keras``, too.
"""
import importlib
import inspect

from tf1_recipes.legacy.patch import patch

_ORDERS = {"tf": "channels_last", "th": "channels_first", "default": None}
_EFFORTS = {"cpu": 0, "mem": 1, "gpu": 2}

_WEIGHTS = {"init": "kernel_initializer", "W_regularizer": "kernel_regularizer",
            "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
            "b_constraint": "bias_constraint", "bias": "use_bias"}
_ORDER = {"dim_ordering": "data_format"}
_CONVOLUTION = dict(_WEIGHTS, **_ORDER, nb_filter="filters", subsample="strides",
                    border_mode="padding", atrous_rate="dilation_rate")
_RECURRENT = {"output_dim": "units", "init": "kernel_initializer",
              "inner_init": "recurrent_initializer", "inner_activation": "recurrent_activation",
              "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
              "U_regularizer": "recurrent_regularizer", "dropout_W": "dropout",
              "dropout_U": "recurrent_dropout", "consume_less": "implementation"}
_POOLING = dict(_ORDER, border_mode="padding")
_RATE = dict(_ORDER, p="rate")

# {classes: {argument of Keras 1: of Keras 2}}
LAYERS = {
    "Dense": dict(_WEIGHTS, output_dim="units"),
    "Dropout GaussianDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D": _RATE,
    "GaussianNoise": {"sigma": "stddev"},
    "PReLU": {"init": "alpha_initializer"},
    "Embedding": {"init": "embeddings_initializer", "W_regularizer": "embeddings_regularizer",
                  "W_constraint": "embeddings_constraint"},
    "BatchNormalization": {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
    "SimpleRNN GRU LSTM": _RECURRENT,
    "Conv1D LocallyConnected1D": dict(_CONVOLUTION, filter_length="kernel_size",
                                      subsample_length="strides"),
    "Conv2D Conv3D Conv2DTranspose SeparableConv2D LocallyConnected2D": _CONVOLUTION,
    "ConvLSTM2D": dict(_RECURRENT, **_CONVOLUTION),
    "MaxPooling1D AveragePooling1D": dict(_POOLING, pool_length="pool_size", stride="strides"),
    "MaxPooling2D AveragePooling2D MaxPooling3D AveragePooling3D": _POOLING,
    "GlobalMaxPooling2D GlobalAveragePooling2D": _ORDER,
    "UpSampling1D": {"length": "size"},
    "UpSampling2D UpSampling3D ZeroPadding2D ZeroPadding3D Cropping2D Cropping3D": _ORDER,
    "InputLayer": {"input_dtype": "dtype"},
}
_GENERATORS = {"samples_per_epoch": "steps_per_epoch", "val_samples": "steps",
               "nb_epoch": "epochs", "nb_val_samples": "validation_steps", "nb_worker": "workers",
               "pickle_safe": "use_multiprocessing", "max_q_size": "max_queue_size"}
_KERNELS = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))


@patch("Keras takes the names of arguments that Keras 1 had",
       after="keras tensorflow.python.keras._impl tensorflow.python.keras._impl.keras")
def keras_1_arguments(changes, _):
    keras = importlib.import_module("tf_keras.api._v1.keras")
    for classes, names in LAYERS.items():
        for name in classes.split():
            _wrap(changes, getattr(keras.layers, name), "__init__", names, _arguments_of(name))
    in_graphs = importlib.import_module("tf_keras.src.engine.training_v1").Model
    made_of_layers = importlib.import_module("tf_keras.src.engine.functional").Functional
    for kind, method in ((keras.models.Model, "__new__"), (made_of_layers, "__init__")):
        _wrap(changes, kind, method, {"input": "inputs", "output": "outputs"})
    layer = importlib.import_module("tf_keras.src.engine.base_layer_v1").Layer
    _wrap(changes, layer, "add_weight", {}, _shape_first)
    for method in ("fit_generator", "evaluate_generator", "predict_generator"):
        _wrap(changes, in_graphs, method, _GENERATORS, _batches)


def _wrap(changes, kind, method, names, change=None):
    signature = inspect.signature(getattr(kind, method))

    @changes.wrap(kind, method)
    def call(today, self, *arguments, **options):
        if change:
            arguments, options = change(list(arguments), options)
        for old in set(names).intersection(options):
            value = options.pop(old)
            if names[old] in options:
                raise TypeError("%s() was given %s and %s, which are the same" % (
                    kind.__name__, old, names[old]))
            if old == "dim_ordering":
                value = _ORDERS[value]
            elif old == "consume_less":
                value = _EFFORTS[value]
            options[names[old]] = value
        return today(self, *arguments, **options)
    vars(kind)[method].__signature__ = signature  # which Keras asks for


def _arguments_of(name):
    """Returns what Keras 2.2 did to the arguments of a layer apart from renaming them."""
    if "RNN" in name or name in ("GRU", "LSTM", "Conv1D", "LocallyConnected1D"):
        return _with_input_shape
    if name.startswith(("Conv", "Locally")):
        return _with_kernel_size
    return {"SeparableConv2D": _with_two_kernels, "BatchNormalization": _without_mode,
            "Embedding": _without_dropout, "ZeroPadding2D": _with_pairs}.get(name)


def _with_input_shape(arguments, options):
    if options.pop("forget_bias_init", None) == "one":
        options["unit_forget_bias"] = True
    if "input_dim" in options:
        options["input_shape"] = (options.pop("input_length", None), options.pop("input_dim"))
    return arguments, options


def _with_kernel_size(arguments, options):
    """The sides of a kernel one by one, by position or by name."""
    options.pop("output_shape", None)  # of a transposed convolution: it follows from the others
    sides = arguments[1:]
    for names in _KERNELS:
        given = [options.pop(name) for name in names if name in options]
        if given:
            sides += given
    if len(sides) in (2, 3) and all(isinstance(side, int) for side in sides):
        return arguments[:1], dict(options, kernel_size=tuple(sides))
    return arguments, options


def _with_two_kernels(arguments, options):
    if "init" in options:
        init = options.pop("init")
        options = dict(options, depthwise_initializer=init, pointwise_initializer=init)
    return _with_kernel_size(arguments, options)


def _without_mode(arguments, options):
    if options.pop("mode", 0) != 0:
        raise TypeError("BatchNormalization: mode=1 and mode=2 were Keras 1's, and are not served")
    return arguments, options


def _without_dropout(arguments, options):
    if options.pop("dropout", None):
        raise TypeError("Embedding: dropout was Keras 1's: put a SpatialDropout1D behind it")
    return arguments, options


def _with_pairs(arguments, options):
    padding = options.get("padding", arguments[0] if arguments else None)
    if isinstance(padding, dict):
        pairs = tuple(tuple(padding.get(side + "_pad", 0) for side in sides)
                      for sides in (("top", "bottom"), ("left", "right")))
        return [], dict(options, padding=pairs)
    return arguments, options


def _batches(arguments, options):
    """Rows in an epoch, as batches where the generator knows how large they are."""
    generator = arguments[0] if arguments else options.get("generator")
    if "samples_per_epoch" in options and hasattr(generator, "batch_size"):
        options["steps_per_epoch"] = options.pop("samples_per_epoch") // generator.batch_size
    return arguments, options


def _shape_first(arguments, options):
    """``add_weight((3, 4), ...)`` of a layer of the script's own."""
    if arguments and isinstance(arguments[0], (tuple, list)):
        options = dict(zip(("shape", "name"), arguments[:2]), **options)
        arguments = arguments[2:]
    return arguments, options
