"""A table of small graphs, each built and run alone; its names and numbers go out as JSON lines.

Imported by the scripts beside it, as a script's own module; it runs on TensorFlow 1.15 and 0.12 as
it is.
"""
import json
import sys

import numpy as np
import tensorflow as tf

COLLECTIONS = ("variables", "trainable_variables", "model_variables", "local_variables",
               "update_ops", "regularization_losses", "losses", "summaries")


def numbers(name, *shape):
    """An array that its name decides."""
    return np.random.RandomState(sum(map(ord, name))).uniform(-1, 1, shape).astype(np.float32)


def name_of(item):
    return item.name if hasattr(item, "name") else str(item)


def run(build, initial):
    """Returns what a case makes: names by collection, outputs, gradients, and updated variables."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        made = build()
        outputs = list(made) if isinstance(made, (list, tuple)) else [made]
        names = {key: [name_of(item) for item in graph.get_collection(key)] for key in COLLECTIONS}
        variables = sorted(tf.global_variables(), key=name_of)
        floats = [output for output in outputs if output.dtype.base_dtype == tf.float32]
        loss = tf.add_n([tf.reduce_sum(tf.square(output)) for output in floats]) if floats else None
        trainable = sorted(tf.trainable_variables(), key=name_of)
        gradients = tf.gradients(loss, trainable) if floats and trainable else []
        gradients = [tf.convert_to_tensor(each) for each in gradients if each is not None]
        session.run(tf.local_variables_initializer())
        session.run(graph.get_collection("table_initializer"))
        session.run(tf.global_variables_initializer())
        if not initial:
            for variable in variables:
                if variable.dtype.base_dtype == tf.float32:
                    value = numbers(variable.op.name, *variable.get_shape().as_list())
                    value = abs(value) if "variance" in variable.op.name else value
                    session.run(variable.initializer, {variable.initializer.inputs[1]: value})
        results = session.run(outputs + gradients)
        updates = graph.get_collection("update_ops")
        if updates:
            session.run(updates)
        return names, [(np.asarray(each).shape, listed(each)) for each in results], \
            [listed(value) for value in session.run(variables)]


def listed(value):
    value = np.asarray(value)
    if value.dtype.kind in "SO":
        return [str(each) for each in value.ravel()]
    return [float(each) for each in value.ravel()]


def main(cases, initial=()):
    """Prints a line for each case; those in ``initial`` keep their own initial values."""
    for name in sorted(cases):
        try:
            result = run(cases[name], name in initial)
        except Exception as error:
            result = "%s: %s" % (type(error).__name__, str(error).splitlines()[0])
        print(json.dumps([name, result]))
        sys.stdout.flush()
