"""What a graph's variables are called and begin with, and what it computes from values by formula.

Runs on TensorFlow 0.12 and Python 2.7 as on today's: nothing here differs between releases.
"""
import json
import sys

import numpy as np
import tensorflow as tf

RESULTS = {}
_RANDOM = ("RandomUniform", "RandomStandardNormal", "TruncatedNormal")


def numbers(shape, shift=0.0, scale=0.5):
    """Numbers of either sign by formula."""
    count = int(np.prod(shape))
    return (scale * np.sin(1.7 * np.arange(count) + shift)).reshape(shape).astype(np.float32)


def measure(case, build, *arguments, **options):
    """Builds a graph, gives its variables values by formula, and keeps what comes out.

    Args:
        case: str.
        build: function that returns a list of tensors, maybe nested.
        *arguments, **options: for it.
    """
    with tf.Graph().as_default(), tf.Session() as session:
        tensors = _flat(build(*arguments, **options))
        variables = sorted(tf.trainable_variables(), key=lambda each: each.op.name)
        initial = {each.op.name: _beginning(session, each) for each in variables}
        for each in variables:
            shift = sum(map(ord, each.op.name)) % 97
            session.run(each.initializer.outputs[0], {
                each.initializer.inputs[1]: numbers(each.get_shape().as_list(), shift)})
        values = session.run(tensors)
        loss = 0.0
        for tensor, value in zip(tensors, values):
            if value.dtype == np.float32:
                loss += tf.reduce_sum(tensor * numbers(value.shape, 1.0, 1.0))
        gradients = [] if isinstance(loss, float) else tf.gradients(loss, variables)
        gradients = {each.op.name: tf.convert_to_tensor(gradient)
                     for each, gradient in zip(variables, gradients) if gradient is not None}
        RESULTS[case] = {
            "shapes": {each.op.name: each.get_shape().as_list() for each in variables},
            "initial": initial,
            "values": [value.tolist() for value in values],
            "gradients": {name: session.run(gradients[name]).tolist() for name in gradients},
        }


def save():
    """Writes what was measured to the file that is the script's argument."""
    with open(sys.argv[1], "w") as file:
        json.dump(RESULTS, file)


def _flat(structure):
    if isinstance(structure, dict):
        structure = [structure[key] for key in sorted(structure)]
    if isinstance(structure, (list, tuple)):
        return [tensor for each in structure for tensor in _flat(each)]
    return [structure]


def _beginning(session, variable):
    """A variable's initial value if it is one number throughout, else what it is drawn from."""
    start = variable.initializer.inputs[1]
    waiting, kinds, bounds = [start.op], set(), set()
    while waiting:
        op = waiting.pop()
        kinds.add(op.type)
        if op.type == "Const" and op.outputs[0].dtype == tf.float32:
            bounds.update(np.ravel(session.run(op.outputs[0])).tolist())
        waiting.extend(each.op for each in op.inputs)
    drawn = sorted(kinds.intersection(_RANDOM))
    if drawn:
        return drawn + sorted("%.5g" % abs(bound) for bound in bounds if abs(bound) > 1e-6)
    return sorted({"%.5g" % each for each in np.ravel(session.run(start))})
