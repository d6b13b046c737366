"""The hook: under MonitoredTrainingSession and under an estimator, step by step."""
import os

import numpy as np
import pytest

from tests.small_trainings import both_kinds, variable
from tests.tap_scripts import values
from tf1_recipes.errors import Error
from tf1_recipes.recording.hook import RecordingHook
from tf1_recipes.recording.sessions import record_sessions
from tf1_recipes.v1 import tf

pytestmark = pytest.mark.usefixtures("graph")


def halving(use_resource=False):
    """A training whose only weight is 8, 4, 2 ...: loss = w^2 / 4, whose gradient is w / 2."""
    step = tf.train.get_or_create_global_step()
    w = variable("w", 8.0, use_resource)
    loss = tf.divide(tf.square(w), 4.0, name="loss")
    return loss, tf.train.GradientDescentOptimizer(1.0).minimize(loss, step)


@both_kinds
def test_under_a_monitored_training_session(use_resource):
    loss, train = halving(use_resource)
    hook = RecordingHook(None, fetches=["loss"])
    hooks = [hook, tf.train.StopAtStepHook(3)]
    with tf.train.MonitoredTrainingSession(hooks=hooks) as session:
        while not session.should_stop():
            session.run(train)
    assert values(hook.trace, "w") == {0: 8.0, 1: 4.0, 2: 2.0, 3: 1.0}
    assert values(hook.trace, "global_step") == {0: 0, 1: 1, 2: 2, 3: 3}
    losses = values(hook.trace, "loss", "fetches")
    # Whether a fetch beside the train op reads the weight before or after it, is left to chance.
    assert sorted(losses) == [1, 2, 3] and losses[1] in (16.0, 4.0)


def test_it_records_what_a_recording_of_all_sessions_does():
    _, train = halving()
    hook = RecordingHook(None)
    with record_sessions() as trace, \
            tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
        for _ in range(2):
            session.run(train)
    assert values(hook.trace, "w") == values(trace, "w") == {0: 8.0, 1: 4.0, 2: 2.0}
    assert [step.facts for step in hook.trace] == [step.facts for step in trace]


def test_it_hears_its_own_session_only():
    _, train = halving()
    hook = RecordingHook(None)
    with tf.Session() as other:
        other.run(tf.global_variables_initializer())
        with tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
            session.run(train)
            other.run(train)
    assert values(hook.trace, "w") == {0: 8.0, 1: 4.0}


def test_restored_weights_are_the_first_step(tmp_path):
    _, train = halving()
    for expected in ({0: 8.0, 1: 4.0, 2: 2.0}, {0: 2.0, 1: 1.0, 2: 0.5}):
        hook = RecordingHook(None)
        with tf.train.MonitoredTrainingSession(
                checkpoint_dir=str(tmp_path), hooks=[hook], save_checkpoint_steps=2,
                log_step_count_steps=None) as session:
            for _ in range(2):
                session.run(train)
        assert values(hook.trace, "w") == expected


class LosesTheSessionOnce(tf.train.SessionRunHook):
    lost = False

    def after_run(self, run_context, run_values):
        if not self.lost:
            self.lost = True
            raise tf.errors.AbortedError(None, None, "the worker went away")


def test_a_recovered_session_goes_on_in_the_trace():
    _, train = halving()
    hook = RecordingHook(None)
    with tf.train.MonitoredTrainingSession(hooks=[hook, LosesTheSessionOnce()]) as session:
        session.run(train)  # is lost after it; without a checkpoint, all begins anew
        session.run(train)
    assert values(hook.trace, "w") == {0: 8.0, 1: 4.0, 2: 8.0, 3: 4.0, 4: 2.0}
    assert [step.facts["session"] for step in hook.trace] == [0, 0, 1, 1, 1]


def test_a_path_becomes_a_file(tmp_path):
    path = str(tmp_path / "run.npz")
    _, train = halving()
    hook = RecordingHook(path, every=2, variables="w")
    with tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
        for _ in range(4):
            session.run(train)
    with np.load(path, allow_pickle=False) as file:
        assert [name for name in file.files if "/variables/" in name] == [
            "0/variables/w", "2/variables/w", "4/variables/w"]
    with pytest.raises(Error, match="this hook has recorded into .*run.npz already"):
        tf.train.MonitoredTrainingSession(hooks=[hook]).close()


@pytest.mark.parametrize("name", ["run.npz", "run.json"])
def test_a_path_is_what_it_was_when_the_hook_was_made(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    _, train = halving()
    hook = RecordingHook(name)
    os.chdir("other")
    with tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
        session.run(train)
    assert sorted(os.listdir(str(tmp_path))) == ["other", name] and os.listdir() == []


def test_training_that_fails_leaves_the_steps_so_far(tmp_path):
    path = str(tmp_path / "run.npz")
    _, train = halving()
    hook = RecordingHook(path)
    with pytest.raises(ZeroDivisionError), \
            tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
        session.run(train)
        raise ZeroDivisionError
    assert os.listdir(str(tmp_path)) == ["run.npz.partial"]
    hook.close()
    assert os.listdir(str(tmp_path)) == ["run.npz"]
    with np.load(path, allow_pickle=False) as file:
        assert file["1/variables/w"] == 4.0
    hook.close()


def test_what_cannot_be_is_said():
    loss, train = halving()
    with pytest.raises(Error, match="fetches: 'losses' matches no tensor; the closest are 'loss'.*"
                                    "; 'nothing' matches no tensor"):
        tf.train.MonitoredTrainingSession(
            hooks=[RecordingHook(None, fetches=["losses", "nothing", "loss"])])
    hook = RecordingHook(None, variables="v")
    with pytest.raises(Error, match="nothing was recorded: 'v' matches no variable"), \
            tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
        session.run(train)
    with pytest.raises(Error, match="nothing was recorded: no Session.run changed a variable"), \
            tf.train.MonitoredTrainingSession(hooks=[RecordingHook(None)]) as session:
        session.run(loss)


def estimators():
    if tf.__version__.startswith("1."):
        return tf.estimator
    from tf1_recipes.legacy import estimator
    return estimator


def test_under_an_estimator(tmp_path):
    estimator = estimators()

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", initializer=8.0)
        loss = tf.reduce_mean(tf.square(w) / 4.0 * features, name="mean")
        train = tf.train.GradientDescentOptimizer(1.0).minimize(
            loss, tf.train.get_global_step())
        return estimator.EstimatorSpec(mode, loss=loss, train_op=train)

    def input_fn():
        return tf.data.Dataset.from_tensors([1.0]).repeat()

    hook = RecordingHook(None, fetches=["mean"])
    model = estimator.Estimator(model_fn, str(tmp_path))
    model.train(input_fn, hooks=[hook], steps=2)
    assert values(hook.trace, "w") == {0: 8.0, 1: 4.0, 2: 2.0}
    assert values(hook.trace, "global_step") == {0: 0, 1: 1, 2: 2}
    assert sorted(values(hook.trace, "mean", "fetches")) == [1, 2]
    model.evaluate(input_fn, steps=1)
    # A further call goes on from the checkpoint, in a session of its own, in the same trace.
    model.train(input_fn, hooks=[hook], steps=1)
    assert values(hook.trace, "w") == {0: 8.0, 1: 4.0, 2: 2.0, 3: 2.0, 4: 1.0}
    assert [step.facts["session"] for step in hook.trace] == [0, 0, 0, 1, 1]
