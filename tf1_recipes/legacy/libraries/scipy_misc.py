"""`scipy.misc` as it was up to SciPy 1.1: what moved within SciPy, and the images."""
from tf1_recipes.legacy import moved
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

_MOVED = {**moved.names(__name__, "scipy.special",
                        "comb factorial factorial2 factorialk logsumexp"),
          **moved.names(__name__, "scipy.datasets", "face ascent electrocardiogram")}

__all__ = ["bytescale", "fromimage", "imread", "imresize", "imrotate", "imsave", "imshow",
           "toimage", "pilutil", *sorted(old.partition(":")[2] for old in _MOVED)]

pilutil = scipy_images


def __getattr__(name):
    address = _MOVED.get("%s:%s" % (__name__, name))
    if address:
        return moved.find(address)
    raise AttributeError("scipy.misc.%s is not served: see SciPy's release notes" % name)
