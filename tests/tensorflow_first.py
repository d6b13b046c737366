"""Calls every recipe in a process that imported TensorFlow, with Keras 3, before the package.

    python -m tests.tensorflow_first v1|v2|eager|late|function|graph-function

* v1: as after ``import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()``; the examples of the
  docstrings run, too;
* v2: as after ``import tensorflow as tf``, inside ``with tf.Graph().as_default():``;
* eager: as after ``import tensorflow as tf``, and no more;
* late: as after ``from tf1_recipes.v1 import tf; tf.enable_eager_execution()``;
* function: within a ``tf.function``, in eager mode;
* graph-function: within a ``tf.function``, in a graph.

It prints JSON, for each call and example: null, or what it raised first.
"""
import contextlib
import doctest
import json
import os
import sys
import tempfile

import numpy as np

import tf1_recipes
from tf1_recipes import graph

tf1 = None  # the program's own import of TensorFlow, in `main`


def gradient_descent(rate=0.1):
    return tf1.train.GradientDescentOptimizer(rate)


# Of the batch x, the variables w and v, and the loss.
def sigmoid_layer(x):
    kernel = tf1.get_variable("layer/kernel", [2, 3])
    return tf1.sigmoid(tf1.matmul(x, kernel) + tf1.get_variable("layer/bias", [3]))


CALLS = {
    "GroupedOptimizer": lambda x, w, v, loss: tf1_recipes.GroupedOptimizer(
        [(gradient_descent(), w), (gradient_descent(), v)]).minimize(loss),
    "LearningRateMultipliers": lambda x, w, v, loss: tf1_recipes.layerwise_optimizer(
        gradient_descent, 0.1, multipliers(w)).minimize(loss),
    "layerwise_optimizer": lambda x, w, v, loss: tf1_recipes.layerwise_optimizer(
        gradient_descent, 0.1, {"w": 2.0}).minimize(loss),
    "summarize_training": lambda x, w, v, loss: tf1_recipes.summarize_training(
        [(tf1.multiply(w, 2.0), w)], 0.1),
    "clip_gradients": lambda x, w, v, loss: tf1_recipes.clip_gradients(
        [(tf1.multiply(w, 2.0), w)], "value", 1.0),
    "multiply_gradients": lambda x, w, v, loss: tf1_recipes.multiply_gradients(
        gradient_descent(), [(tf1.multiply(w, 2.0), w)], {"w": 2.0}),
    "scale_gradient": lambda x, w, v, loss: tf1_recipes.scale_gradient(loss, 2.0),
    "increment_step": lambda x, w, v, loss: tf1_recipes.increment_step(
        tf1.train.get_or_create_global_step(), tf1_recipes.piecewise_constant([1], [0.1, 0.2])),
    "schedules": lambda x, w, v, loss: tf1_recipes.piecewise_constant([1], [0.1, 0.2])(2),
    "lr_range_test": lambda x, w, v, loss: tf1_recipes.lr_range_test(
        lambda rate: rate, 0.1, 0.2, 2),
    "layerwise_autoencoders": lambda x, w, v, loss: tf1_recipes.layerwise_autoencoders(
        x, [tf1.multiply(x, w, name="layer/out")], gradient_descent,
        lambda out, into: tf1.multiply(out, 2.0)),
    "max_margin_loss": lambda x, w, v, loss: tf1_recipes.max_margin_loss(x, x),
    "plan_restore": lambda x, w, v, loss: tf1_recipes.plan_restore(
        {"w": np.float32([1, 2])}, include="w"),
    "unfreeze_on_schedule": lambda x, w, v, loss: tf1_recipes.unfreeze_on_schedule(
        loss, gradient_descent, [(0, "w"), (2, "v")]),
    "layerwise_rbms": lambda x, w, v, loss: tf1_recipes.layerwise_rbms(
        x, [sigmoid_layer(x)], gradient_descent),
    "BookMomentumOptimizer": lambda x, w, v, loss: tf1_recipes.BookMomentumOptimizer(
        0.1).minimize(loss),
    "DecoupledRegularization": lambda x, w, v, loss: tf1_recipes.DecoupledRegularization(
        gradient_descent(), losses=[tf1.nn.l2_loss(w)]).minimize(loss),
    "AdamWOptimizer": lambda x, w, v, loss: tf1_recipes.AdamWOptimizer(0.1).minimize(loss),
    "MomentumWOptimizer": lambda x, w, v, loss: tf1_recipes.MomentumWOptimizer(
        0.1, 0.1, 0.9).minimize(loss),
    "CaffeSGDOptimizer": lambda x, w, v, loss: tf1_recipes.CaffeSGDOptimizer(0.1).minimize(loss),
    "DecoupledWeightDecay": lambda x, w, v, loss: tf1_recipes.DecoupledWeightDecay(
        gradient_descent(), 0.1).minimize(loss),
    "add_l2_loss": lambda x, w, v, loss: tf1_recipes.add_l2_loss(0.1),
    "total_loss": lambda x, w, v, loss: tf1_recipes.total_loss(loss),
    "decay_after": lambda x, w, v, loss: tf1_recipes.decay_after(
        tf1.group(loss), 0.1),
    "extend_with_decoupled_weight_decay": lambda x, w, v, loss: (
        tf1_recipes.extend_with_decoupled_weight_decay(tf1.train.AdamOptimizer)(0.1).minimize(loss)),
    "RecordingHook": lambda x, w, v, loss: tf1_recipes.RecordingHook(None).begin(),
}
# What begins with a check of the Keras model that it is given.
KERAS_CALLS = {
    "DiscriminativeAdam": lambda x, w, v, loss: tf1_recipes.DiscriminativeAdam(None, []),
    "keras_step": lambda x, w, v, loss: tf1_recipes.keras_step(None, []),
}
# Of the package's inside, public names of a folder.
GRAPH_CALLS = {
    "gate": lambda x, w, v, loss: graph.gate([loss]),
    "is_gated": lambda x, w, v, loss: graph.is_gated([loss]),
    "variables_behind": lambda x, w, v, loss: graph.variables_behind(loss),
    "variables_of_output": lambda x, w, v, loss: graph.variables_of_output(loss, []),
}
# Their examples make layers, or are for Keras models.
NEED_LAYERS = ["LearningRateMultipliers", "layerwise_autoencoders", "layerwise_rbms",
               "DiscriminativeAdam",
               "LearningRateRecorder", "BatchLearningRateScheduler", "WarmRestarts", "keras_step",
               "Adam_dlr", "LR_Cycle", "LR_Updater"]
