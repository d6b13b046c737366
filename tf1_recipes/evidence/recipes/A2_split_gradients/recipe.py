from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import LAYER_WISE

RECIPE = Recipe(
    __file__,
    title="A learning rate per layer: one gradient computation, split",
    formula="g = dL/d(w_low, w_high);  w_low -= r1 g_low,  w_high -= r2 g_high",
    sources=(LAYER_WISE.at("the more efficient form in the answer with two optimizers"),),
    functions=("GroupedOptimizer",),
    trap="the same data race as A1, on more of the gradients",
    problem="a linear model, as A1: no gradient reads a weight, so the race cannot show",
    sums="matrix products over five features and eight examples")
