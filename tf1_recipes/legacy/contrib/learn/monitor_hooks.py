"""``tf.contrib.learn.monitors``: monitors among the hooks of a training."""
from tf1_recipes.v1 import tf


class RunHookAdapterForMonitors(tf.train.SessionRunHook):
    """Monitors as one hook."""

    def __init__(self, monitors):
        self._monitors, self._step = monitors, None

    def begin(self):
        """Begins them."""
        self._step, self._global_step = None, tf.train.get_global_step()
        for monitor in self._monitors:
            monitor.begin(max_steps=None)

    def before_run(self, run_context):
        """Asks for all that they ask for."""
        if self._step is None:
            self._step = run_context.session.run(self._global_step) + 1
        asked = [each for monitor in self._monitors for each in monitor.step_begin(self._step)]
        graph = tf.get_default_graph()
        return tf.train.SessionRunArgs({"step": self._global_step, "monitors": {
            each: _element(graph, each) for each in asked}})

    def after_run(self, run_context, run_values):
        """Gives it to them."""
        results = run_values.results["monitors"]
        # Each of them is told, whether or not another one wants to stop.
        stops = [monitor.step_end(self._step, results) for monitor in self._monitors]
        if any(stops):
            run_context.request_stop()
        for monitor in self._monitors:
            monitor.post_step(self._step, run_context.session)
        self._step = run_values.results["step"] + 1

    def end(self, session):
        """Ends them."""
        self._step = None
        for monitor in self._monitors:
            monitor.end(session=session)


def replace_monitors_with_hooks(monitors_or_hooks, estimator):
    """Returns hooks: those given, and one for all monitors."""
    given = list(monitors_or_hooks or [])
    hooks = [each for each in given if isinstance(each, tf.train.SessionRunHook)]
    monitors = [each for each in given if not isinstance(each, tf.train.SessionRunHook)]
    for monitor in monitors:
        monitor.set_estimator(estimator)
    return hooks + ([RunHookAdapterForMonitors(monitors)] if monitors else [])


def _element(graph, asked):
    if not isinstance(asked, str):
        return asked
    return graph.as_graph_element(asked if ":" in asked else asked + ":0")
