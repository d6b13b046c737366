from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK

RECIPE = Recipe(
    __file__,
    title="Restore everything and go on training",
    formula="w_new = w_old,  w -= r clip(g, -1, 1)",
    sources=(BOOK.at("chapter 11: reusing a TensorFlow model"),),
    functions=("plan_restore",),
    trap="an initialiser run after the restore undoes it; None gradients crash the clipping",
    problem="a relu net with gradients clipped by value is trained, saved, restored and trained on "
            "under one optimizer, which gates the gradients of each op; the loss is summed, so "
            "that small inputs have slopes to clip",
    sums="matrix products over up to ten inputs, and a softmax")
