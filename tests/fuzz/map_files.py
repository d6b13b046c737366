"""Map files, and what ``--map OLD=NEW`` and ``--variables`` may say."""
import json
import os

import numpy as np

from tests.fuzz.changes import changed_bytes, changed_json, written
from tf1_recipes.errors import Error
from tf1_recipes.traces import MemoryTrace, compare_traces
from tf1_recipes.traces.mapped import map_by_files

RULES = [
    {"a": r"l(\d)/(w|b)", "b": r"m.\1.\2", "regex": True, "change_a": [{"scale": 0.5}]},
    {"a": ["q", "k"], "b": "qk", "change_a": [{"concat": 0}], "kind": "variables"},
    {"a": "gates", "b": "gates", "transpose": [1, 0],
     "change_b": [{"order": [0, 2, 1, 3], "axis": 1}, {"add": [0.0, 1.0, 0.0, 0.0], "axis": 1}]},
    {"b": ".*_count", "regex": True, "ignore": True}]
OPTIONS = ["l0/w", "(?P<x>.)(.*)", "l\\d/.*", "(a+)+$", "((((a*)*)*)*)*b", "a{99999999999}",
           "(" * 2000, "\\2", "\ud800", "\n", "(?i)L0", "[", "q|k", ".*", "m.\\1", "\\g<x>",
           "m.0.w"]


def traces():
    """Two traces that the rules make alike, but for their values."""
    a, b = MemoryTrace({}), MemoryTrace({})
    values = np.arange(32, dtype=np.float32)
    a.step(0, [("variables", name, array) for name, array in (
        ("l0/w", values), ("l0/b", values), ("q", values), ("k", values),
        ("gates", values.reshape(8, 4)))], {})
    b.step(0, [("variables", name, array) for name, array in (
        ("m.0.w", values / 2), ("m.0.b", values / 2), ("qk", np.concatenate([values, values])),
        ("gates", values.reshape(4, 8)), ("batch_count", np.int64(1)))], {})
    return a, b


class MapFiles:
    """What is read is applied: both sides have tensors of the shapes that are told."""

    errors = Error

    def __init__(self, folder):
        self.folder, self.traces = folder, traces()
        self.text = json.dumps({"format": "tf1_recipes map", "format_version": 1, "rules": RULES})
        self.read(written(os.path.join(folder, "good.json"), self.text.encode()))

    def write(self, randomly):
        if randomly.random() < 0.2:
            data = changed_bytes(self.text.encode(), randomly)
        else:
            data = changed_json(self.text, randomly).encode()
        return written(os.path.join(self.folder, "map.json"), data)

    def read(self, path):
        a, b, names = map_by_files(*self.traces, [path], {})
        for side in (a, b):
            for tensor in side[0].tensors.values():
                assert tensor.read().shape == tensor.shape
        compare_traces(a, b, names=names)


class MapOptions:
    """The same patterns on the command line; there is no file that a message could name."""

    errors = Error
    names_path = False

    def __init__(self, folder):
        self.traces = traces()

    def write(self, randomly):
        def option():
            text = randomly.choice(OPTIONS)
            return text if randomly.random() < 0.6 else "".join(
                randomly.choice("l0/w.*+?()[]{}\\123|aq") for _ in range(randomly.randint(1, 12)))
        self.names = {option(): option() for _ in range(randomly.randint(0, 2))}
        self.variables = option() if randomly.random() < 0.5 else None
        return ""

    def read(self, path):
        compare_traces(*self.traces, names=self.names, variables=self.variables)


KINDS = [MapFiles, MapOptions]
