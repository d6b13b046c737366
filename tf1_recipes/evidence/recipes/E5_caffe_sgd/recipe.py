from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import CAFFE, CAFFE_DECAY

RECIPE = Recipe(
    __file__,
    title="What Caffe's SGD really does",
    formula="diff = g + d decay_mult w,  h = m h + r lr_mult diff,  w -= h",
    sources=(CAFFE, CAFFE_DECAY.at("the question")),
    functions=("CaffeSGDOptimizer",),
    trap="mistaken for decay behind the update, though it goes through the momentum; and the "
         "history keeps the old rate when the rate drops",
    problem="three weights and a bias, written by hand op by op, with gated gradients: no race; "
            "the rate is fed, and drops")
