"""``tf.contrib`` as a script finds it: its modules, down to its own source files, and its gaps."""

import pytest

from tf1_recipes.legacy.contrib import SUBMODULES, known_names, left_out


def test_modules_by_every_road(run_script):
    out, err, status = run_script("""
        import tensorflow as tf
        import tensorflow.contrib.slim as slim
        import tensorflow.contrib.framework.python.ops.arg_scope
        from tensorflow.contrib import layers
        from tensorflow.contrib.framework import nest
        from tensorflow.contrib.framework.python.ops import arg_scope
        from tensorflow.contrib.layers import *
        from tensorflow.contrib.layers.python.layers import initializers
        from tensorflow.contrib.layers.python.layers.regularizers import l2_regularizer
        from tensorflow.contrib.slim.python.slim.nets import resnet_v1
        from tensorflow.contrib.learn.python.learn.datasets.mnist import read_data_sets
        from tensorflow.contrib.data import Dataset
        from tensorflow.contrib.keras import backend as K
        print(slim.conv2d is layers.conv2d is tf.contrib.layers.conv2d is conv2d)
        print(initializers.xavier_initializer is layers.xavier_initializer)
        print(l2_regularizer is layers.l2_regularizer, arg_scope is slim.arg_scope)
        print(resnet_v1.resnet_v1_50 is tf.contrib.slim.nets.resnet_v1.resnet_v1_50)
        print(read_data_sets is tf.contrib.learn.datasets.mnist.read_data_sets,
              Dataset is tf.data.Dataset, K.epsilon is tf.keras.backend.epsilon)
        print(nest.flatten([1, [2]]), layers.__name__)
        with slim.arg_scope([layers.conv2d], normalizer_fn=layers.batch_norm):
            slim.conv2d(tf.zeros([1, 4, 4, 3]), 2, 3)
        print([variable.op.name for variable in slim.get_model_variables()])
        """)
    assert (status, out) == (0, [
        "True", "True", "True True", "True", "True True True", "[1, 2] tensorflow.contrib.layers",
        "['Conv/weights', 'Conv/BatchNorm/beta', 'Conv/BatchNorm/moving_mean', "
        "'Conv/BatchNorm/moving_variance']"]), err


def test_what_is_not_served_says_what_it_was_and_what_to_do(run_script):
    out, err, status = run_script("""
        import tensorflow as tf
        def attempt(use):
            try:
                use()
            except (AttributeError, ImportError) as error:
                print(type(error).__name__, error)
        def one(): from tensorflow.contrib.boosted_trees.python import boosted_trees
        def two(): from tensorflow.contrib.layers import conv2
        attempt(lambda: tf.contrib.gan.gan_model)
        attempt(one)
        attempt(two)
        attempt(lambda: tf.contrib.layer)
        tf.contrib.kfac
        """)
    assert out == [
        "AttributeError tensorflow.contrib.gan is not served: it lives on in the package "
        "tensorflow_gan",
        "ImportError tensorflow.contrib.boosted_trees is not served: its kernels are in no later "
        "release: use tensorflow_decision_forests, scikit-learn or another library's trees",
        "ImportError tensorflow.contrib.layers.conv2 does not exist, neither here nor in "
        "TensorFlow 1.15: perhaps conv2d, conv3d, conv1d",
        "AttributeError tensorflow.contrib.layer does not exist, neither here nor in TensorFlow "
        "1.15: perhaps layers, learn, eager"], err
    assert status == 1
    assert err.splitlines()[-1] == (
        "tf1-recipes: script.py, line 14: tensorflow.contrib.kfac is not served: it lives on in "
        "the package kfac")


def test_nothing_is_both_served_and_left_out():
    assert not [name for name in SUBMODULES if left_out.reason_for(name)]


@pytest.mark.parametrize("name", sorted(left_out.REASONS))
def test_what_is_left_out_was_there(name):
    assert name in known_names.public() or any(
        file.startswith(name + ".") for file in known_names.source_files())
