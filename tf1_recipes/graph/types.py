"""The types that annotations name. TensorFlow's are ``Any``: it ships no annotations.

Nothing here imports TensorFlow.
"""
from typing import Any, Callable, List, Tuple, Union

import numpy as np

Tensor = Any  # tf.Tensor
Variable = Any  # tf.Variable, ref or resource
Operation = Any  # tf.Operation
Graph = Any  # tf.Graph
Session = Any  # tf.Session
DType = Any  # tf.DType
TensorShape = Any  # tf.TensorShape
IndexedSlices = Any  # tf.IndexedSlices
Optimizer = Any  # tf.train.Optimizer
Gradient = Any  # tf.Tensor, tf.IndexedSlices or None
GradientPairs = List[Tuple[Gradient, Variable]]
OptimizerFactory = Callable[[], Optimizer]

Number = Union[float, np.number]
Scalar = Any  # a Number, a scalar tensor or a scalar variable
Selector = Any  # a variable, pattern, predicate, layer, layer's output, or a list of these
