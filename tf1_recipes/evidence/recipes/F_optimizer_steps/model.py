"""F: every optimizer on its own variables, all with the same gradients, dense and sparse.

    loss = sum slope * bias + sum row_slopes * table[ids]   for each optimizer
"""
import collections

from tf1_recipes.evidence.models import replay
from tf1_recipes.optimizers import formulas, regularized_formulas

OPTIMIZERS = {
    "gradient_descent": formulas.GradientDescent(0.1),
    "momentum": formulas.Momentum(0.1, 0.9),
    "nesterov": formulas.Momentum(0.1, 0.9, use_nesterov=True),
    "adagrad": formulas.Adagrad(0.1),
    "adadelta": formulas.Adadelta(1.0),
    "rmsprop": formulas.RMSProp(0.01, momentum=0.9),
    "rmsprop_centred": formulas.RMSProp(0.01, momentum=0.9, centered=True),
    "adam": formulas.Adam(),
    "ftrl": regularized_formulas.Ftrl(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01),
    "proximal_gradient_descent": regularized_formulas.ProximalGradientDescent(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01),
    "proximal_adagrad": regularized_formulas.ProximalAdagrad(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01),
}

Rows = collections.namedtuple("Rows", "values indices")


def update(state, feeds, twins=OPTIMIZERS):
    gradients = {"bias": feeds["slope"], "table": Rows(feeds["row_slopes"], feeds["ids"])}
    updated = {}
    for scope, twin in twins.items():
        for name, gradient in gradients.items():
            variable = "%s/%s" % (scope, name)
            names = names_of_state(variable, twin, state[variable])
            value, slots = twin.update(
                state[variable], gradient, {slot: state[names[slot]] for slot in names})
            updated[variable] = value
            updated.update((names[slot], slots[slot]) for slot in names)
    return updated


def names_of_state(variable, twin, value):
    """TF1's names of the variables of a state: the first slot w/Adam, the next one w/Adam_1."""
    names = {}
    for slot in twin.initial(value):
        if slot.endswith("_power"):
            names[slot] = slot  # of the optimizer, not of one variable
        else:
            count = sum(each.startswith(variable) for each in names.values())
            names[slot] = "%s/%s" % (variable, type(twin).__name__) + ("_%d" % count) * (count > 0)
    return names


model = replay(update)
