from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import LAYER_WISE

RECIPE = Recipe(
    __file__,
    title="A learning rate per layer: two optimizers, grouped",
    formula="w_low -= r1 dL/dw_low,  w_high -= r2 dL/dw_high",
    sources=(LAYER_WISE.at("the answer with two optimizers"),),
    functions=("GroupedOptimizer",),
    trap="a data race: one optimizer overwrites weights that the other one's backward pass has yet "
         "to read",
    problem="a linear model: no gradient reads a weight, so the race of the documented form cannot "
            "show",
    sums="matrix products over five features and eight examples")
