from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK

RECIPE = Recipe(
    __file__,
    title="Freeze the lower layers",
    formula="w_upper -= r g,  w_lower stays",
    sources=(BOOK.at("chapter 11: freezing the lower layers"),),
    functions=("GroupedOptimizer",),
    trap="a scope that matches nothing gives an empty var_list; hidden1 also matches hidden10",
    problem="a relu net trained by var_list, and once more cut by stop_gradient, with the same "
            "result; one optimizer gates the gradients of each op",
    sums="matrix products over up to ten inputs, and a softmax")
