"""Keras models on disk, against what TensorFlow 1.15.5 wrote and printed."""

SCRIPT = """
import os
import numpy as np
import tensorflow as tf
layers = tf.keras.layers
model = tf.keras.Sequential([layers.Dense(2, input_shape=[3], kernel_initializer="ones")])
model.compile(tf.keras.optimizers.Adam(0.1), "mse")
model.fit(np.ones([4, 3]), np.ones([4, 2]), epochs=2, verbose=0)
before = model.predict(np.ones([1, 3]))
for name in ("whole.keras", "whole.h5", "whole"):
    model.save(name)
    with open(name, "rb") as file:
        start = file.read(4)
    same = tf.keras.models.load_model(name).predict(np.ones([1, 3])) == before
    print(name, start, same.all())
for name in ("part.weights.h5", "part.h5", "part"):
    model.save_weights(name)
    other = tf.keras.Sequential([layers.Dense(2, input_shape=[3])])
    other.load_weights(name)
    print(name, os.path.exists(name + ".index"),
          (other.predict(np.ones([1, 3])) == before).all())
model.fit(np.ones([4, 3]), np.ones([4, 2]), epochs=1, verbose=0, callbacks=[
    tf.keras.callbacks.ModelCheckpoint("best.keras", "loss", save_best_only=True),
    tf.keras.callbacks.ModelCheckpoint("weights.keras", "loss", save_weights_only=True)])
print(os.path.exists("best.keras"), os.path.exists("weights.keras"))
"""
OF_1_15 = """\
whole.keras b'\\x89HDF' True
whole.h5 b'\\x89HDF' True
whole b'\\x89HDF' True
part.weights.h5 False True
part.h5 False True
part True True
True True
"""


def test_a_model_is_saved_as_hdf5_or_a_checkpoint(run_script):
    done = run_script(SCRIPT)
    assert (done.stdout, done.status) == (OF_1_15, 0), done.stderr
