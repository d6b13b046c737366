"""Weight decay in its five meanings (E1 to E5)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "AdamWOptimizer": "adamw",
    "CaffeSGDOptimizer": "caffe",
    "DecoupledRegularization": "regularization",
    "DecoupledWeightDecay": "decoupled",
    "MomentumWOptimizer": "adamw",
    "add_l2_loss": "l2",
    "decay_after": "decay_behind",
    "extend_with_decoupled_weight_decay": "adamw",
    "total_loss": "l2",
})
