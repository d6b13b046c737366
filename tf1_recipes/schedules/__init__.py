"""Learning rates as functions of the step: in the graph, and in NumPy."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "cosine_decay": "cosine_rates",
    "cosine_decay_restarts": "cosine_rates",
    "cyclical": "cyclical_rates",
    "exponential_decay": "decaying_rates",
    "increment_step": "learning_rates",
    "inverse_time_decay": "decaying_rates",
    "join_schedules": "joined_rates",
    "linear_cosine_decay": "cosine_rates",
    "natural_exp_decay": "decaying_rates",
    "noisy_linear_cosine_decay": "cosine_rates",
    "piecewise_constant": "learning_rates",
    "polynomial_decay": "decaying_rates",
    "warm_up": "joined_rates",
})
