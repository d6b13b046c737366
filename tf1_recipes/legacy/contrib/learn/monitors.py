"""``tf.contrib.learn.monitors``: monitors that log, save, evaluate and stop."""
import copy
import os
import time

import numpy as np

from tf1_recipes.legacy.contrib.learn.monitor_base import BaseMonitor, EveryN
from tf1_recipes.v1 import tf

NanLossDuringTrainingError = tf.train.NanLossDuringTrainingError


class StopAtStep(BaseMonitor):
    """Stops after so many steps, or at a step."""

    run_on_all_workers = True

    def __init__(self, num_steps=None, last_step=None):
        super().__init__()
        if (num_steps is None) == (last_step is None):
            raise ValueError("One of num_steps or last_step must be specified.")
        self._num_steps, self._last_step = num_steps, last_step

    def step_begin(self, step):
        """Asks for nothing."""
        if self._last_step is None:
            self._last_step = step + self._num_steps - 1
        return super().step_begin(step)

    def step_end(self, step, output):
        """Whether it is the last step."""
        super().step_end(step, output)
        return step >= self._last_step


class _Fetching(EveryN):
    """Asks for named tensors."""

    def __init__(self, every_n, first_n):
        super().__init__(every_n, first_n)
        self._names = {}

    def every_n_step_begin(self, step):
        """Asks for them."""
        return list(self._names.values())

    def _text(self, outputs):
        return ", ".join("%s = %s" % (title, _output(outputs, name))
                         for title, name in self._names.items() if name in outputs)


