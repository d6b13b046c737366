"""What Keras writes: HDF5, or a checkpoint, as it did, and never the later format ``.keras``.

That format, a zip file, is what today's Keras takes a name on ``.keras`` for, and likewise one on
``.weights.h5``; it can write neither of them in graph mode.
"""
import sys

from tf1_recipes.recording import session_tap


def install():
    """Puts it in place, for when Keras is imported."""
    sys.meta_path.insert(0, session_tap.AfterImport({
        r"tf_keras\.src\.saving\.saving_api": _serve}))


def _serve(saving_api):
    saving_api.saving_lib.saving_v3_enabled = lambda: False
    earlier = saving_api.legacy_sm_saving_lib
    saving_api.save_weights = earlier.save_weights
    saving_api.load_weights = earlier.load_weights
