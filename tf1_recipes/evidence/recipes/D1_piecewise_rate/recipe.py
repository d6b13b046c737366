from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import PIECEWISE

RECIPE = Recipe(
    __file__,
    title="A learning rate that drops at steps: piecewise_constant on the global step",
    formula="t = t + 1;  rate = values[i] for boundaries[i-1] < t <= boundaries[i]",
    sources=(PIECEWISE,),
    functions=("piecewise_constant", "increment_step"),
    trap="the step is fetched beside the op that changes it: with a resource variable it is the "
         "old one, or either at random",
    problem="a scalar of gradient 1, which adds up the rates; the step fetched is the addition's "
            "own result, and the ref variable is written before the rate reads it",
    rate="fetches/PiecewiseConstant/case/cond/Merge",
    documented="".join(
        "step %d, lr = %s\n" % (step, rate) for step, rate in enumerate(
            ["0.100"] * 5 + ["0.050"] * 5 + ["0.010"] * 5 + ["0.001"] * 5, start=1)))
