"""What Keras writes: HDF5, or a checkpoint, as it did, and never the later format ``.keras``.

That format, a zip file, is what today's Keras takes a name on ``.keras`` for, and likewise one on
``.weights.h5``; it can write neither of them in graph mode.
"""
from tf1_recipes.legacy.patch import patch


@patch("Keras writes HDF5 or checkpoints, never the format .keras",
       after="tf_keras.src.saving.saving_api")
def keras_files(changes, saving_api):
    earlier = saving_api.legacy_sm_saving_lib
    changes.put(saving_api.saving_lib, "saving_v3_enabled", lambda: False)
    changes.put(saving_api, "save_weights", earlier.save_weights)
    changes.put(saving_api, "load_weights", earlier.load_weights)
