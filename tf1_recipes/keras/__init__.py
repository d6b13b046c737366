"""Recipes for Keras: learning rates by stage, schedules by batch, range tests (A8, D2, D3)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "Adam_dlr": "adam_dlr",
    "BatchLearningRateScheduler": "callbacks",
    "DiscriminativeAdam": "discriminative_adam",
    "LR_Cycle": "article",
    "LR_Updater": "article",
    "LearningRateRecorder": "recorder",
    "WarmRestarts": "callbacks",
    "keras_step": "range_test",
    "lr_range_test": "range_test",
})
