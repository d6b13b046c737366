"""Where the names of Keras 2.2 are today, that ``import keras`` finds beside those of `tf_keras`.

Keras had its classes in modules (``keras.layers.recurrent``) of which scripts imported them; today
one module holds them all (``keras.layers``), and serves those.
"""
# Modules that another one serves now: {name below keras: name below tf_keras' API}.
MODULES = {"backend.tensorflow_backend": "backend", "objectives": "losses",
           "applications.mobilenetv2": "applications.mobilenet_v2",
           "layers.advanced_activations": "layers", "layers.convolutional": "layers",
           "layers.convolutional_recurrent": "layers", "layers.core": "layers",
           "layers.cudnn_recurrent": "layers", "layers.embeddings": "layers",
           "layers.local": "layers", "layers.merge": "layers", "layers.noise": "layers",
           "layers.normalization": "layers", "layers.pooling": "layers",
           "layers.recurrent": "layers", "layers.wrappers": "layers",
           "engine": "layers", "engine.base_layer": "layers", "engine.input_layer": "layers",
           "engine.network": "layers", "engine.sequential": "layers",
           "engine.topology": "layers", "engine.training": "layers",
           "engine.saving": "models"}

_CLASSES = {"Model": "models:Model", "Sequential": "models:Sequential", "Network": "models:Model",
            "Container": "models:Model", "get_source_inputs": "utils:get_source_inputs"}
_SERIALIZED = {name: "utils:" + name for name in (
    "serialize_keras_object", "deserialize_keras_object")}

# Names that a module had, and where they are: {module: {name: "module:attribute" of the API}}.
NAMES = {
    "engine": _CLASSES,
    "engine.network": _CLASSES,
    "engine.sequential": _CLASSES,
    "engine.topology": _CLASSES,
    "engine.training": _CLASSES,
    "models": {"Input": "layers:Input", "InputLayer": "layers:InputLayer"},
    "layers": {"AtrousConv1D": "layers:Conv1D", "AtrousConv2D": "layers:Conv2D",
               "AtrousConvolution1D": "layers:Conv1D", "AtrousConvolution2D": "layers:Conv2D",
               "Deconv2D": "layers:Conv2DTranspose", "Deconvolution2D": "layers:Conv2DTranspose",
               "Deconv3D": "layers:Conv3DTranspose", "Deconvolution3D": "layers:Conv3DTranspose"},
    "backend": {"get_variable_shape": "backend:int_shape", "Function": "backend:function"},
    "constraints": dict(_SERIALIZED, maxnorm="constraints:max_norm", nonneg="constraints:non_neg",
                        unitnorm="constraints:unit_norm"),
    "initializers": dict(_SERIALIZED, one="initializers:Ones", zero="initializers:Zeros"),
    "activations": _SERIALIZED, "losses": _SERIALIZED, "metrics": _SERIALIZED,
    "optimizers": _SERIALIZED, "regularizers": _SERIALIZED,
    "utils.generic_utils": dict(_SERIALIZED, **{name: "utils:" + name for name in (
        "get_custom_objects", "custom_object_scope", "CustomObjectScope")}),
}

def backend_names(backend):
    """Returns functions that Keras 2.2's backend had, made of today's; a dict."""
    import tensorflow.compat.v1 as tf

    orders = {"th": "channels_first", "tf": "channels_last"}

    def image_dim_ordering():
        """"th" or "tf": where channels are."""
        return {value: name for name, value in orders.items()}[backend.image_data_format()]

    def set_image_dim_ordering(dim_ordering):
        """Sets it."""
        backend.set_image_data_format(orders[dim_ordering])
    return {"image_dim_ordering": image_dim_ordering,
            "set_image_dim_ordering": set_image_dim_ordering,
            "identity": tf.identity, "is_tensor": tf.is_tensor,
            "logsumexp": lambda x, axis=None, keepdims=False: tf.reduce_logsumexp(
                x, axis, keepdims),
            "slice": tf.slice}


def restore_predictions(models):
    """Gives Sequential models ``predict_classes`` and ``predict_proba`` of before 2.6."""
    def predict_classes(self, x, batch_size=32, verbose=0):
        """The class of each row: the largest output, or, of a single one, whether above 0.5."""
        outputs = self.predict(x, batch_size=batch_size, verbose=verbose)
        if outputs.shape[-1] > 1:
            return outputs.argmax(axis=-1)
        return (outputs > 0.5).astype("int32")

    def predict_proba(self, x, batch_size=32, verbose=0):
        """The outputs."""
        return self.predict(x, batch_size=batch_size, verbose=verbose)
    for method in (predict_classes, predict_proba):
        if not hasattr(models.Sequential, method.__name__):
            setattr(models.Sequential, method.__name__, method)


def extra_names(module, api):
    """Returns what a module of Keras 2.2 had beside what serves it now.

    Args:
        module: str, such as "layers.recurrent".
        api: function that returns a module of the API by its name, such as "layers".

    Returns:
        dict, its names.
    """
    served = MODULES.get(module, module)
    extra = backend_names(api("backend")) if served == "backend" else {}
    for name, place in dict(NAMES.get(served, {}), **NAMES.get(module, {})).items():
        home, _, attribute = place.partition(":")
        extra[name] = getattr(api(home), attribute)
    return extra
