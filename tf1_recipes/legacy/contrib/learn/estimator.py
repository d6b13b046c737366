"""``tf.contrib.learn``: estimators that train, evaluate and predict by a model's function."""
import inspect
import tempfile

import numpy as np
from tensorflow.python.training import training_util
from tf_slim.training import evaluation

from tf1_recipes.legacy.contrib.feature_columns import infer_real_valued_columns
from tf1_recipes.legacy.contrib.learn.data import ArrayFeeder, FeedHook
from tf1_recipes.legacy.contrib.learn.model_fn import ModeKeys, ModelFnOps
from tf1_recipes.legacy.contrib.learn.monitor_hooks import replace_monitors_with_hooks
from tf1_recipes.v1 import tf


class NotFittedError(ValueError, AttributeError):
    """An estimator was used before it was trained."""


class RunConfig:
    """How an estimator trains; what was for training on several machines is kept, and unused."""

    def __init__(self, master=None, num_cores=0, log_device_placement=False, gpu_memory_fraction=1,
                 tf_random_seed=None, save_summary_steps=100, save_checkpoints_secs=0,
                 save_checkpoints_steps=None, keep_checkpoint_max=5,
                 keep_checkpoint_every_n_hours=10000, log_step_count_steps=100, protocol=None,
                 evaluation_master="", model_dir=None, session_config=None,
                 session_creation_timeout_secs=7200):
        if save_checkpoints_secs == 0:
            save_checkpoints_secs = 600 if save_checkpoints_steps is None else None
        self.tf_config = tf.ConfigProto(
            log_device_placement=log_device_placement, inter_op_parallelism_threads=num_cores,
            intra_op_parallelism_threads=num_cores, gpu_options=tf.GPUOptions(
                per_process_gpu_memory_fraction=gpu_memory_fraction))
        self.master, self.evaluation_master = master or "", evaluation_master
        self.tf_random_seed = tf_random_seed
        self.save_summary_steps = save_summary_steps
        self.save_checkpoints_secs = save_checkpoints_secs
        self.save_checkpoints_steps = save_checkpoints_steps
        self.keep_checkpoint_max = keep_checkpoint_max
        self.keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self.log_step_count_steps = log_step_count_steps
        self.model_dir = model_dir
        self.session_config = session_config
        self.is_chief, self.num_ps_replicas, self.task_id = True, 0, 0


class MetricSpec:
    """A metric of an evaluation, and what of a model's outputs it is of."""

    def __init__(self, metric_fn, prediction_key=None, label_key=None, weight_key=None):
        self.metric_fn, self.prediction_key = metric_fn, prediction_key
        self.label_key, self.weight_key = label_key, weight_key

    def create_metric_ops(self, inputs, labels, predictions):
        """Calls the metric with the outputs that it is of."""
        given = {"predictions": _one(predictions, self.prediction_key, "prediction")}
        known = inspect.signature(inspect.unwrap(self.metric_fn)).parameters
        label = _one(labels, self.label_key, "label")
        given["targets" if "targets" in known else "labels"] = label
        if self.weight_key:
            given["weights"] = inputs[self.weight_key]
        return self.metric_fn(**given)


def _one(values, key, title):
    if key:
        return values[key]
    if isinstance(values, dict):
        if len(values) != 1:
            raise ValueError("MetricSpec without specified %s_key requires %ss tensor or single "
                             "element dict, got %s" % (title, title, values))
        return next(iter(values.values()))
    return values


