"""D1: the step goes up by 1, the rate is that of the new step, and w falls by the rate.

    t' = t + 1,   w' = w - rate(t')
"""
from tf1_recipes.reference import replay
from tf1_recipes.reference.learning_rates import piecewise_constant


def update(state, feeds, boundaries=(5, 10, 15), values=(0.1, 0.05, 0.01, 0.001)):
    step, w = state["global_step"], state["w"]
    step = step + step.dtype.type(1)
    return {"global_step": step, "w": w - piecewise_constant(step, boundaries, values)}


model = replay(update)
