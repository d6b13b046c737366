from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import CLR, KERAS_RATES

RECIPE = Recipe(
    __file__,
    title="A recorder: learning rate, iteration and loss of every batch, and plots",
    formula="history[t] = (t, rate_t, loss_t, ...)",
    sources=(KERAS_RATES.at("the recorder of rates and losses, and its plots"), CLR),
    functions=("LearningRateRecorder", "lr_range_test"),
    trap="where the next learning rate is set first, it is recorded beside the loss of this batch",
    problem="a Keras model of one weight vector whose rate doubles, and whose history ends as a "
            "variable; each weight is trained by its own samples only",
    releases=("1.7.1", "1.15.5"),
    rate="variables/lr")
