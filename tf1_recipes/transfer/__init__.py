"""Transfer learning: restore, freeze, cache, pretrain (B1 to B7)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "cache_outputs": "cache.layer_cache",
    "choose_layers_to_reuse": "choosing",
    "layerwise_autoencoders": "pretraining",
    "layerwise_rbms": "rbm",
    "max_margin_loss": "max_margin",
    "plan_restore": "restore.partial_restore",
    "unfreeze_on_schedule": "unfreezing",
})
