from tf1_recipes.errors import Error as Error
from tf1_recipes.errors import RecipeError as RecipeError
from tf1_recipes.gradients import clip_gradients as clip_gradients
from tf1_recipes.gradients import multiply_gradients as multiply_gradients
from tf1_recipes.gradients import scale_gradient as scale_gradient
from tf1_recipes.keras import Adam_dlr as Adam_dlr
from tf1_recipes.keras import BatchLearningRateScheduler as BatchLearningRateScheduler
from tf1_recipes.keras import DiscriminativeAdam as DiscriminativeAdam
from tf1_recipes.keras import LearningRateRecorder as LearningRateRecorder
from tf1_recipes.keras import LR_Cycle as LR_Cycle
from tf1_recipes.keras import LR_Updater as LR_Updater
from tf1_recipes.keras import WarmRestarts as WarmRestarts
from tf1_recipes.keras import keras_step as keras_step
from tf1_recipes.keras import lr_range_test as lr_range_test
from tf1_recipes.learning_rates import GroupedOptimizer as GroupedOptimizer
from tf1_recipes.learning_rates import LearningRateMultipliers as LearningRateMultipliers
from tf1_recipes.learning_rates import geometric_multipliers as geometric_multipliers
from tf1_recipes.learning_rates import layerwise_optimizer as layerwise_optimizer
from tf1_recipes.learning_rates import summarize_training as summarize_training
from tf1_recipes.optimizers import BookMomentumOptimizer as BookMomentumOptimizer
from tf1_recipes.optimizers import numpy_optimizer as numpy_optimizer
from tf1_recipes.optimizers import terminal_speed as terminal_speed
from tf1_recipes.recording import RecordingHook as RecordingHook
from tf1_recipes.recording import record_sessions as record_sessions
from tf1_recipes.schedules import cosine_decay as cosine_decay
from tf1_recipes.schedules import cosine_decay_restarts as cosine_decay_restarts
from tf1_recipes.schedules import cyclical as cyclical
from tf1_recipes.schedules import exponential_decay as exponential_decay
from tf1_recipes.schedules import increment_step as increment_step
from tf1_recipes.schedules import inverse_time_decay as inverse_time_decay
from tf1_recipes.schedules import join_schedules as join_schedules
from tf1_recipes.schedules import linear_cosine_decay as linear_cosine_decay
from tf1_recipes.schedules import natural_exp_decay as natural_exp_decay
from tf1_recipes.schedules import noisy_linear_cosine_decay as noisy_linear_cosine_decay
from tf1_recipes.schedules import piecewise_constant as piecewise_constant
from tf1_recipes.schedules import polynomial_decay as polynomial_decay
from tf1_recipes.schedules import warm_up as warm_up
from tf1_recipes.traces import compare_traces as compare_traces
from tf1_recipes.traces import open_trace as open_trace
from tf1_recipes.traces.element_differences import Tolerance as Tolerance
from tf1_recipes.transfer import cache_outputs as cache_outputs
from tf1_recipes.transfer import choose_layers_to_reuse as choose_layers_to_reuse
from tf1_recipes.transfer import layerwise_autoencoders as layerwise_autoencoders
from tf1_recipes.transfer import layerwise_rbms as layerwise_rbms
from tf1_recipes.transfer import max_margin_loss as max_margin_loss
from tf1_recipes.transfer import plan_restore as plan_restore
from tf1_recipes.transfer import unfreeze_on_schedule as unfreeze_on_schedule
from tf1_recipes.weight_decay import AdamWOptimizer as AdamWOptimizer
from tf1_recipes.weight_decay import CaffeSGDOptimizer as CaffeSGDOptimizer
from tf1_recipes.weight_decay import DecoupledRegularization as DecoupledRegularization
from tf1_recipes.weight_decay import DecoupledWeightDecay as DecoupledWeightDecay
from tf1_recipes.weight_decay import MomentumWOptimizer as MomentumWOptimizer
from tf1_recipes.weight_decay import add_l2_loss as add_l2_loss
from tf1_recipes.weight_decay import decay_after as decay_after
from tf1_recipes.weight_decay import (
    extend_with_decoupled_weight_decay as extend_with_decoupled_weight_decay,
)
from tf1_recipes.weight_decay import total_loss as total_loss

__version__: str

# Old names.
RateMultipliers = LearningRateMultipliers
RateRecorder = LearningRateRecorder
ScheduledRate = BatchLearningRateScheduler
advance = increment_step
rate_range_test = lr_range_test
