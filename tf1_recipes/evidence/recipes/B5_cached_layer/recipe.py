from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK

RECIPE = Recipe(
    __file__,
    title="Cache the frozen layers' output",
    formula="rows = h(x) once;  w_upper -= r dL/dw(rows[batch]) in place of dL/dw(h(x[batch]))",
    sources=(BOOK.at("chapter 11: caching the frozen layers"),),
    functions=("cache_outputs",),
    trap="the cache is never compared with the weights and data that it came from, and holds "
         "whatever dropout or batch normalization in training mode gave it",
    problem="a relu net with two frozen layers, trained from its inputs, and once more from the "
            "cache of hidden2 in shuffled batches, with the same result; one optimizer gates the "
            "gradients of each op",
    sums="matrix products over up to eight inputs, and a softmax")
