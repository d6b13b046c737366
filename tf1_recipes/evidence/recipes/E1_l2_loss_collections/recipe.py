from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import CAFFE_DECAY

RECIPE = Recipe(
    __file__,
    title="Weight decay as L2 in the loss, kept in collections",
    formula="loss = data + d sum w^2 / 2,  g_w = dL/dw + d w",
    sources=(CAFFE_DECAY.at("the answer with collections of weights and losses"),),
    functions=("add_l2_loss", "total_loss"),
    trap="nothing fills the collection of weights, and no weight decays; with momentum or Adam it "
         "is not weight decay",
    problem="two weights and a bias under one momentum optimizer; each gradient reads its own "
            "weight only: no race")
