from tf1_recipes.learning_rates.grouped import GroupedOptimizer as GroupedOptimizer
from tf1_recipes.learning_rates.layerwise import geometric_multipliers as geometric_multipliers
from tf1_recipes.learning_rates.layerwise import layerwise_optimizer as layerwise_optimizer
from tf1_recipes.learning_rates.multipliers import (
    LearningRateMultipliers as LearningRateMultipliers,
)
from tf1_recipes.learning_rates.summaries import summarize_training as summarize_training
