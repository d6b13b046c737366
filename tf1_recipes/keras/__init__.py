"""Recipes for tf.keras: learning rates by stage, schedules by batch, range tests (A8, D2, D3)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "BatchLearningRateScheduler": "callbacks",
    "DiscriminativeAdam": "discriminative_adam",
    "LearningRateRecorder": "callbacks",
    "WarmRestarts": "callbacks",
    "keras_step": "range_test",
    "lr_range_test": "range_test",
})