class Estimator:
    """Trains, evaluates and predicts by a model's function.

    Args:
        model_fn: function of features, labels, and of mode, params, config and model_dir as far as
            it names them; returns `ModelFnOps`, or (predictions, loss, train_op).
        model_dir: str, the folder for checkpoints and summaries.
        config: `RunConfig`.
        params: dict for the model's function.
        feature_engineering_fn: function from features and labels to those that the model sees.
    """

    def __init__(self, model_fn=None, model_dir=None, config=None, params=None,
                 feature_engineering_fn=None):
        self.config = config or RunConfig()
        self.model_dir = model_dir or self.config.model_dir or tempfile.mkdtemp()
        self.params = params
        self._model_fn = model_fn
        self._engineer = feature_engineering_fn or (lambda features, labels: (features, labels))
        self._labels = lambda: None

    def fit(self, x=None, y=None, input_fn=None, steps=None, batch_size=None, monitors=None,
            max_steps=None):
        """Trains from the last checkpoint on; returns the estimator."""
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        input_fn, hooks = _input(x, y, input_fn, batch_size, True, None)
        if max_steps is not None:
            last = tf.train.latest_checkpoint(self.model_dir)
            if last and max_steps <= tf.train.load_variable(last, "global_step"):
                return self
        hooks += replace_monitors_with_hooks(monitors, self)
        if steps is not None or max_steps is not None:
            hooks.append(tf.train.StopAtStepHook(steps, max_steps))
        with tf.Graph().as_default():
            tf.set_random_seed(self.config.tf_random_seed)
            step = tf.train.create_global_step()
            features, labels = input_fn()
            training_util._get_or_create_global_step_read()  # counts in the seeds of what follows
            self._labels = _placeholders_like(labels)
            ops = self._call(features, labels, ModeKeys.TRAIN)
            tf.add_to_collection(tf.GraphKeys.LOSSES, ops.loss)
            hooks += [tf.train.NanTensorHook(ops.loss), tf.train.LoggingTensorHook(
                {"loss": ops.loss, "step": step}, every_n_iter=100)]
            scaffold = ops.scaffold or tf.train.Scaffold(saver=tf.train.Saver(
                sharded=True, max_to_keep=self.config.keep_checkpoint_max,
                keep_checkpoint_every_n_hours=self.config.keep_checkpoint_every_n_hours,
                defer_build=True, save_relative_paths=True))
            chief = ops.training_chief_hooks
            if self.config.save_checkpoints_secs or self.config.save_checkpoints_steps:
                chief = [tf.train.CheckpointSaverHook(
                    self.model_dir, save_secs=self.config.save_checkpoints_secs,
                    save_steps=self.config.save_checkpoints_steps, scaffold=scaffold)] + chief
            with tf.train.MonitoredTrainingSession(
                    checkpoint_dir=self.model_dir, scaffold=scaffold,
                    hooks=hooks + ops.training_hooks, chief_only_hooks=chief,
                    save_checkpoint_secs=0, save_summaries_steps=self.config.save_summary_steps,
                    config=self._session_config()) as session:
                while not session.should_stop():
                    session.run([ops.train_op, ops.loss])
        return self

    def partial_fit(self, x=None, y=None, input_fn=None, steps=1, batch_size=None, monitors=None):
        """`fit` for one step."""
        return self.fit(x, y, input_fn, steps, batch_size, monitors)

    def evaluate(self, x=None, y=None, input_fn=None, feed_fn=None, batch_size=None, steps=None,
                 metrics=None, name=None, checkpoint_path=None, hooks=None, log_progress=True):
        """Returns the dict of the metrics over a data set, with the loss and the global step."""
        input_fn, feeds = _input(x, y, input_fn, batch_size, False, 1)
        if feed_fn:
            feeds.append(FeedHook(feed_fn))
        with tf.Graph().as_default():
            tf.set_random_seed(self.config.tf_random_seed)
            step = tf.train.create_global_step()
            features, labels = input_fn()
            ops = self._call(features, labels, ModeKeys.EVAL)
            results = dict(ops.eval_metric_ops)
            for title, metric in sorted((metrics or {}).items(), key=str):
                results[title[0] if isinstance(title, tuple) else title] = _metric(
                    title, metric, features, labels, ops.predictions)
            results.setdefault("loss", tf.metrics.mean(ops.loss))
            pairs = {title: value for title, value in results.items()
                     if isinstance(value, (list, tuple))}
            values = {title: value[0] if title in pairs else value
                      for title, value in results.items()}
            hooks = list(hooks or []) + feeds
            if steps is not None:
                hooks.append(evaluation.StopAfterNEvalsHook(steps))
            return evaluation.evaluate_once(
                self._checkpoint(checkpoint_path), scaffold=ops.scaffold, hooks=hooks,
                eval_ops=tf.group(*[update for _, update in pairs.values()]),
                final_ops=dict(values, global_step=step), config=self._session_config())

    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True,
                iterate_batches=False):
        """Yields the prediction for each row; or, unless ``as_iterable``, returns them all."""
        input_fn, feeds = _input(x, None, input_fn, batch_size, False, 1)
        batches = self._batches(input_fn, feeds, outputs)
        if not as_iterable:
            return _joined(list(batches))
        return batches if iterate_batches else _each(batches)

    def export_savedmodel(self, export_dir_base, serving_input_fn,
                          default_output_alternative_key=None, assets_extra=None, as_text=False,
                          checkpoint_path=None, strip_default_attrs=False):
        """Writes the last checkpoint as a SavedModel; returns its folder."""
        from tf1_recipes.legacy.contrib.learn import export

        return export.export_savedmodel(
            lambda features: self._call(features, None, ModeKeys.INFER), export_dir_base,
            serving_input_fn, default_output_alternative_key, assets_extra, as_text,
            self._checkpoint(checkpoint_path), strip_default_attrs)

    def get_variable_value(self, name):
        """The value of a variable in the last checkpoint."""
        return tf.train.load_variable(self.model_dir, name)

    def get_variable_names(self):
        """The names of the variables in the last checkpoint."""
        return [name for name, _ in tf.train.list_variables(self.model_dir)]

    def _batches(self, input_fn, feeds, outputs):
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(self.config.tf_random_seed)
            tf.train.create_global_step()
            features = input_fn()
            features = features[0] if isinstance(features, (list, tuple)) else features
            # What the labels were in training: many a model's function asks for them anyway.
            ops = self._call(features, self._labels(), ModeKeys.INFER)
            predictions = ops.predictions
            if outputs:
                predictions = {key: predictions[key] for key in predictions if key in outputs}
            endless = not feeds and not graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
            with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(
                    checkpoint_filename_with_path=self._checkpoint(), scaffold=ops.scaffold,
                    config=self._session_config()), feeds) as session:
                while not session.should_stop():
                    yield session.run(predictions)
                    if endless:
                        return

    def _call(self, features, labels, mode):
        features, labels = self._engineer(features, labels)
        known = inspect.signature(self._model_fn).parameters
        given = {"mode": mode, "params": self.params, "config": self.config,
                 "model_dir": self.model_dir}
        result = self._model_fn(features, labels, **{
            name: value for name, value in given.items() if name in known})
        if isinstance(result, ModelFnOps):
            return result
        if len(result) != 3:
            raise ValueError("Unrecognized value returned by model_fn, please return ModelFnOps.")
        predictions, loss, train_op = result
        return ModelFnOps(mode, predictions, loss, train_op)

    def _checkpoint(self, path=None):
        path = path or tf.train.latest_checkpoint(self.model_dir)
        if not path:
            raise NotFittedError("Couldn't find trained model at %s." % self.model_dir)
        return path

    def _session_config(self):
        return self.config.session_config or tf.ConfigProto(allow_soft_placement=True)


