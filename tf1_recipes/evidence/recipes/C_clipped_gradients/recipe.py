from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK

RECIPE = Recipe(
    __file__,
    title="Gradient clipping",
    formula="w -= r min(max(dL/dw, -1), 1);  or dL/dw limit / max(norm, limit)",
    sources=(BOOK.at("chapter 11: gradient clipping"),),
    functions=("clip_gradients",),
    trap="TypeError on None gradients; rows of one id are clipped one by one; a NaN passes, and "
         "takes all weights with it",
    problem="a bowl of nine elements: every gradient reads its own variable only, so there is no "
            "race; three elements are clipped at first, none at the end")
