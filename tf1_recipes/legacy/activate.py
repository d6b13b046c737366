"""``import tf1_recipes.legacy.activate``: from here on ``import tensorflow`` is the TF1 API.

For a script's first line, or for ``sitecustomize``, where `run` cannot be used (a program started
by another one, a debugger): plain ``python train.py`` then finds what ``tf1-recipes run train.py``
gives it. Only a Python 2 script needs `run`; Python 2 modules are translated.

The main program's source tells the release, or the environment variable TF1_RECIPES_AS_OF does. A
program written for TensorFlow 2 is left alone, which is reported; so is one that never imports
NumPy, TensorFlow, Keras or Matplotlib.
"""
from tf1_recipes.legacy.activation import activate

activate()
