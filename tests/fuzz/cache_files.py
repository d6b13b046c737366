"""A cached layer: its rows, their checksums and its key, one of them changed."""
import os

import numpy as np

from tests.fuzz.changes import changed_bytes, changed_json, written
from tf1_recipes import cache_outputs
from tf1_recipes.errors import Error
from tf1_recipes.v1 import tf

INPUTS = np.arange(14, dtype=np.float32).reshape(7, 2)


class Caches:
    """What is served is what was computed, to the bit."""

    errors = Error

    def __init__(self, folder):
        self.path = os.path.join(folder, "hidden.npy")
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.x = tf.placeholder(tf.float32, [None, 2], name="x")
            weights = tf.get_variable("w", initializer=[[1.0], [10.0]])
            self.hidden = tf.matmul(self.x, weights, name="hidden")
            self.session = tf.Session()
            self.session.run(weights.initializer)
        self.rows = self._cache().array.tolist()
        self.files = {}
        for ending in ("", ".crc32", ".key.json"):
            with open(self.path + ending, "rb") as file:
                self.files[ending] = file.read()

    def _cache(self):
        return cache_outputs(self.session, self.hidden, {self.x: INPUTS}, self.path, 2)

    def write(self, randomly):
        for each in os.listdir(os.path.dirname(self.path)):
            os.remove(os.path.join(os.path.dirname(self.path), each))
        changed = randomly.choice(sorted(self.files))
        # Of what a kill left the rows begin anew, or go on.
        partial = ".partial" * (randomly.random() < 0.2)
        for ending, data in self.files.items():
            if ending == changed:
                data = (changed_json(data.decode(), randomly).encode()
                        if ending == ".key.json" and randomly.random() < 0.7
                        else changed_bytes(data, randomly))
            written(self.path + (ending or partial), data)
        return self.path

    def read(self, path):
        assert self._cache().array.tolist() == self.rows


KINDS = [Caches]
