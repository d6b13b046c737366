from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import LAYER_WISE

RECIPE = Recipe(
    __file__,
    title="Gradient scaling with stop_gradient",
    formula="f x + (1 - f) stop_gradient(x):  value x,  gradient f dy",
    sources=(LAYER_WISE.at("the answer with stop_gradient"),),
    functions=("scale_gradient",),
    trap="1/100 is 0 under Python 2: the layers are frozen; under Python 3 the value changes in "
         "the last bit; no effect under Adam, RMSProp, Adagrad, Adadelta",
    problem="three linear layers under one optimizer, the lower two at a hundredth; on 0.12.1 with "
            "Python 2 those do not move, so its trace is no evidence for the recipe",
    releases=("1.7.1", "1.15.5"),
    sums="matrix products over up to four inputs; the documented mix rounds the value twice, the "
         "recipe does not change it")
