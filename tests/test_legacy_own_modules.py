"""TensorFlow's own modules that scripts import beside the API, and mix with it."""

SCRIPT = """
import numpy as np
import tensorflow as tf
from tensorflow.python.keras.models import Model
from tensorflow.keras.models import Model as M2
from tensorflow.python.keras.layers import Dense, Input
from tensorflow.python.keras import backend as K
from tensorflow.python.keras.engine.topology import Layer
from tensorflow.python.keras.engine import InputSpec
from tensorflow.python.keras.layers.core import Activation
from tensorflow.python.keras.optimizers import Adam
from tensorflow.python.keras.utils.np_utils import to_categorical
from tensorflow.python.keras.preprocessing.sequence import pad_sequences
from tensorflow.python.keras.callbacks import History
from tensorflow.python.keras._impl.keras.layers import Dropout
from tensorflow.python import keras
import tensorflow.python.keras as kk
print(Model is M2, Dense is tf.keras.layers.Dense, issubclass(Layer, tf.keras.layers.Layer),
      keras is kk)
print(K.get_session() is tf.keras.backend.get_session(), keras.layers.Dense is Dense,
      Activation is tf.keras.layers.Activation, Dropout is keras.layers.Dropout)
inputs = tf.keras.layers.Input([2])
model = Model(inputs, Dense(1, kernel_initializer="ones")(inputs))
model.compile(Adam(), "mse")
model.fit(np.ones([2, 2]), np.ones([2, 1]), verbose=0)
print(model.predict(np.ones([1, 2])).shape, to_categorical([1, 0]).tolist(),
      pad_sequences([[1]], 2).tolist())

from tensorflow.python.estimator.model_fn import EstimatorSpec, ModeKeys
from tensorflow.python.estimator import model_fn, run_config
from tensorflow.python.estimator.inputs import numpy_io
from tensorflow.python.estimator.inputs.numpy_io import numpy_input_fn
from tensorflow.python.estimator.canned.dnn import DNNClassifier
from tensorflow.python.estimator.export.export import ServingInputReceiver
from tensorflow.python.estimator import estimator
print(EstimatorSpec is tf.estimator.EstimatorSpec, model_fn.ModeKeys.TRAIN,
      run_config.RunConfig is tf.estimator.RunConfig)
print(numpy_io.numpy_input_fn is tf.estimator.inputs.numpy_input_fn,
      numpy_input_fn is numpy_io.numpy_input_fn)
print(DNNClassifier.__name__, ServingInputReceiver is tf.estimator.export.ServingInputReceiver,
      estimator.Estimator is tf.estimator.Estimator)
"""
# Of 1.15.5, but that engine.topology, layers.core and _impl are of releases up to 1.9.
PRINTED = """\
True True True True
True True True True
(1, 1) [[0.0, 1.0], [1.0, 0.0]] [[0, 1]]
True train True
True True
DNNClassifier True True
"""


def test_keras_and_estimators_by_their_own_modules_are_those_of_the_api(run_script):
    done = run_script(SCRIPT)
    assert (done.stdout, done.status) == (PRINTED, 0), done.stderr
