from tf1_recipes.weight_decay.adamw import AdamWOptimizer as AdamWOptimizer
from tf1_recipes.weight_decay.adamw import MomentumWOptimizer as MomentumWOptimizer
from tf1_recipes.weight_decay.adamw import (
    extend_with_decoupled_weight_decay as extend_with_decoupled_weight_decay,
)
from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer as CaffeSGDOptimizer
from tf1_recipes.weight_decay.decay_behind import decay_after as decay_after
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay as DecoupledWeightDecay
from tf1_recipes.weight_decay.l2 import add_l2_loss as add_l2_loss
from tf1_recipes.weight_decay.l2 import total_loss as total_loss
from tf1_recipes.weight_decay.regularization import (
    DecoupledRegularization as DecoupledRegularization,
)
