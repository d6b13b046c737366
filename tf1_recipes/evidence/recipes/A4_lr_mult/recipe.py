from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import LAYER_WISE

RECIPE = Recipe(
    __file__,
    title="lr_mult, a custom gradient",
    formula="f(x) = x,  df = alpha dy",
    sources=(LAYER_WISE.at("the answer with custom_gradient"),),
    functions=("scale_gradient",),
    trap="no effect under Adam, RMSProp, Adagrad, Adadelta; TypeError in front of an embedding "
         "lookup",
    problem="two scalars under one optimizer: no race; tf.custom_gradient came with 1.7",
    releases=("1.7.1", "1.15.5"),
    documented="[0.8, 0.98, 1.6004001]\n[0.64, 0.96040004, 1.3319682]\n"
               "[0.51199996, 0.94119203, 1.1479864]\n[0.40959996, 0.92236817, 1.0185351]\n"
               "[0.32767996, 0.9039208, 0.924447]\n")
