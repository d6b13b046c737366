"""The classic TensorFlow 1 graph-mode recipes, reproduced, hardened and verified.

The public names below are resolved when they are first used, so that importing the package
imports no TensorFlow.
"""
from tf1_recipes.lazy_names import lazy_names

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "GroupedOptimizer": "learning_rates",
    "RateMultipliers": "learning_rates",
    "geometric_multipliers": "learning_rates",
    "layerwise_optimizer": "learning_rates",
    "summarize_training": "learning_rates",
    "clip_gradients": "gradients",
    "multiply_gradients": "gradients",
    "scale_gradient": "gradients",
    "advance": "schedules",
    "cosine_decay": "schedules",
    "cosine_decay_restarts": "schedules",
    "cyclical": "schedules",
    "exponential_decay": "schedules",
    "inverse_time_decay": "schedules",
    "join_schedules": "schedules",
    "linear_cosine_decay": "schedules",
    "natural_exp_decay": "schedules",
    "noisy_linear_cosine_decay": "schedules",
    "piecewise_constant": "schedules",
    "polynomial_decay": "schedules",
    "warm_up": "schedules",
    "DiscriminativeAdam": "keras",
    "RateRecorder": "keras",
    "ScheduledRate": "keras",
    "WarmRestarts": "keras",
    "keras_step": "keras",
    "rate_range_test": "keras",
    "cache_outputs": "transfer",
    "layerwise_autoencoders": "transfer",
    "max_margin_loss": "transfer",
    "plan_restore": "transfer",
    "unfreeze_on_schedule": "transfer",
    "AdamWOptimizer": "weight_decay",
    "CaffeSGDOptimizer": "weight_decay",
    "DecoupledWeightDecay": "weight_decay",
    "MomentumWOptimizer": "weight_decay",
    "add_l2_loss": "weight_decay",
    "decay_after": "weight_decay",
    "extend_with_decoupled_weight_decay": "weight_decay",
    "total_loss": "weight_decay",
    "numpy_optimizer": "optimizers",
    "RecordingHook": "recording",
    "record_sessions": "recording",
    "open_trace": "traces",
    "compare_traces": "traces",
    "Tolerance": "traces.element_differences",
    "Error": "errors",
    "RecipeError": "errors",
})