# They call a session, or compute with NumPy: nothing of them is a graph's.
BUILD_NOTHING = ["cache_outputs", "record_sessions", "numpy_optimizer", "geometric_multipliers",
                 "terminal_speed", "choose_layers_to_reuse"]
SCHEDULES = ["cosine_decay", "cosine_decay_restarts", "cyclical", "exponential_decay",
             "inverse_time_decay", "join_schedules", "linear_cosine_decay", "natural_exp_decay",
             "noisy_linear_cosine_decay", "piecewise_constant", "polynomial_decay", "warm_up"]
EXAMPLES = sorted({*CALLS, *NEED_LAYERS, *BUILD_NOTHING, *SCHEDULES} - {"schedules"})


def multipliers(w):
    found = tf1_recipes.LearningRateMultipliers()
    found.of(w, 2.0)
    return found


class FirstFailure(doctest.DocTestRunner):
    raised = None

    def report_failure(self, out, test, example, got):
        self.raised = self.raised or "%r gave %r" % (example.source, got)

    def report_unexpected_exception(self, out, test, example, exc_info):
        self.raised = self.raised or "%s: %s" % (exc_info[0].__name__, exc_info[1])


def run_examples(name):
    from tf1_recipes.v1 import tf
    public = getattr(tf1_recipes, name)
    examples = doctest.DocTestParser().get_doctest(
        public.__doc__, dict(vars(sys.modules[public.__module__]), tf=tf, np=np), name, None, 0)
    assert examples.examples, "%s has no examples" % name
    runner = FirstFailure()
    runner.run(examples)
    return runner.raised


def call(name):
    w, v = tf1.get_variable("w", initializer=[2.0, 4.0]), tf1.get_variable("v", initializer=1.0)
    x = tf1.constant([[1.0, 2.0]], name="x")
    loss = tf1.reduce_sum(tf1.square(w)) + v
    tf1.train.get_or_create_global_step()
    with contextlib.nullcontext() if tf1.executing_eagerly() else tf1.Session():
        calls_of_eager_mode()[name](x, w, v, loss)


def call_in_a_function(name):
    import tensorflow
    w, v = tensorflow.Variable([2.0, 4.0], name="w"), tensorflow.Variable(1.0, name="v")

    @tensorflow.function(autograph=False)
    def traced():
        x = tf1.constant([[1.0, 2.0]], name="x")
        calls_of_eager_mode()[name](x, w, v, tf1.reduce_sum(tf1.square(w)) + v)
        return x

    traced()


def calls_of_eager_mode():
    return dict(CALLS, **dict(KERAS_CALLS, **GRAPH_CALLS))


def error_of(function, name):
    try:
        return function(name)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


def main(mode):
    global tf1
    if mode == "late":
        from tf1_recipes.v1 import tf as tf1
        tf1.enable_eager_execution()
    import tensorflow
    tf1 = tensorflow.compat.v1
    if mode == "v1":
        tf1.disable_v2_behavior()
    if mode in ("eager", "function"):
        tf1.enable_eager_execution()  # as it is from TensorFlow 2 on
    os.chdir(tempfile.mkdtemp())
    function = call_in_a_function if mode.endswith("function") else call
    names = [("call", function, name)
             for name in (CALLS if mode in ("v1", "v2") else calls_of_eager_mode())]
    if mode == "v1":
        names += [("example", run_examples, name) for name in EXAMPLES]
    found = {}
    for kind, function, name in names:
        eager = mode in ("eager", "late", "function")
        with contextlib.nullcontext() if eager else tensorflow.Graph().as_default():
            found["%s %s" % (kind, name)] = error_of(function, name)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
