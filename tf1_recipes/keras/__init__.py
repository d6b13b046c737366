"""Recipes for tf.keras: rates per stage, schedules by batch, range tests (A8, D2, D3)."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "DiscriminativeAdam": "discriminative_adam",
    "RateRecorder": "callbacks",
    "ScheduledRate": "callbacks",
    "WarmRestarts": "callbacks",
    "keras_step": "lr_range_test",
    "rate_range_test": "lr_range_test",
})
