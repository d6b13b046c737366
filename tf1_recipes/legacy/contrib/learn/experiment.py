"""``tf.contrib.learn``: an experiment, the training and evaluation of an estimator on a machine."""
from tf1_recipes.legacy.contrib.learn.monitor_hooks import replace_monitors_with_hooks
from tf1_recipes.legacy.contrib.learn.monitors import ValidationMonitor


class Experiment:
    """An estimator with the inputs of its training and evaluation.

    Args:
        estimator: of ``tf.contrib.learn`` or ``tf.estimator``.
        train_input_fn, eval_input_fn: functions that return features and labels.
        eval_metrics: dict of the metrics, see the estimator's ``evaluate``.
        train_steps, eval_steps: int, or None for all that the inputs give.
        train_monitors, eval_hooks: lists of monitors and hooks.
        local_eval_frequency: int, the steps between the evaluations of `local_run`.
        min_eval_frequency: int, those between the evaluations of `train_and_evaluate`, 1 by
            default, with 0 it evaluates after training only.
        check_interval_secs: float, it evaluates no more often.

    The other arguments were for training on several machines, or for exporting; they are refused.
    """

    def __init__(self, estimator, train_input_fn, eval_input_fn, eval_metrics=None,
                 train_steps=None, eval_steps=100, train_monitors=None, eval_hooks=None,
                 local_eval_frequency=None, eval_delay_secs=120, continuous_eval_throttle_secs=60,
                 min_eval_frequency=None, delay_workers_by_global_step=False,
                 export_strategies=None, train_steps_per_iteration=None,
                 checkpoint_and_export=False, saving_listeners=None, check_interval_secs=5):
        for name, value in (("delay_workers_by_global_step", delay_workers_by_global_step),
                            ("export_strategies", export_strategies),
                            ("checkpoint_and_export", checkpoint_and_export),
                            ("saving_listeners", saving_listeners)):
            if value:
                raise ValueError("an Experiment's %s is not served: export the estimator after "
                                 "training, on one machine" % name)
        self.estimator = estimator
        self._train_input, self._train_steps = train_input_fn, train_steps
        self._monitors = list(train_monitors or [])
        self._evaluation = {"input_fn": eval_input_fn, "steps": eval_steps,
                            "hooks": list(eval_hooks or [])}
        self._metrics = {"metrics": eval_metrics} if hasattr(estimator, "fit") else {}
        if eval_metrics is not None and not self._metrics:
            raise ValueError("`eval_metrics` must be `None` with `tf.estimator.Estimator`. Use "
                             "`eval_metric_ops` in `tf.estimator.EstimatorSpec` instead.")
        self._local_eval_frequency = local_eval_frequency
        self._min_eval_frequency = 1 if min_eval_frequency is None else min_eval_frequency
        self._interval = check_interval_secs

    def train(self, delay_secs=None):
        """Trains; returns the estimator."""
        return self._train(self._monitors, self._train_steps)

    def evaluate(self, delay_secs=None, name=None):
        """Returns the metrics; it waits for nothing."""
        return self._evaluate(name=name or "one_pass")

    def train_and_evaluate(self):
        """Trains, evaluates checkpoints on the way, and returns (the metrics at the end, [])."""
        return self._train_and_evaluate(self._min_eval_frequency)

    def local_run(self):
        """`train_and_evaluate`, with ``local_eval_frequency`` for the steps between."""
        return self._train_and_evaluate(self._local_eval_frequency)

    def test(self):
        """Trains for one step; returns the metrics of one."""
        self._train(self._monitors, 1, steps=1)
        return self._evaluate(name="one_pass", steps=1)

    def _train_and_evaluate(self, frequency):
        monitors = list(self._monitors)
        if frequency:
            monitors.append(ValidationMonitor(
                input_fn=self._evaluation["input_fn"], eval_steps=self._evaluation["steps"],
                metrics=self._metrics.get("metrics"), hooks=self._evaluation["hooks"],
                every_n_steps=frequency, check_interval_secs=self._interval))
        self._train(monitors, self._train_steps)
        return self._evaluate(), []

    def _train(self, monitors, max_steps, steps=None):
        limit = {"steps": steps} if steps else {"max_steps": max_steps}
        if hasattr(self.estimator, "fit"):
            return self.estimator.fit(input_fn=self._train_input, monitors=monitors, **limit)
        return self.estimator.train(
            input_fn=self._train_input, hooks=replace_monitors_with_hooks(
                monitors, self.estimator), **limit)

    def _evaluate(self, **options):
        return self.estimator.evaluate(**{**self._evaluation, **self._metrics, **options})


def run(experiment_fn, output_dir=None, schedule=None, run_config=None, hparams=None):
    """Makes an experiment and runs it: ``tf.contrib.learn.learn_runner.run``.

    Args:
        experiment_fn: function of ``output_dir``, or of ``run_config`` and ``hparams``.
        schedule: str, the method to call, by default "train_and_evaluate".
    """
    if (output_dir is None) == (run_config is None):
        raise ValueError("Cannot provide both `output_dir` and `run_config`" if output_dir
                         else "Must set value for `output_dir` or `run_config`")
    if not callable(experiment_fn):
        raise TypeError('Experiment builder "%s" is not callable.' % experiment_fn)
    if run_config is not None:
        if not run_config.model_dir:
            raise ValueError("Must specify a model directory `model_dir` in `run_config`.")
        experiment = experiment_fn(run_config, hparams)
    else:
        experiment = experiment_fn(output_dir=output_dir)
    if not isinstance(experiment, Experiment):
        raise TypeError("Experiment builder did not return an Experiment instance, got %s "
                        "instead." % type(experiment))
    task = getattr(experiment, schedule or "train_and_evaluate", None)
    if task is None:
        raise ValueError("Schedule references non-existent task %s" % schedule)
    return task()
