from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK

RECIPE = Recipe(
    __file__,
    title="Restore a part of a checkpoint",
    formula="w_new[hidden1-3] = w_old[hidden1-3], the rest initialised",
    sources=(BOOK.at("chapter 11: reusing pretrained layers"),),
    functions=("plan_restore",),
    trap="takes optimizer slots, and hidden10 with hidden1; stops at the first bad shape; a later "
         "initialiser undoes it",
    problem="two relu nets of eight inputs; one optimizer gates the gradients of each op: no race; "
            "tf.layers came after 0.12",
    releases=("1.7.1", "1.15.5"),
    sums="matrix products over up to ten inputs, and a softmax")
