"""What Keras writes: HDF5 or a checkpoint, as before, and never the later format ``.keras``.

Today's Keras takes a name that ends in ``.keras`` or ``.weights.h5`` for that format, a zip file,
which it cannot write in graph mode.
"""
from tf1_recipes.legacy.patch import patch


@patch("Keras writes HDF5 or checkpoints, never the format .keras",
       after="tf_keras.src.saving.saving_api")
def keras_files(changes, saving_api):
    earlier = saving_api.legacy_sm_saving_lib
    changes.put(saving_api.saving_lib, "saving_v3_enabled", lambda: False)
    changes.put(saving_api, "save_weights", earlier.save_weights)
    changes.put(saving_api, "load_weights", earlier.load_weights)
