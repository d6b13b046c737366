from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import CAFFE_DECAY

RECIPE = Recipe(
    __file__,
    title="Decoupled weight decay, an op of its own",
    formula="w' = update(w, dL/dw),  w'' = w' - d w'",
    sources=(CAFFE_DECAY.at("the answer with an op: Caffe's W = W (1 - 0.0005)"),),
    functions=("decay_after",),
    trap="without control dependencies it decays before or after the update, at random; a rate "
         "that follows the global step has no defined value",
    problem="three weights and a bias, ref variables under one optimizer, every decay behind the "
            "whole train op: no race; rate and momentum are powers of two, which round alike with "
            "and without fused multiply-add")
