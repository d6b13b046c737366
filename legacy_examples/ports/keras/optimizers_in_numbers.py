r"""TensorFlow 1's optimizers against their namesakes in Keras 3, step by step, in numbers.

    python optimizers_in_numbers.py

Prints the tables of the README beside this file. Both sides are called with the same learning rate
0.1 and momentum 0.9, and with their own defaults for everything else. TensorFlow 1's side is the
NumPy twin (tf1_recipes.numpy_optimizer), whose numbers are those of the genuine releases; Keras'
side is keras.optimizers', run on a variable of 64 bits.
"""
import collections

import keras
import numpy as np
import tensorflow as tf

from tf1_recipes import numpy_optimizer

Sparse = collections.namedtuple("Sparse", "values indices")
OPTIM = keras.optimizers
PAIRS = [
    ("GradientDescent", "GradientDescent", {}, OPTIM.SGD),
    ("Momentum", "Momentum", {"momentum": 0.9}, OPTIM.SGD),
    ("Momentum, Nesterov", "Momentum", {"momentum": 0.9, "use_nesterov": True}, OPTIM.SGD),
    ("Adagrad", "Adagrad", {}, OPTIM.Adagrad),
    ("Adadelta", "Adadelta", {}, OPTIM.Adadelta),
    ("RMSProp", "RMSProp", {}, OPTIM.RMSprop),
    ("RMSProp, momentum", "RMSProp", {"momentum": 0.9}, OPTIM.RMSprop),
    ("RMSProp, centred", "RMSProp", {"centered": True}, OPTIM.RMSprop),
    ("Adam", "Adam", {}, OPTIM.Adam),
    ("Ftrl", "Ftrl", {}, OPTIM.Ftrl),
]


def pair(name, settings, namesake):
    twin = numpy_optimizer(name, learning_rate=0.1, **settings)
    return twin, namesake(0.1, **{key.replace("use_", ""): value
                                  for key, value in settings.items()})


def steps(twin, optimizer, gradients, rates=None, scale_momentum=False):
    """How far a scalar moves down at each step: (TensorFlow 1's, Keras').

    With scale_momentum what Keras holds in its momentum follows the rate.
    """
    w, variable, found = np.zeros([1]), keras.Variable([0.0], dtype="float64"), []
    state = twin.initial(w)
    for step, gradient in enumerate(gradients):
        before, before_in_keras = w, variable.numpy()
        if rates:
            if scale_momentum and step:
                for each in optimizer.momentums:
                    each.assign(each * rates[step] / rates[step - 1])
            optimizer.learning_rate = rates[step]
        w, state = twin.update(w, np.array([gradient]), state, rates[step] if rates else None)
        optimizer.apply([np.array([gradient])], [variable])
        found.append(((before - w)[0], (before_in_keras - variable.numpy())[0]))
    return found


def sparse_steps(twin, optimizer):
    """How far rows move down, from 1: row 1 by two gradients of one id, then by none; row 2 by
    none."""
    w, variable, found = np.ones([3, 1]), keras.Variable(np.ones([3, 1]), dtype="float64"), []
    state = twin.initial(w)
    for values, row in ([3.0, 4.0], 1), ([1.0, 1.0], 0):
        before, before_in_keras = w, variable.numpy()
        values = np.reshape(values, [2, 1])
        w, state = twin.update(w, Sparse(values, np.array([row, row])), state)
        optimizer.apply([tf.IndexedSlices(values, [row, row], [3, 1])], [variable])
        found.append((before - w, before_in_keras - variable.numpy()))
    first, second = found
    return [(ours[row, 0], theirs[row, 0])
            for (ours, theirs), row in ((first, 1), (second, 1), (first, 2))]


def print_table(title, heads, rows):
    print("| %s | %s |\n|%s" % (title, " | ".join(
        "%s, %s" % (head, side) for head in heads for side in ("TF1", "Keras")),
        "---|" * (1 + 2 * len(heads))))
    for name, found in rows:
        print("| %s | %s |" % (name, " | ".join("%.4g" % (each + 0.0) if abs(each) > 1e-12 else "0"
                                                for each in np.ravel(found))))
    print()


gradients = [0.01 * (1 + step % 3) for step in range(1, 101)]  # 0.02, 0.03, 0.01, 0.02 ...
at = [1, 2, 10, 100]
found = {title: steps(*pair(name, settings, namesake), gradients)
         for title, name, settings, namesake in PAIRS}
found["Adam, gradients / 10000"] = steps(*pair("Adam", {}, OPTIM.Adam),
                                         [each / 10000 for each in gradients])
print_table("optimizer", ["step %d" % each for each in at], [
    (title, [each[number - 1] for number in at]) for title, each in found.items()])

rates = [0.1] * 50 + [0.01] * 50
found = {title + how: steps(*pair("Momentum", settings, OPTIM.SGD), gradients, rates, bool(how))
         for how in ("", ", its momentum scaled")
         for title, settings in [("Momentum", {"momentum": 0.9}), (
             "Momentum, Nesterov", {"momentum": 0.9, "use_nesterov": True})]}
print_table("rate 0.1, from step 51 on 0.01", ["step 50", "step 51", "step 60", "step 100"], [
    (title, [each[number - 1] for number in (50, 51, 60, 100)]) for title, each in found.items()])

print_table("sparse", ["gradients 3 and 4 of one id", "then none", "row that never had one"], [
    (title, sparse_steps(*pair(name, settings, namesake)))
    for title, name, settings, namesake in PAIRS])
