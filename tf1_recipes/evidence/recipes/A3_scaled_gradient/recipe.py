from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import LAYER_WISE

RECIPE = Recipe(
    __file__,
    title="Scaling a gradient between compute and apply",
    formula="w -= r m dL/dw",
    sources=(LAYER_WISE.at("the answer with compute_gradients and apply_gradients"),),
    functions=("multiply_gradients",),
    trap="no effect under Adam, RMSProp, Adagrad, Adadelta; TypeError on sparse and None gradients",
    problem="two scalars under one optimizer: no race",
    documented="[0.80000001, 0.40000001]\n[0.72000003, 0.56]\n[0.68800002, 0.62400001]\n"
               "[0.67520005, 0.64960003]\n[0.67008007, 0.65984005]\n")
