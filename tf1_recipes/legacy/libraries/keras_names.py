"""Where the names of Keras 2.2 are today that ``import keras`` finds beside those of `tf_keras`.

Scripts imported classes from modules such as ``keras.layers.recurrent``. Today one module,
``keras.layers``, holds them all, and serves the others.
"""
import importlib

from tf1_recipes.legacy import moved
from tf1_recipes.legacy.patch import patch

# Addresses as in `moved`, but below ``keras`` and below tf_keras' API.
MODULES = {"backend.tensorflow_backend:": "backend:", "objectives:": "losses:",
           "applications.mobilenetv2:": "applications.mobilenet_v2:", "engine.saving:": "models:",
           **{old + ":": "layers:" for old in (
               "layers.advanced_activations", "layers.convolutional",
               "layers.convolutional_recurrent", "layers.core", "layers.cudnn_recurrent",
               "layers.embeddings", "layers.local", "layers.merge", "layers.noise",
               "layers.normalization", "layers.pooling", "layers.recurrent", "layers.wrappers",
               "engine", "engine.base_layer", "engine.input_layer", "engine.network",
               "engine.sequential", "engine.topology", "engine.training")}}

_SERIALIZED = "serialize_keras_object deserialize_keras_object"
NAMES = {
    **moved.names("models", "layers", "Input InputLayer"),
    **moved.names("layers", "layers",
                  "AtrousConv1D=Conv1D AtrousConv2D=Conv2D AtrousConvolution1D=Conv1D "
                  "AtrousConvolution2D=Conv2D Deconv2D=Conv2DTranspose Deconv3D=Conv3DTranspose "
                  "Deconvolution2D=Conv2DTranspose Deconvolution3D=Conv3DTranspose"),
    **moved.names("backend", "backend", "get_variable_shape=int_shape Function=function"),
    **moved.names("constraints", "constraints",
                  "maxnorm=max_norm nonneg=non_neg unitnorm=unit_norm"),
    **moved.names("initializers", "initializers", "one=Ones zero=Zeros"),
    **moved.names("utils.generic_utils", "utils",
                  "get_custom_objects custom_object_scope CustomObjectScope"),
}
for _home in ("engine", "engine.network", "engine.sequential", "engine.topology",
              "engine.training"):
    NAMES.update(moved.names(
        _home, "models", "Model Sequential Network=Model Container=Model"))
    NAMES.update(moved.names(_home, "utils", "get_source_inputs"))
for _home in ("activations", "constraints", "initializers", "losses", "metrics", "optimizers",
              "regularizers", "utils.generic_utils"):
    NAMES.update(moved.names(_home, "utils", _SERIALIZED))


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


@patch("Sequential models have predict_classes and predict_proba of before 2.6", after="keras")
def predictions(changes, _):
    def predict_classes(self, x, batch_size=32, verbose=0):
        """The class of each row: the largest output, or, of a single one, whether above 0.5."""
        outputs = self.predict(x, batch_size=batch_size, verbose=verbose)
        if outputs.shape[-1] > 1:
            return outputs.argmax(axis=-1)
        return (outputs > 0.5).astype("int32")

    def predict_proba(self, x, batch_size=32, verbose=0):
        """The outputs."""
        return self.predict(x, batch_size=batch_size, verbose=verbose)
    changes.add(importlib.import_module("tf_keras.api._v1.keras.models").Sequential,
                predict_classes=predict_classes, predict_proba=predict_proba)


def extra_names(module, api):
    """Returns what a module of Keras 2.2 had beside what serves it now.

    Args:
        module: str, such as "layers.recurrent".
        api: function that returns a module of the API by its name, such as "layers".

    Returns:
        dict, its names.
    """
    served = served_by(module)
    extra = backend_names(api("backend")) if served == "backend" else {}
    for home in (served, module):
        for old, now in NAMES.items():
            if old.startswith(home + ":"):
                place, _, attribute = now.partition(":")
                extra[old.partition(":")[2]] = getattr(api(place), attribute)
    return extra


def served_by(module):
    """Returns the module of the API that serves one of Keras 2.2."""
    return MODULES.get(module + ":", module + ":")[:-1]
