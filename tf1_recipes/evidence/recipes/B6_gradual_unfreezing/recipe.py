from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK

RECIPE = Recipe(
    __file__,
    title="Unfreeze layer by layer, on a schedule",
    formula="w -= r g  for the layers whose start <= t;  t = t + 1",
    sources=(BOOK.at("chapter 11: freezing layers and choosing how much to reuse"),),
    functions=("unfreeze_on_schedule", "choose_layers_to_reuse"),
    trap="a minimize built after the initialiser has slots without a value, and initialising again "
         "undoes the training; one Adam for all stages makes a layer's first steps up to 6.6 rates "
         "long",
    problem="a relu net under one momentum optimizer, which gates the gradients of each op; the "
            "residuals have one sign, so no sum cancels; the slots of frozen layers stay 0; rate "
            "and momentum are powers of two",
    sums="matrix products over up to ten inputs")
