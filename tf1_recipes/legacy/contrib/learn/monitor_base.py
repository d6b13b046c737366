"""``tf.contrib.learn.monitors``: what watches a training, from before there were hooks.

A monitor asks for values before a step, and is given them after it. Steps are counted from 1.
"""


class BaseMonitor:
    """Watches a training; to derive from."""

    run_on_all_workers = False

    def __init__(self):
        self._begun, self._current_step, self._max_steps, self._estimator = False, None, None, None

    def set_estimator(self, estimator):
        """Is told whose training it watches."""
        if estimator is None:
            raise ValueError("Missing estimator.")
        self._estimator = estimator

    def begin(self, max_steps=None):
        """Called before training."""
        if self._begun:
            raise ValueError("begin called twice without end.")
        self._max_steps, self._begun = max_steps, True

    def end(self, session=None):
        """Called after training."""
        if not self._begun:
            raise ValueError("end called without begin.")
        self._max_steps, self._begun = None, False

    def epoch_begin(self, epoch):
        """Never called: an estimator knows of no epochs."""

    def epoch_end(self, epoch):
        """Never called."""

    def step_begin(self, step):
        """Returns a list of tensors, or their names, to be run with the step."""
        if step < 0 or (self._max_steps is not None and step > self._max_steps):
            raise ValueError("Invalid step %s." % step)
        self._current_step = step
        return []

    def step_end(self, step, output):
        """Is given a dict of what it asked for; returns whether to stop."""
        if self._current_step != step:
            raise ValueError("step_end expected %s but got %s." % (self._current_step, step))
        self._current_step = None
        return False

    def post_step(self, step, session):
        """Called after `step_end` of all monitors."""


class EveryN(BaseMonitor):
    """Watches every n-th step, and the first ones; to derive from."""

    def __init__(self, every_n_steps=100, first_n_steps=1):
        super().__init__()
        self._every_n_steps, self._first_n_steps = every_n_steps, first_n_steps
        self._last_successful_step, self._last_active_step = None, 0
        self._every_n_step_begin_called = False

    def every_n_step_begin(self, step):
        """As `step_begin`, of a step that is watched."""
        return []

    def every_n_step_end(self, step, outputs):
        """As `step_end`, of a step that is watched."""
        return False

    def every_n_post_step(self, step, session):
        """As `post_step`, of a step that is watched."""

    def step_begin(self, step):
        """Calls `every_n_step_begin` if the step is watched."""
        super().step_begin(step)
        self._every_n_step_begin_called = (
            step <= self._first_n_steps or step == self._max_steps
            or step >= self._every_n_steps + self._last_active_step)
        return self.every_n_step_begin(step) if self._every_n_step_begin_called else []

    def step_end(self, step, output):
        """Calls `every_n_step_end` if the step is watched."""
        super().step_end(step, output)
        return self._every_n_step_begin_called and self.every_n_step_end(step, output)

    def post_step(self, step, session):
        """Calls `every_n_post_step` if the step is watched."""
        super().post_step(step, session)
        if self._every_n_step_begin_called:
            self.every_n_post_step(step, session)
            self._last_active_step = step
        self._last_successful_step = step

    def end(self, session=None):
        """Calls `every_n_post_step` of the last step."""
        super().end(session)
        if self._last_successful_step != self._last_active_step:
            self.every_n_post_step(self._last_successful_step, session)
