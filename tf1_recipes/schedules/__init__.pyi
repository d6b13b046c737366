from tf1_recipes.schedules.cosine_rates import cosine_decay as cosine_decay
from tf1_recipes.schedules.cosine_rates import cosine_decay_restarts as cosine_decay_restarts
from tf1_recipes.schedules.cosine_rates import linear_cosine_decay as linear_cosine_decay
from tf1_recipes.schedules.cosine_rates import (
    noisy_linear_cosine_decay as noisy_linear_cosine_decay,
)
from tf1_recipes.schedules.cyclical_rates import cyclical as cyclical
from tf1_recipes.schedules.decaying_rates import exponential_decay as exponential_decay
from tf1_recipes.schedules.decaying_rates import inverse_time_decay as inverse_time_decay
from tf1_recipes.schedules.decaying_rates import natural_exp_decay as natural_exp_decay
from tf1_recipes.schedules.decaying_rates import polynomial_decay as polynomial_decay
from tf1_recipes.schedules.joined_rates import join_schedules as join_schedules
from tf1_recipes.schedules.joined_rates import warm_up as warm_up
from tf1_recipes.schedules.learning_rates import increment_step as increment_step
from tf1_recipes.schedules.learning_rates import piecewise_constant as piecewise_constant
