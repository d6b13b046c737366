"""A learning rate per group, layer or variable (A1, A2, A5, A7)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "GroupedOptimizer": "grouped",
    "LearningRateMultipliers": "multipliers",
    "geometric_multipliers": "layerwise",
    "layerwise_optimizer": "layerwise",
    "summarize_training": "summaries",
})
