"""``tf.contrib.tensor_forest.client.random_forest``: a forest as an estimator of contrib.learn."""
from tf1_recipes.legacy.contrib.learn.estimator import Estimator
from tf1_recipes.legacy.contrib.learn.heads import multi_class_head, regression_head
from tf1_recipes.legacy.contrib.tensor_forest.graphs import RandomForestGraphs
from tf1_recipes.v1 import tf

VARIANCE_PREDICTION_KEY = "prediction_variance"
_SMALLEST = 0.000001


class TensorForestLossHook(tf.train.SessionRunHook):
    """Stops when the loss has not fallen for some steps.

    Args:
        early_stopping_rounds: int, the steps.
        early_stopping_loss_threshold: float, the part by which it must fall.
        loss_op: tensor.
    """

    def __init__(self, early_stopping_rounds, early_stopping_loss_threshold=None, loss_op=None):
        self.early_stopping_rounds, self.loss_op = early_stopping_rounds, loss_op
        self.early_stopping_loss_threshold = early_stopping_loss_threshold or 0.0
        self.min_loss, self.last_step, self.steps = None, -1, 0

    def before_run(self, run_context):
        """Asks for the step and the loss."""
        return tf.train.SessionRunArgs([tf.train.get_global_step(), self.loss_op])

    def after_run(self, run_context, run_values):
        """Compares the loss with the least one."""
        step, loss = run_values.results
        self.steps += 1
        if self.last_step == -1 or self.last_step > step:
            self.last_step, self.steps, self.min_loss = step, 0, None
            return
        self.last_step = step
        if self.min_loss is None or loss < self.min_loss * (
                1 - self.early_stopping_loss_threshold):
            self.min_loss, self.steps = loss, 0
        if self.steps > self.early_stopping_rounds:
            run_context.request_stop()


class _Report(tf.train.SessionRunHook):
    def __init__(self, title, tensor):
        self._title, self._tensor = title, tensor

    def end(self, session):
        tf.logging.info("%s: %s", self._title, session.run(self._tensor))


def get_model_fn(params, graph_builder_class=RandomForestGraphs, device_assigner=None,
                 feature_columns=None, weights_name=None, model_head=None, keys_name=None,
                 early_stopping_rounds=100, early_stopping_loss_threshold=0.001, num_trainers=1,
                 trainer_id=0, report_feature_importances=False, local_eval=False,
                 head_scope=None, include_all_in_serving=False):
    """Returns a model's function; for its arguments see `TensorForestEstimator`."""
    if feature_columns:
        raise ValueError("a forest's feature_columns are not served: give it the features as "
                         "numbers, by the input function")
    head = model_head or (
        regression_head(weight_column_name=weights_name, label_dimension=params.num_outputs)
        if params.regression else
        multi_class_head(params.num_classes, weight_column_name=weights_name))

    def model_fn(features, labels, mode):
        features = dict(features) if isinstance(features, dict) else {"features": features}
        given = dict(features)
        weights = given.pop(weights_name, None)
        keys = given.pop(keys_name, None)
        graph = graph_builder_class(params, device_assigner=device_assigner)
        logits, _, variance = graph.inference_graph(given)
        logits.set_shape([None, params.num_classes])
        tf.summary.scalar("average_tree_size", graph.average_size())
        if not params.regression and params.num_classes == 2:
            second = logits[:, 1:]
            logits = tf.log(tf.maximum(
                second / tf.maximum(1.0 - second, _SMALLEST), _SMALLEST))
        train_op = None
        if labels is not None and mode == "train":
            with tf.control_dependencies([logits.op]):
                train_op = tf.group(graph.training_graph(
                    given, labels, num_trainers, trainer_id, input_weights=weights),
                    tf.assign_add(tf.train.get_global_step(), 1))
        ops = head.create_model_fn_ops(features, mode, labels, lambda loss: train_op, logits,
                                       scope=head_scope)
        if report_feature_importances:
            ops.training_hooks.append(
                _Report("feature_importances", graph.feature_importances()))
        if early_stopping_rounds:
            ops.training_hooks.append(TensorForestLossHook(
                early_stopping_rounds, early_stopping_loss_threshold, ops.loss))
        if keys is not None:
            ops.predictions[keys_name] = keys
        ops.predictions[VARIANCE_PREDICTION_KEY] = variance
        return ops

    return model_fn


class TensorForestEstimator(Estimator):
    """A forest that is trained, evaluated and asked like ``tf.contrib.learn``'s estimators.

    Args:
        params: `ForestHParams`; they are filled here.
        model_dir, config, feature_engineering_fn: see ``tf.contrib.learn.Estimator``.
        weight_column, keys_column: str, features with the examples' weights and names.
        early_stopping_rounds, early_stopping_loss_threshold: see `TensorForestLossHook`.
        report_feature_importances: bool, logs them after training.
    """

    def __init__(self, params, device_assigner=None, model_dir=None, feature_columns=None,
                 graph_builder_class=RandomForestGraphs, config=None, weight_column=None,
                 keys_column=None, feature_engineering_fn=None, early_stopping_rounds=100,
                 early_stopping_loss_threshold=0.001, num_trainers=1, trainer_id=0,
                 report_feature_importances=False, local_eval=False, version=None, head=None,
                 include_all_in_serving=False):
        super().__init__(get_model_fn(
            params.fill(), graph_builder_class, device_assigner, feature_columns, weight_column,
            head, keys_column, early_stopping_rounds, early_stopping_loss_threshold, num_trainers,
            trainer_id, report_feature_importances), model_dir, config,
            feature_engineering_fn=feature_engineering_fn)
