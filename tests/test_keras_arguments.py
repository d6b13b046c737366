"""Keras 1's arguments and Keras 2.2's names, as the genuine Keras 2.2.4 takes and shows them."""

import pytest

from tests.printed import differing_lines

SCRIPT = """
from __future__ import print_function
import numpy as np
from keras import backend as K
from keras.engine.topology import Layer
from keras.layers import (AveragePooling1D, BatchNormalization, Convolution1D, Convolution2D,
                          Convolution3D, Deconvolution2D, Dense, Dropout, Embedding, GaussianNoise,
                          Input, MaxPooling2D, SeparableConvolution2D, UpSampling1D, ZeroPadding2D)
from keras.layers.advanced_activations import PReLU
from keras.layers.recurrent import GRU, LSTM
from keras.models import Model, Sequential
from keras.objectives import mse


def show(layer, *names):
    values = [layer.get_config()[name] for name in names]
    print(type(layer).__name__, [value["class_name"] if isinstance(value, dict) else
                                 list(value) if isinstance(value, tuple) else value
                                 for value in values])


show(Dense(output_dim=3, input_dim=4, init="uniform", bias=False), "units", "use_bias",
     "kernel_initializer")
show(Convolution2D(8, 3, 5, border_mode="same", subsample=(2, 1), dim_ordering="th", init="one"),
     "filters", "kernel_size", "padding", "strides", "data_format", "kernel_initializer")
show(Convolution2D(8, nb_row=3, nb_col=5), "kernel_size")
show(Convolution2D(nb_filter=8, nb_row=3, nb_col=5), "filters", "kernel_size")
show(Convolution2D(8, 3, nb_col=5), "kernel_size")
show(Convolution2D(8, (3, 3), strides=2), "kernel_size", "strides")
show(Convolution3D(8, 3, 4, 5), "kernel_size")
show(Convolution1D(nb_filter=8, filter_length=3, subsample_length=2, border_mode="same",
                   input_dim=4, input_length=9), "filters", "kernel_size", "strides", "padding",
     "batch_input_shape")
show(Deconvolution2D(8, 3, 3, output_shape=(None, 9, 9, 8), subsample=(2, 2)), "kernel_size",
     "strides")
show(SeparableConvolution2D(8, 3, 3, init="one"), "depthwise_initializer", "pointwise_initializer")
show(MaxPooling2D(pool_size=(2, 2), border_mode="same", dim_ordering="tf"), "padding",
     "data_format")
show(AveragePooling1D(pool_length=3, stride=2), "pool_size", "strides")
show(Dropout(p=0.25), "rate")
show(GaussianNoise(sigma=0.5), "stddev")
show(PReLU(init="one"), "alpha_initializer")
show(Embedding(5, 3, init="normal", dropout=0.), "embeddings_initializer", "input_dim")
show(BatchNormalization(mode=0, beta_init="one", gamma_init="zero"), "beta_initializer",
     "gamma_initializer")
show(LSTM(output_dim=3, inner_activation="sigmoid", dropout_W=0.1, dropout_U=0.2,
          consume_less="mem", forget_bias_init="one", input_dim=4, input_length=5), "units",
     "recurrent_activation", "dropout", "recurrent_dropout", "implementation", "unit_forget_bias",
     "batch_input_shape")
show(GRU(3, inner_init="uniform"), "recurrent_initializer")
show(UpSampling1D(length=3), "size")
show(ZeroPadding2D(padding={"top_pad": 1, "left_pad": 2}), "padding")


class Scale(Layer):
    def build(self, shape):
        self.factor = self.add_weight((shape[-1],), initializer="one", name="factor",
                                      trainable=False)
        super(Scale, self).build(shape)

    def call(self, x):
        return 2 * x * self.factor


def batches():
    while True:
        yield np.ones([4, 3]), np.zeros([4, 2])


a = Input((3,))
model = Model(input=a, output=Dense(2, init="one", bias=False)(Scale()(a)))
model.compile("sgd", mse)
history = model.fit_generator(batches(), samples_per_epoch=3, nb_epoch=2, nb_val_samples=1,
                              validation_data=batches(), max_q_size=1, verbose=0)
print(["%.4f" % each for each in history.history["loss"]], len(history.epoch))
print("%.4f" % model.evaluate_generator(batches(), val_samples=2))
classes = Sequential([Dense(output_dim=2, input_dim=3, init="one")])
print(classes.predict_classes(np.ones([2, 3])).tolist(), classes.predict_proba(np.ones([1, 3])))
one = Sequential([Dense(1, input_dim=3, init="one")])
print(one.predict_classes(np.array([[1, 0, 0], [0, 0, 0]])).tolist())
K.set_image_dim_ordering("th")
print(K.image_dim_ordering(), K.image_data_format(), Convolution2D(1, 1, 1).data_format)
"""
# Printed by Keras 2.2.4 on TensorFlow 1.15.5, Python 3.7: python script.py
OF_KERAS_2_2_4 = """\
Dense [3, False, 'RandomUniform']
Conv2D [8, [3, 5], 'same', [2, 1], 'channels_first', 'Ones']
Conv2D [[3, 5]]
Conv2D [8, [3, 5]]
Conv2D [[3, 5]]
Conv2D [[3, 3], [2, 2]]
Conv3D [[3, 4, 5]]
Conv1D [8, [3], [2], 'same', [None, 9, 4]]
Conv2DTranspose [[3, 3], [2, 2]]
SeparableConv2D ['Ones', 'Ones']
MaxPooling2D ['same', 'channels_last']
AveragePooling1D [[3], [2]]
Dropout [0.25]
GaussianNoise [0.5]
PReLU ['Ones']
Embedding ['RandomNormal', 5]
BatchNormalization ['Ones', 'Zeros']
LSTM [3, 'sigmoid', 0.1, 0.2, 1, True, [None, 5, 4]]
GRU ['RandomUniform']
UpSampling1D [3]
ZeroPadding2D [[(1, 0), (2, 0)]]
['28.4891', '13.2305'] 2
7.7642
[0, 0] [[3. 3.]]
[[1], [0]]
th channels_first channels_first
"""


def test_they_are_taken(run_script):
    done = run_script(SCRIPT)
    assert differing_lines(done.stdout, OF_KERAS_2_2_4) == [], done.stderr


def test_the_same_argument_twice_and_a_mode_that_is_gone(request):
    import tf_keras.api._v1.keras as keras

    from tf1_recipes.legacy import eras
    from tf1_recipes.legacy.libraries import keras_arguments
    from tf1_recipes.legacy.patch import Changes, Target
    changes = Changes(Target(eras.NEWEST, (1, 15)))
    request.addfinalizer(changes.revert)
    keras_arguments.keras_1_arguments(changes, keras)
    with pytest.raises(TypeError, match=r"^Dense\(\) was given bias and use_bias, which are the"):
        keras.layers.Dense(1, bias=True, use_bias=True)
    with pytest.raises(TypeError, match="^BatchNormalization: mode=1 and mode=2 were Keras 1's"):
        keras.layers.BatchNormalization(mode=2)
    with pytest.raises(TypeError, match="^Embedding: dropout was Keras 1's: put a SpatialDropout"):
        keras.layers.Embedding(1, 1, dropout=0.5)
