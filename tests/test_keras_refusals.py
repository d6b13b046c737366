"""Models that no recipe can train, of Keras 3 or in eager mode: one clear error from all."""
import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import contextlib, json, os, sys
import numpy as np
mode = sys.argv[1]
if mode == "Keras 3":
    from tf1_recipes.v1 import tf
    import keras
    if not keras.__version__.startswith("3"):
        sys.exit("no Keras 3")
else:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow
    from tensorflow import keras
model = keras.Sequential([keras.layers.Dense(2, name=name, input_shape=(2,)) for name in "abc"])
model.compile("sgd", "mse")
x = np.ones([4, 2])
# After the import: it must not need to know how TensorFlow runs.
import tf1_recipes


class Own(tf1_recipes.LR_Updater):
    def setRate(self):
        return 0.1


def fit(callback):
    model.fit(x, x, verbose=0, callbacks=[callback])


def training(callback):
    callback.set_model(model)
    callback.on_train_begin()


REQUESTS = {
    "DiscriminativeAdam": lambda: tf1_recipes.DiscriminativeAdam(model, ["b", "c"]),
    "DiscriminativeAdam, by stages": lambda: tf1_recipes.DiscriminativeAdam(
        model, stages=["a", "b", "c"]),
    "Adam_dlr": lambda: tf1_recipes.Adam_dlr(*model.layers[1:]),
    "LearningRateRecorder": lambda: begin(tf1_recipes.LearningRateRecorder()),
    "BatchLearningRateScheduler": lambda: begin(
        tf1_recipes.BatchLearningRateScheduler(lambda step: 0.1)),
    "WarmRestarts": lambda: begin(tf1_recipes.WarmRestarts(2)),
    "LR_Cycle": lambda: begin(tf1_recipes.LR_Cycle(2)),
    "LR_Updater": lambda: begin(Own()),
    "keras_step": lambda: tf1_recipes.keras_step(model, [(x, x)]),
}
begin = training if mode == "made eagerly" else fit  # Keras itself refuses to fit such a model
found = {}
with tensorflow.Graph().as_default() if mode == "made eagerly" else contextlib.nullcontext():
    for name, request in REQUESTS.items():
        try:
            request()
        except tf1_recipes.RecipeError as error:
            found[name] = error.problems
print(json.dumps([found, list(REQUESTS)]))
"""
EXPECTED = {
    "Keras 3": "%r is of Keras 3.X, which makes no step by the graph's ops: make it of tf.keras, "
               "after `from tf1_recipes.v1 import tf`, or of Keras 2",
    "eager": "call tensorflow.compat.v1.disable_v2_behavior() right after TensorFlow is imported, "
             "or import tf1_recipes.v1 before it (`from tf1_recipes.v1 import tf`), and enable "
             "nothing later; or work inside `with tensorflow.Graph().as_default():`",
    "made eagerly": "%r was made in eager mode: make it in the graph that trains it",
}


@pytest.mark.parametrize("mode", EXPECTED)
def test_all_refuse_it_with_one_message(mode):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("TF_USE_LEGACY_KERAS", "TF2_BEHAVIOR")}
    done = subprocess.run([sys.executable, "-c", SCRIPT, mode], env=environment, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if mode == "Keras 3" and done.stderr.endswith(("no Keras 3\n", "named 'keras'\n")):
        pytest.skip("Keras 3 is not installed")
    assert done.returncode == 0, done.stderr
    found, requests = json.loads(done.stdout.splitlines()[-1])
    expected = EXPECTED[mode]
    whole = [expected % "sequential" if "%r" in expected else expected]
    layers = [expected % name for name in "bc"] if "%r" in expected else whole
    for name in requests:
        problems = [" ".join("3.X," if word.startswith("3.") else word for word in problem.split())
                    for problem in found[name]]
        assert problems == (layers if name == "Adam_dlr" else whole), name
