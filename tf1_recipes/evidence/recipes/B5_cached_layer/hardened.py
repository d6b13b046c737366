"""B5: training with frozen lower layers, and the same from the rows of `cache_outputs`."""
import os
import tempfile

import numpy as np

from tf1_recipes.evidence import training
from tf1_recipes.evidence.recipes.B4_frozen_layers import hardened as frozen_layers
from tf1_recipes.transfer.cache.layer_cache import cache_outputs
from tf1_recipes.v1 import tf


def run(sessions):
    without_cache, with_cache = sessions
    frozen_layers.run([without_cache])
    inputs = np.concatenate([feeds["X"] for _, feeds in without_cache.steps[:3]])
    with tf.Graph().as_default() as graph, tempfile.TemporaryDirectory() as folder:
        upper = "hidden[34]|outputs"
        loss = training.relu_net(with_cache.initial)
        train = training.descent().minimize(
            loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=upper))
        hidden2, x, y = map(graph.get_tensor_by_name, ("hidden2/relu:0", "X:0", "y:0"))
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            cache = cache_outputs(sess, hidden2, {x: inputs}, os.path.join(folder, "hidden2.npy"))
            for step, (_, feeds) in enumerate(with_cache.steps):
                order = np.arange(11) * (step // 3 + 1) % 11
                rows = np.array_split(cache.array[order], 3)[step % 3]
                sess.run(train, {hidden2: rows, y: feeds["y"]})
