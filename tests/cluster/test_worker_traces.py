"""A recorded worker, and one that is killed: what the training was, step by step.

All numbers of the script are exact (see there), so that trainings are compared to the bit.
"""
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes import compare_traces, open_trace

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("user_script.py")
STEPS = 6

pytestmark = pytest.mark.long


def command(folder, *arguments, status=0):
    """Runs a command of ours in a folder; returns the lines of its stdout."""
    done = subprocess.run([sys.executable, "-m", "tf1_recipes", *arguments], cwd=folder,
                          env=dict(os.environ, PYTHONPATH=str(ROOT)), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=400)
    assert done.returncode == status, done.stderr[-3000:]
    return done.stdout.splitlines()


def cluster(folder, *options, script=(), status=0):
    return command(folder, "cluster", "--ps", "2", "--timeout", "300", *options, str(SCRIPT),
                   "--steps", str(STEPS), *script, status=status)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The trace of the script without a cluster."""
    folder = tmp_path_factory.mktemp("alone")
    command(folder, "record", str(SCRIPT), "-o", "alone.npz", "--", "--steps", str(STEPS))
    return open_trace(str(folder / "alone.npz"))


def by_global_step(trace):
    """{global step: its variables} of the steps that write weights, and of the first state."""
    return {step.arrays("variables")["global_step"].item(): step.arrays("variables")
            for step in trace if step.facts.get("initial") or "w/part_0" in step.facts["writes"]}


def assert_same_steps(found, alone):
    """Asserts that each step left the same weights and slots, to the bit."""
    expected = by_global_step(alone)
    assert sorted(expected) == list(range(STEPS + 1))
    for number, variables in found.items():
        assert set(variables) == {"global_step", "w/part_0", "w/part_1", "w/part_0/Momentum",
                                  "w/part_1/Momentum"}
        for name, value in variables.items():
            np.testing.assert_array_equal(value, expected[number][name])


@pytest.mark.parametrize("worker", [0, 1])
def test_the_trace_of_a_worker_is_that_of_the_script_alone(alone, tmp_path, worker):
    """Worker 1 initialises nothing: what it finds on the servers is its first state."""
    options = ["--workers", str(worker + 1), "--record", "traces", "--record-worker", str(worker)]
    cluster(tmp_path, *options, script=["--trained_by", str(worker)])
    assert os.listdir(tmp_path / "traces") == ["worker-%d.npz" % worker]
    trace = open_trace(str(tmp_path / "traces" / ("worker-%d.npz" % worker)))
    assert_same_steps(by_global_step(trace), alone)
    comparison = compare_traces(alone, trace)
    assert comparison.agrees, str(comparison)


def test_the_trace_of_an_averaging_chief_has_every_update_once(alone, tmp_path):
    """Its own runs are steps, too: they write the local step. The update is its queue runner's."""
    cluster(tmp_path, "--workers", "2", "--record", "traces", script=["--sync"])
    trace = open_trace(str(tmp_path / "traces" / "worker-0.npz"))
    updates = [step.arrays("variables") for step in trace if "w/part_0" in step.facts["writes"]]
    assert [each["global_step"].item() for each in updates] == list(range(1, STEPS + 1))
    for name in ("w/part_0", "w/part_1"):  # until then a worker can give one gradient only
        np.testing.assert_array_equal(updates[0][name], by_global_step(alone)[1][name])


@pytest.mark.parametrize("every", [1, 4])
def test_a_killed_chief_goes_on_from_the_checkpoint(alone, tmp_path, every):
    """It is killed after step 5. From a checkpoint at step 4 that step is made again, of the same
    weights: the servers, which have made it, are set back."""
    out = cluster(tmp_path, "--restarts", "1", "--record", "traces",
                  script=["--checkpoints", "saved", "--save_every", str(every),
                          "--die_after", "5"])
    first, second = (open_trace(str(tmp_path / "traces" / name))
                     for name in ("worker-0.npz", "worker-0.restart-1.npz"))
    saved = 5 if every == 1 else 4
    assert sorted(by_global_step(first)) == [0, 1, 2, 3, 4, 5]
    assert sorted(by_global_step(second)) == list(range(saved, STEPS + 1))
    assert len(first) == 6
    assert len(second) == STEPS - saved + 1
    for trace in (first, second):
        assert_same_steps(by_global_step(trace), alone)
    losses = dict(line.split()[4::2] for line in out if " | step " in line)
    assert len(losses) == STEPS


def test_a_chief_may_be_killed_at_any_moment(alone, tmp_path):
    """From outside, in the middle of whatever follows the line "step 3", up to step 5."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tf1_recipes", "cluster", "--ps", "2", "--timeout", "300",
         "--restarts", "1", "--record", "traces", str(SCRIPT), "--steps", str(STEPS),
         "--checkpoints", "saved", "--wait_after", "5"],
        cwd=tmp_path, env=dict(os.environ, PYTHONPATH=str(ROOT)), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with process:
        killed = False
        for line in process.stdout:
            words = line.split()[3:]
            if words[:1] == ["process"]:
                number = int(words[1])
            elif words[:2] == ["step", "3"] and not killed:
                os.kill(number, signal.SIGKILL)
                (tmp_path / "died").touch()
                killed = True
    assert (process.returncode, killed) == (0, True)
    first, second = (by_global_step(open_trace(str(tmp_path / "traces" / name)))
                     for name in ("worker-0.npz", "worker-0.restart-1.npz"))
    # A checkpoint is written behind each step: there is no gap, and one step at most is made again.
    assert max(first) >= 3
    assert min(second) in (max(first), max(first) - 1)
    assert max(second) == STEPS
    assert_same_steps(first, alone)
    assert_same_steps(second, alone)


def test_a_killed_worker_goes_on_from_what_the_servers_hold(alone, tmp_path):
    cluster(tmp_path, "--workers", "2", "--restarts", "1", "--record", "traces",
            "--record-worker", "1", script=["--trained_by", "1", "--die_after", "3"])
    first, second = (by_global_step(open_trace(str(tmp_path / "traces" / name)))
                     for name in ("worker-1.npz", "worker-1.restart-1.npz"))
    assert (sorted(first), sorted(second)) == ([0, 1, 2, 3], [3, 4, 5, 6])
    assert_same_steps(first, alone)
    assert_same_steps(second, alone)


def test_a_cluster_that_ended_goes_on_when_it_is_started_again(alone, tmp_path):
    script = ["--checkpoints", "saved", "--die_after", "3"]
    cluster(tmp_path, "--record", "first", script=script, status=128 + 9)
    cluster(tmp_path, "--record", "second", script=script)
    first, second = (by_global_step(open_trace(str(tmp_path / name / "worker-0.npz")))
                     for name in ("first", "second"))
    assert (sorted(first), sorted(second)) == ([0, 1, 2, 3], [3, 4, 5, 6])
    assert_same_steps(first, alone)
    assert_same_steps(second, alone)
