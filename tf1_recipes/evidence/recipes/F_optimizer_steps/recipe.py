from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK, KERNELS

RECIPE = Recipe(
    __file__,
    title="The optimizers' own arithmetic, each with a NumPy twin",
    formula="w, slots = update(w, slots, g), rounded where TF1's kernels round",
    sources=(BOOK.at("chapter 11: faster optimizers"), KERNELS),
    functions=("numpy_optimizer", "BookMomentumOptimizer", "terminal_speed"),
    trap="without a gradient a row's momentum stands still, but Adam moves all rows; 0.12 does not "
         "sum the gradients of equal ids, and its Adadelta and proximal optimizers differ",
    problem="eleven optimizers, each on a bias and a table of its own, with fed gradients, dense "
            "and sparse: no race. There is no recipe to harden: the link is the same optimizers on "
            "resource variables, which have other kernels. 0.12.1 runs it too, and gives the same "
            "bits for all but Adadelta and the two proximal optimizers. Kernels estimate roots in "
            "packets of eight numbers; a bias has three, a row two",
    releases=("1.7.1", "1.15.5"))
