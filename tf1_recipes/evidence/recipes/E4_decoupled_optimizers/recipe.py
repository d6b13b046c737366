from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import ADAMW, CONTRIB_OPT

RECIPE = Recipe(
    __file__,
    title="Decoupled weight decay for any optimizer: AdamW, MomentumW, a factory",
    formula="w' = w - d w,  w'' = update(w', dL/dw)",
    sources=(CONTRIB_OPT, ADAMW),
    functions=("extend_with_decoupled_weight_decay", "AdamWOptimizer", "MomentumWOptimizer"),
    trap="the decay does not wait for the gradients, which read the old weight or the decayed one; "
         "a schedule is a TypeError; an empty decay_var_list decays everything",
    problem="tf.contrib.opt's class (1.10 to 1.15) written out: three weights under Adam and three "
            "under momentum; the gradients are fed and read no weight, so the race of the "
            "documented form cannot show")
