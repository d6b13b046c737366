from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import LAYER_WISE

RECIPE = Recipe(
    __file__,
    title="A multiplier per variable name, with summaries",
    formula="w -= r m[w] dL/dw",
    sources=(LAYER_WISE.at("the answer with multipliers by name"),),
    functions=("LearningRateMultipliers", "multiply_gradients", "summarize_training"),
    trap="a name missing from the dict is a KeyError, an extra one is ignored; no effect under "
         "Adam, RMSProp, Adagrad, Adadelta; TypeError on sparse and None gradients",
    problem="a relu net of two layers under one optimizer, which gates the gradients of each op; "
            "the rate is fed, and drops; the summaries are fetched in runs of their own",
    sums="matrix products over up to eight inputs")
