from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import LAYER_WISE

RECIPE = Recipe(
    __file__,
    title="A defaultdict of multipliers with momentum",
    formula="A = 0.9 A + m[w] dL/dw,  w -= r A,  m = 1 where the dict has no entry",
    sources=(LAYER_WISE.at("the answer with a defaultdict"),),
    functions=("LearningRateMultipliers", "multiply_gradients"),
    trap="no effect at all: the factor is stored under the name of the layer's output, "
         "dense/BiasAdd, and looked up under dense/kernel; the default is used, silently",
    problem="a relu net of two layers, trained as documented, where the factor has no effect, and "
            "then as meant; one optimizer gates the gradients of each op; tf.layers came after "
            "0.12",
    releases=("1.7.1", "1.15.5"),
    sums="matrix products over up to eight inputs")
