"""``tf1-recipes export --tensorboard``: TensorBoard itself reads what was written."""
import os
import subprocess
import sys

import numpy as np
import pytest

from tf1_recipes import cli
from tf1_recipes.recording.session_tap import TraceFile
from tf1_recipes.v1 import tf  # noqa: F401 (before TensorBoard's reader imports it otherwise)


@pytest.fixture(autouse=True)
def trace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = TraceFile("a.npz", {})
    for number, weights in ((0, [1, 2]), (1, [1.5, 2.5]), (5, [np.nan, 3.5])):
        file.step(number, [("variables", "net/w", np.float32(weights)),
                           ("variables", "step", np.int64(number)),
                           ("fetches", "loss", np.float32(number / 2)),
                           ("fetches", "wave", np.complex64(1j))], {})
    file.close({})


def run(folder="run"):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    found = accumulator.EventAccumulator(folder, size_guidance={
        accumulator.SCALARS: 0, accumulator.HISTOGRAMS: 0})
    return found.Reload()


def test_tensorboard_reads_scalars_and_histograms(capsys):
    pytest.importorskip("tensorboard")
    assert cli.main(["export", "a.npz", "--tensorboard", "run"]) == 0
    assert capsys.readouterr().out == "4 tags of 3 steps in run: tensorboard --logdir run\n"
    found = run()
    assert sorted(found.Tags()["scalars"]) == ["fetches/loss", "variables/step"]
    assert sorted(found.Tags()["histograms"]) == ["updates/net/w", "variables/net/w"]
    assert [(each.step, each.value) for each in found.Scalars("fetches/loss")] == [
        (0, 0.0), (1, 0.5), (5, 2.5)]
    weights = [each.histogram_value for each in found.Histograms("variables/net/w")]
    assert [(each.num, each.min, each.max, each.sum) for each in weights] == [
        (2, 1, 2, 3), (2, 1.5, 2.5, 4), (1, 3.5, 3.5, 3.5)]  # a NaN is in no bucket
    updates = found.Histograms("updates/net/w")
    assert [(each.step, each.histogram_value.sum) for each in updates] == [(1, 1.0), (5, 1.0)]
    assert sum(updates[0].histogram_value.bucket) == 2


@pytest.mark.parametrize("numbers", [
    [7.0], [1.0, np.nextafter(1.0, 2.0)], [-1.7e308, 1.7e308], [5e-324, 0.0], [np.inf, np.nan], []])
def test_any_numbers_make_a_histogram(capsys, numbers):
    pytest.importorskip("tensorboard")
    file = TraceFile("b.npz", {})
    for number in range(2):
        file.step(number, [("variables", "w", np.float64(numbers))], {})
    file.close({})
    assert cli.main(["export", "b.npz", "--tensorboard", "run"]) == 0
    finite = [each for each in numbers if np.isfinite(each)]
    for each in run().Histograms("variables/w"):
        assert sum(each.histogram_value.bucket) == each.histogram_value.num == len(finite)
        assert not finite or each.histogram_value.bucket_limit[-1] >= max(finite)


def test_nothing_is_overwritten(capsys):
    pytest.importorskip("tensorboard")
    assert cli.main(["export", "a.npz", "--tensorboard", "run"]) == 0
    file, = os.listdir("run")
    before = os.stat(os.path.join("run", file)).st_mtime_ns
    capsys.readouterr()
    assert cli.main(["export", "a.npz", "--tensorboard", "run"]) == 2
    assert capsys.readouterr().err == (
        "tf1-recipes: --tensorboard run: there is a run already, %s: name a new folder\n" % file)
    assert os.stat(os.path.join("run", file)).st_mtime_ns == before


@pytest.mark.parametrize("folder, message", [
    ("a.npz", "cannot write to --tensorboard a.npz: File exists"),
    ("a.npz/run", "cannot write to --tensorboard a.npz/run: Not a directory"),
])
def test_a_folder_that_is_none_is_one_line(capsys, folder, message):
    pytest.importorskip("tensorboard")
    with open("a.npz", "rb") as file:
        before = file.read()
    assert cli.main(["export", "a.npz", "--tensorboard", folder]) == 2
    assert capsys.readouterr().err == "tf1-recipes: %s\n" % message
    with open("a.npz", "rb") as file:
        assert file.read() == before


def test_a_trace_that_cannot_be_read_leaves_no_folder(capsys):
    pytest.importorskip("tensorboard")
    assert cli.main(["export", "none.npz", "--tensorboard", "run"]) == 2
    assert "none.npz cannot be read" in capsys.readouterr().err
    assert not os.path.exists("run")


def test_a_damaged_step_leaves_no_run(capsys):
    pytest.importorskip("tensorboard")
    with open("a.npz", "rb") as file:
        whole = file.read()
    with open("a.npz", "wb") as file:
        file.write(whole.replace(np.float32([1.5, 2.5]).tobytes(), np.float32([1.5, 9]).tobytes()))
    assert cli.main(["export", "a.npz", "--tensorboard", "run"]) == 2
    assert "its checksum is wrong" in capsys.readouterr().err
    assert os.listdir("run") == []


def test_without_tensorboard_one_line_says_what_to_install(monkeypatch, capsys):
    for name in list(sys.modules):
        if name.split(".")[0] == "tensorboard":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    assert cli.main(["export", "a.npz", "--tensorboard", "run"]) == 2
    assert capsys.readouterr().err == (
        "tf1-recipes: export --tensorboard needs tensorboard: pip install tensorboard\n")


def test_it_needs_no_tensorflow():
    pytest.importorskip("tensorboard")
    code = ("from tf1_recipes.cli import main; import sys\n"
            "print(main(['export', 'a.npz', '--tensorboard', 'run']), 'tensorflow' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 False"
