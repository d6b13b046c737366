"""The document's picture of a net in three stages, each with its own learning rate."""
from tf1_recipes.evidence.recipes.A8_keras_discriminative_adam.model import STAGES

NAMES = ("early", "middle", "final")
COLOURS = ("#9ecae1", "#4292c6", "#08519c")
HEIGHT = 1.8  # inches


def stages(trace):
    """Returns a list of (stage, its layers, its learning rate) from a trace's first step."""
    rates = next(iter(trace)).arrays("variables")["DiscriminativeAdam/lr"]
    return [(name, [layer for layer, own in STAGES.items() if own == number], float(rate))
            for number, (name, rate) in enumerate(zip(NAMES, rates))]


def draw(figure, trace):
    """Draws a box for each layer, coloured by stage, and the stage's learning rate below."""
    axis = figure.subplots()
    place = 0
    for (name, layers, rate), colour in zip(stages(trace), COLOURS):
        for number, layer in enumerate(layers):
            axis.bar(place + number, 1, width=0.8, color=colour, edgecolor="black")
            axis.text(place + number, 0.5, layer, ha="center", va="center", fontsize=9,
                      color="white" if colour == COLOURS[-1] else "black")
        middle = place + (len(layers) - 1) / 2
        axis.plot([place - 0.4, place + len(layers) - 0.6], [-0.15, -0.15], color=colour,
                  linewidth=4, solid_capstyle="butt")
        axis.text(middle, -0.28, "%s layers\nlearning rate %g" % (name, rate), ha="center",
                  va="top", fontsize=9)
        place += len(layers)
    for number in range(place - 1):
        axis.annotate("", (number + 0.6, 0.5), (number + 0.4, 0.5),
                      arrowprops={"arrowstyle": "->"})
    axis.set_ylim(-0.8, 1.1)
    axis.set_title("the stages, in the order of the layers", loc="left", fontsize=9)
    axis.axis("off")
