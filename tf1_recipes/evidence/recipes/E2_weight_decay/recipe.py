from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import ADAMW, CAFFE_DECAY

RECIPE = Recipe(
    __file__,
    title="Decoupled weight decay, chained behind the train op",
    formula="w' = w - r dL/dw,  w'' = w' - d w'",
    sources=(CAFFE_DECAY.at("the answer that chains the decay behind the train op"), ADAMW),
    functions=("DecoupledWeightDecay", "DecoupledRegularization"),
    trap="three meanings, by release and kind of variable: it decays the new weight, the old one, "
         "or either at random",
    problem="one ref variable, TF1's default kind, where it has one meaning on every release",
    documented="1.71000\n1.47510\n1.28483\n1.13071\n")
