"""tf.contrib.learn's monitors and experiments, on ready-made models."""
import json
import os
import tempfile

import numpy as np
import tensorflow as tf
from cases import listed, numbers
from tensorflow.contrib import learn
from tensorflow.contrib.learn import learn_runner

tf.logging.set_verbosity(tf.logging.ERROR)
monitors = learn.monitors
ROWS = numbers("rows", 40, 4)
TARGETS = ROWS.dot([1.0, -2.0, 0.5, 0.0]).astype(np.float32)


def model(every=5, model_dir=None):
    columns = learn.infer_real_valued_columns_from_input(ROWS)
    return learn.LinearRegressor(
        columns, optimizer=tf.train.GradientDescentOptimizer(0.1), model_dir=model_dir,
        config=learn.RunConfig(tf_random_seed=7, save_checkpoints_steps=every))


def batch():
    return tf.constant(ROWS), tf.constant(TARGETS)


class Told(monitors.EveryN):
    """Keeps what it is told."""

    def __init__(self, **options):
        super(Told, self).__init__(**options)
        self.calls = []

    def begin(self, max_steps=None):
        super(Told, self).begin(max_steps)
        self.calls.append("begin")

    def every_n_step_begin(self, step):
        self.calls.append("ask %d" % step)
        return ["linear/bias_weight:0"]

    def every_n_step_end(self, step, outputs):
        self.calls.append("%d %s" % (step, sorted(outputs)))
        return step >= 9

    def every_n_post_step(self, step, session):
        self.calls.append("post %d" % step)

    def end(self, session=None):
        super(Told, self).end(session)
        self.calls.append("end")


def told():
    watch = Told(every_n_steps=4, first_n_steps=2)
    trained = model().fit(input_fn=batch, steps=20, monitors=[watch])
    return {"calls": watch.calls}, [], [listed(trained.get_variable_value("global_step"))]


def captured():
    watch = monitors.CaptureVariable("linear/bias_weight:0", every_n=3, first_n=2)
    model().fit(input_fn=batch, monitors=[watch, monitors.StopAtStep(num_steps=8)])
    steps = sorted(watch.values)
    return {"steps": [str(step) for step in steps]}, [], [
        listed([watch.values[step] for step in steps])]


def validated(**options):
    watch = monitors.ValidationMonitor(ROWS, TARGETS, every_n_steps=3, check_interval_secs=None,
                                       **options)
    trained = model().fit(input_fn=batch, steps=60, monitors=[
        watch, monitors.PrintTensor(["linear/bias_weight"]), monitors.LoggingTrainable()])
    best = watch.best_metrics or {}
    return {"best": [str(watch.best_step), str(watch.early_stopped)] + sorted(best)}, [], [
        listed([best[name] for name in sorted(best)]),
        listed(trained.get_variable_value("global_step"))]


def saved():
    folder = tempfile.mkdtemp()
    summaries = tempfile.mkdtemp()

    class Saving(tf.train.SessionRunHook):
        def begin(self):
            watch._saver = tf.train.Saver(max_to_keep=None)

    watch = monitors.CheckpointSaver(folder, save_steps=4, saver=1)
    model().fit(input_fn=batch, steps=10, monitors=[Saving(), watch])
    return {"files": sorted(name for name in os.listdir(folder) if name.endswith("index")),
            "summaries": [str(len(os.listdir(summaries)))]}, [], []


def experiment(model_dir=None, **options):
    return learn.Experiment(model(model_dir=model_dir), batch, batch, train_steps=30, eval_steps=1,
                            **options)


def result(metrics):
    return {"metrics": sorted(metrics)}, [], [listed([metrics[name] for name in sorted(metrics)])]


def wrong(build):
    try:
        build()
    except (TypeError, ValueError) as error:
        return {"error": [type(error).__name__, str(error)[:40]]}, [], []


CASES = {
    "told": told,
    "captured": captured,
    "validated": lambda: validated(),
    "stopped early": lambda: validated(early_stopping_rounds=7,
                                       early_stopping_metric_minimize=False),
    "saved": saved,
    "trained and evaluated": lambda: result(experiment().train_and_evaluate()[0]),
    "evaluated at the end": lambda: result(experiment(min_eval_frequency=0).local_run()[0]),
    "tested": lambda: result(experiment().test()),
    "run": lambda: result(learn_runner.run(lambda output_dir: experiment(output_dir),
                                           tempfile.mkdtemp())[0]),
    "run a schedule": lambda: result(learn_runner.run(
        lambda output_dir: experiment(output_dir), tempfile.mkdtemp(), "test")),
    "nowhere": lambda: wrong(lambda: learn_runner.run(lambda output_dir: None)),
    "no experiment": lambda: wrong(lambda: learn_runner.run(lambda output_dir: None, "x")),
    "no task": lambda: wrong(lambda: learn_runner.run(
        lambda output_dir: experiment(output_dir), tempfile.mkdtemp(), "nothing")),
}
for name in sorted(CASES):
    print(json.dumps([name, CASES[name]()]))
