from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import CLR, KERAS_RATES, SGDR

RECIPE = Recipe(
    __file__,
    title="SGDR: cosine annealing with warm restarts, batch by batch",
    formula="c = c + 1, and 0 where it is n, then n = cycle_mult n;  "
            "rate = max (1 + cos(pi c / n)) / 2",
    sources=(SGDR, KERAS_RATES.at("the callback for SGDR, after fastai's sgdr.py"), CLR),
    functions=("WarmRestarts", "LR_Cycle", "cosine_decay_restarts"),
    trap="a second fit takes the annealed rate for the largest one; a cycle whose length is not a "
         "whole number never ends",
    problem="a Keras model of two layers, each with its own rate; each weight is trained by its "
            "own samples only, no sum depends on its order, and both gradients come from outputs "
            "that were computed first: no race; tf.keras came after 0.12",
    releases=("1.7.1", "1.15.5"),
    rate="variables/lr")
