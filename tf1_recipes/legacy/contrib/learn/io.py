"""``tf.contrib.learn.io``: input functions of arrays and frames, as in ``tf.estimator``."""
from tf1_recipes.legacy import estimator

numpy_input_fn = estimator.inputs.numpy_input_fn
pandas_input_fn = estimator.inputs.pandas_input_fn