class SKCompat:
    """An estimator with scikit-learn's methods: arrays in, arrays out."""

    def __init__(self, estimator):
        self._estimator = estimator

    def fit(self, x, y, batch_size=128, steps=None, max_steps=None, monitors=None):
        """Trains on arrays; returns itself."""
        self._estimator.fit(x, y, batch_size=batch_size, steps=steps, max_steps=max_steps,
                            monitors=monitors)
        return self

    def score(self, x, y, batch_size=128, steps=None, metrics=None, name=None):
        """Returns the metrics."""
        return self._estimator.evaluate(x, y, batch_size=batch_size, steps=steps, metrics=metrics,
                                        name=name)

    def predict(self, x, batch_size=128, outputs=None):
        """Returns the predictions for all rows."""
        return _joined(list(Estimator.predict(
            self._estimator, x, batch_size=batch_size, outputs=outputs, iterate_batches=True)))


def infer_real_valued_columns_from_input_fn(input_fn):
    """Real-valued columns for the features of an input function."""
    with tf.Graph().as_default():
        features, _ = input_fn()
        return infer_real_valued_columns(features)


def infer_real_valued_columns_from_input(x):
    """Real-valued columns for arrays."""
    return infer_real_valued_columns_from_input_fn(ArrayFeeder(x).placeholders)


def _input(x, y, input_fn, batch_size, shuffle, epochs):
    """Returns an input function, and the hooks that feed it."""
    if input_fn is None and x is None:
        raise ValueError("Either x or input_fn must be provided.")
    if input_fn is not None:
        if x is not None or y is not None:
            raise ValueError("Can not provide both input_fn and x or y.")
        if batch_size is not None:
            raise ValueError("Can not provide both input_fn and batch_size.")
        return input_fn, []
    if tf.is_tensor(x) or tf.is_tensor(y):
        raise ValueError("Inputs cannot be tensors. Please provide input_fn.")
    feeder = ArrayFeeder(x, y, batch_size, shuffle, epochs)
    return feeder.placeholders, [FeedHook(feeder.feeds)]


def _placeholders_like(labels):
    """Returns a function that makes placeholders for any number of such labels."""
    if isinstance(labels, dict):
        makers = {name: _placeholders_like(each) for name, each in labels.items()}
        return lambda: {name: maker() for name, maker in makers.items()}
    if labels is None:
        return lambda: None
    dtype = labels.dtype
    if isinstance(labels, tf.SparseTensor):
        return lambda: tf.sparse_placeholder(dtype)
    shape = labels.shape.as_list() if labels.shape.ndims is not None else None
    return lambda: tf.placeholder(dtype, [None] + shape[1:] if shape else shape)


def _metric(title, metric, features, labels, predictions):
    if isinstance(metric, MetricSpec):
        return metric.create_metric_ops(features, labels, predictions)
    if isinstance(title, tuple):
        predictions = predictions[title[1]]
        labels = labels[title[1]] if isinstance(labels, dict) and title[1] in labels else labels
    return metric(predictions, labels)


def _each(batches):
    for batch in batches:
        if isinstance(batch, dict):
            for row in range(len(next(iter(batch.values())))):
                yield {key: value[row] for key, value in batch.items()}
        else:
            yield from batch


def _joined(batches):
    if isinstance(batches[0], dict):
        return {key: np.concatenate([batch[key] for batch in batches]) for key in batches[0]}
    return np.concatenate(batches)
