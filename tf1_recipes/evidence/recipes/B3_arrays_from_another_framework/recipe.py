from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK

RECIPE = Recipe(
    __file__,
    title="Weights from another framework",
    formula="w_new[hidden1] = array, or its transpose where declared;  the rest initialised",
    sources=(BOOK.at("chapter 11: reusing models from other frameworks"),),
    functions=("plan_restore",),
    trap="a square kernel that needs its transpose, and one behind a flattened image whose rows "
         "need another order, are accepted as they are; a resource variable shares the fed array's "
         "memory and changes with it; two variables of one initial tensor get one array",
    problem="a relu net whose first layer is fed to its initialisers, and once more assigned "
            "through placeholders, with the same result; one optimizer gates the gradients of each "
            "op; the model makes the arrays itself",
    sums="matrix products over up to ten inputs, and a softmax")
