"""`scipy.misc` as it was up to SciPy 1.1: what moved within SciPy, and the images."""
import importlib

from tf1_recipes.legacy.libraries import scipy_images
from tf1_recipes.legacy.libraries.scipy_images import (
    bytescale,
    fromimage,
    imread,
    imresize,
    imrotate,
    imsave,
    imshow,
    toimage,
)

_MOVED = {"comb": "special", "factorial": "special", "factorial2": "special",
          "factorialk": "special", "logsumexp": "special", "face": "datasets",
          "ascent": "datasets", "electrocardiogram": "datasets"}

__all__ = ["bytescale", "fromimage", "imread", "imresize", "imrotate", "imsave", "imshow",
           "toimage", "pilutil", *sorted(_MOVED)]

pilutil = scipy_images


def __getattr__(name):
    if name in _MOVED:
        return getattr(importlib.import_module("scipy." + _MOVED[name]), name)
    raise AttributeError("scipy.misc.%s is not served: see SciPy's release notes" % name)
