from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import KERAS_RATES

RECIPE = Recipe(
    __file__,
    title="Keras: Adam with a learning rate per stage (discriminative layers)",
    formula="r = lr sqrt(1 - b2^t) / (1 - b1^t);  w -= r[stage of w] m / (sqrt(v) + epsilon)",
    sources=(KERAS_RATES.at("Keras 2.2's Adam with two split layers and three rates"),),
    functions=("DiscriminativeAdam", "Adam_dlr"),
    trap="a split layer that is frozen or has no weights is never met, and the earlier "
         "learning rate stays; a data race, also in the count of steps: by chance the first step "
         "is taken for the second",
    problem="Keras 2.2.4 on four layers side by side: no gradient reads a weight, so the race "
            "cannot show, and the step is read before it is counted. First AMSGrad with Keras' "
            "defaults and a decaying rate, then Adam on gradients of few bits, which today's "
            "kernel and Keras' ten operations round alike",
    releases=("1.15.5",),
    sums="sums over up to four examples and layers; powers of beta; the moments, which Keras and "
         "TensorFlow's kernel compute by two formulas")
