"""``tf.contrib.learn``: its estimators, what they are made of, and their errors."""
# Only `io` is tensorflow-estimator's. Its models have other variables and other losses:
#
#     DNNClassifier     dnn/hiddenlayer_0/kernel        here dnn/hiddenlayer_0/weights
#     LinearClassifier  linear/linear_model/x/weights   here linear/x/weight
#     loss              summed over the batch           here averaged
#
# (4.14 and 0.69 of LinearClassifier after the same 5 steps with 6 rows.) With them neither old
# checkpoints nor old logs would fit.
from tf1_recipes.legacy.contrib.learn.estimator import (
    Estimator,
    MetricSpec,
    ModeKeys,
    ModelFnOps,
    NotFittedError,
    RunConfig,
    SKCompat,
    infer_real_valued_columns_from_input,
    infer_real_valued_columns_from_input_fn,
)
from tf1_recipes.legacy.contrib.learn.export import (
    InputFnOps,
    build_default_serving_input_fn,
    build_parsing_serving_input_fn,
)
from tf1_recipes.legacy.contrib.learn.heads import (
    PredictionKey,
    ProblemType,
    multi_class_head,
    regression_head,
)
from tf1_recipes.legacy.contrib.learn.models import (
    DNNClassifier,
    DNNRegressor,
    LinearClassifier,
    LinearRegressor,
)
from tf1_recipes.v1 import tf

NanLossDuringTrainingError = tf.train.NanLossDuringTrainingError

__all__ = [
    "DNNClassifier", "DNNRegressor", "Estimator", "InputFnOps", "LinearClassifier",
    "LinearRegressor", "MetricSpec", "ModeKeys", "ModelFnOps", "NanLossDuringTrainingError",
    "NotFittedError", "PredictionKey", "ProblemType", "RunConfig", "SKCompat",
    "build_default_serving_input_fn", "build_parsing_serving_input_fn",
    "infer_real_valued_columns_from_input", "infer_real_valued_columns_from_input_fn",
    "multi_class_head", "regression_head",
]
