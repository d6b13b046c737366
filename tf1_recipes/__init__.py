"""The classic TensorFlow 1 graph-mode recipes, reproduced, hardened and verified.

The public names below are resolved when they are first used, so that importing the package
imports no TensorFlow.
"""
import importlib

__version__ = "0.1.0"

_HOME = {
    "GroupedOptimizer": "optimizer_groups",
    "geometric_multipliers": "layer_rates",
    "layerwise_optimizer": "layer_rates",
    "RateMultipliers": "rate_multipliers",
    "multiply_gradients": "gradient_multipliers",
    "summarize_training": "training_summaries",
    "scale_gradient": "gradient_scaling",
    "DiscriminativeAdam": "keras_adam",
    "clip_gradients": "gradient_clipping",
    "DecoupledWeightDecay": "weight_decay",
    "decay_after": "weight_decay",
    "CaffeSGDOptimizer": "caffe_sgd",
    "AdamWOptimizer": "decoupled_optimizers",
    "MomentumWOptimizer": "decoupled_optimizers",
    "extend_with_decoupled_weight_decay": "decoupled_optimizers",
    "add_l2_loss": "l2_losses",
    "total_loss": "l2_losses",
    "plan_restore": "restore.partial_restore",
    "unfreeze_on_schedule": "frozen_layers",
    "layerwise_autoencoders": "pretraining",
    "max_margin_loss": "max_margin",
    "cache_outputs": "cache.layer_cache",
    "numpy_optimizer": "numpy_optimizers",
    "advance": "schedules.learning_rates",
    "piecewise_constant": "schedules.learning_rates",
    "exponential_decay": "schedules.decaying_rates",
    "natural_exp_decay": "schedules.decaying_rates",
    "inverse_time_decay": "schedules.decaying_rates",
    "polynomial_decay": "schedules.decaying_rates",
    "cosine_decay": "schedules.cosine_rates",
    "cosine_decay_restarts": "schedules.cosine_rates",
    "linear_cosine_decay": "schedules.cosine_rates",
    "noisy_linear_cosine_decay": "schedules.cosine_rates",
    "cyclical": "schedules.cyclical_rates",
    "join_schedules": "schedules.joined_rates",
    "warm_up": "schedules.joined_rates",
    "RateRecorder": "keras_callbacks",
    "ScheduledRate": "keras_callbacks",
    "WarmRestarts": "keras_callbacks",
    "keras_step": "rate_range",
    "rate_range_test": "rate_range",
    "record_sessions": "session_recording",
    "RecordingHook": "recording_hook",
    "open_trace": "traces",
    "compare_traces": "traces",
    "Tolerance": "traces.element_differences",
    "Error": "errors",
    "RecipeError": "errors",
}

__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    module = importlib.import_module("%s.%s" % (__name__, _HOME[name]))
    globals()[name] = getattr(module, name)
    return globals()[name]


def __dir__():
    return sorted(list(globals()) + list(_HOME))