class PrintTensor(_Fetching):
    """Logs the values of tensors."""

    def __init__(self, tensor_names, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._names = dict(tensor_names) if isinstance(tensor_names, dict) else {
            name: name for name in tensor_names}

    def every_n_step_end(self, step, outputs):
        """Logs them."""
        tf.logging.info("Step %d: %s", step, self._text(outputs))


class LoggingTrainable(_Fetching):
    """Logs the values of all variables that are trained."""

    def __init__(self, scope=None, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._scope = scope

    def every_n_step_begin(self, step):
        """Asks for them."""
        self._names = {variable.name: variable.value().name
                       for variable in tf.trainable_variables(self._scope)}
        return super().every_n_step_begin(step)

    def every_n_step_end(self, step, outputs):
        """Logs them."""
        tf.logging.info("Logging Trainable: Step %d: %s", step, self._text(outputs))


class CaptureVariable(_Fetching):
    """Keeps the values of a variable: ``values`` is a dict by step."""

    def __init__(self, var_name, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._names, self.values = {var_name: var_name}, {}

    def every_n_step_end(self, step, outputs):
        """Keeps it."""
        name, = self._names
        self.values[step] = _output(outputs, name)


class NanLoss(_Fetching):
    """Ends the training when the loss is not a number any more."""

    def __init__(self, loss_tensor, every_n_steps=100, fail_on_nan_loss=True):
        super().__init__(every_n_steps, 1)
        self._names, self._fail = {"loss": loss_tensor}, fail_on_nan_loss

    def every_n_step_end(self, step, outputs):
        """Looks at it."""
        if not np.isnan(_output(outputs, self._names["loss"])):
            return False
        if self._fail:
            raise NanLossDuringTrainingError
        tf.logging.warning("Model diverged with loss = NaN.")
        return True


class SummarySaver(EveryN):
    """Writes summaries."""

    def __init__(self, summary_op, save_steps=100, output_dir=None, summary_writer=None,
                 scaffold=None):
        super().__init__(save_steps)
        self._summary_op, self._scaffold = summary_op, scaffold
        self._writer = summary_writer or (output_dir and tf.summary.FileWriter(output_dir))

    def set_estimator(self, estimator):
        """Writes into its folder if there is no other."""
        super().set_estimator(estimator)
        self._writer = self._writer or tf.summary.FileWriter(estimator.model_dir)

    def every_n_step_begin(self, step):
        """Asks for the summary."""
        if self._summary_op is None and self._scaffold is not None:
            self._summary_op = self._scaffold.summary_op
        return [] if self._summary_op is None else [self._summary_op]

    def every_n_step_end(self, step, outputs):
        """Writes it."""
        if self._summary_op is not None and self._writer:
            self._writer.add_summary(_output(outputs, self._summary_op), step)
        return False

    def end(self, session=None):
        """Writes what is left."""
        super().end(session)
        if self._writer:
            self._writer.flush()


class CheckpointSaver(BaseMonitor):
    """Saves checkpoints, after the first step and the last, and every so often."""

    def __init__(self, checkpoint_dir, save_secs=None, save_steps=None, saver=None,
                 checkpoint_basename="model.ckpt", scaffold=None):
        super().__init__()
        if (save_secs is None) == (save_steps is None):
            raise ValueError("Either save_steps or save_secs should be provided, and not both.")
        self._path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._saver, self._scaffold = saver, scaffold
        self._save_secs, self._save_steps = save_secs, save_steps
        self._last_step = self._saved_step = self._saved_time = None

    def post_step(self, step, session):
        """Saves one if it is time."""
        self._last_step = step
        if self._saved_time is None or (
                step >= self._saved_step + self._save_steps if self._save_steps is not None
                else time.time() >= self._saved_time + self._save_secs):
            self._save(step, session)

    def end(self, session=None):
        """Saves the last one."""
        super().end(session)
        self._save(self._last_step, session)

    def _save(self, step, session):
        if step != self._saved_step:
            self._saved_step, self._saved_time = step, time.time()
            (self._saver or self._scaffold.saver).save(session, self._path, global_step=step)


class ValidationMonitor(EveryN):
    """Evaluates each checkpoint that it finds, and stops when a metric has not improved for long.

    Args:
        x, y, input_fn, batch_size, eval_steps, metrics, hooks, name: for the evaluation.
        every_n_steps: int, the steps after which it looks for a checkpoint.
        early_stopping_rounds: int, the steps without a better value after which to stop, or None.
        early_stopping_metric: str.
        early_stopping_metric_minimize: bool, the least value is the best.
        check_interval_secs: float, it looks no more often, or None.
    """

    def __init__(self, x=None, y=None, input_fn=None, batch_size=None, eval_steps=None,
                 every_n_steps=100, metrics=None, hooks=None, early_stopping_rounds=None,
                 early_stopping_metric="loss", early_stopping_metric_minimize=True, name=None,
                 check_interval_secs=5):
        super().__init__(every_n_steps, first_n_steps=-1)
        if x is None and input_fn is None:
            raise ValueError("Either x or input_fn should be provided.")
        self._arrays = {"x": x, "y": y, "batch_size": batch_size, "metrics": metrics}
        self._evaluation = {"input_fn": input_fn, "steps": eval_steps, "hooks": hooks,
                            "name": name}
        self.early_stopping_rounds = early_stopping_rounds
        self.early_stopping_metric = early_stopping_metric
        self.early_stopping_metric_minimize = early_stopping_metric_minimize
        self._interval, self._looked, self._latest = check_interval_secs, None, None
        self.early_stopped = False
        self.best_step = self.best_value = self.best_metrics = None

    def every_n_step_end(self, step, outputs):
        """Evaluates; returns whether to stop."""
        if self._estimator is None:
            raise ValueError("Missing call to set_estimator.")
        now = time.time()
        if None not in (self._interval, self._looked) and now - self._looked <= self._interval:
            return False
        self._looked = now
        latest = tf.train.latest_checkpoint(self._estimator.model_dir)
        if latest is None or latest == self._latest:
            return False
        self._latest = latest
        # tf.estimator's takes no arrays.
        arrays = self._arrays if hasattr(self._estimator, "fit") else {}
        found = self._estimator.evaluate(**arrays, **self._evaluation)
        tf.logging.info("Validation (step %d): %s", step, ", ".join(
            "%s = %s" % (name, found[name]) for name in found))
        return self.early_stopping_rounds is not None and self._is_enough(step, found)

    def _is_enough(self, step, found):
        if self.early_stopping_metric not in found:
            raise ValueError("Metric %s missing from outputs %s." % (
                self.early_stopping_metric, set(found)))
        value = found[self.early_stopping_metric]
        if self.best_value is None or (
                value < self.best_value if self.early_stopping_metric_minimize
                else value > self.best_value):
            self.best_step, self.best_value = step, value
            self.best_metrics = copy.deepcopy(found)
        self.early_stopped = step - self.best_step >= self.early_stopping_rounds
        return self.early_stopped


def _output(outputs, asked):
    return outputs[asked] if asked in outputs else outputs[asked.name]
