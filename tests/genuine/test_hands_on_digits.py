"""Chapter 11's nets at their real size, on genuine 1.15.5 and on today's TensorFlow."""
import re
from pathlib import Path

import pytest

from tf1_recipes.recording.command import record
from tf1_recipes.traces import compare_traces, open_trace
from tf1_recipes.traces.element_differences import Tolerance

EXAMPLES = Path(__file__).resolve().parents[2] / "legacy_examples"

# Some thousand steps of elu nets. Matrix products are added in another order and exponentials are
# rounded otherwise; a smooth net carries that on. Measured at the worst, see each test; the
# tolerance leaves room for other processors.
TOLERANCE = Tolerance(atol=1e-4)


def on_both(script, arguments, genuine, folder, capfd, every):
    """The two traces and what the two runs printed."""
    pytest.importorskip("sklearn")
    traces, printed = [], []
    for name, python in (("genuine", genuine("1.15.5")), ("today", None)):
        path = str(folder / (name + ".npz"))
        settings = {"python": python} if python else {}
        assert record(str(EXAMPLES / script), arguments, path, every=every, **settings) == 0
        traces.append(open_trace(path))
        printed.append(capfd.readouterr().out.splitlines())
    return traces, printed


def test_4260_steps_of_smooth_nets_agree_within_the_stated_tolerance(genuine, tmp_path, capfd):
    traces, printed = on_both("hands_on_digits.py", ["--activation", "elu"], genuine, tmp_path,
                              capfd, every=71)
    comparison = compare_traces(*traces, TOLERANCE)  # measured: 5.4e-7, in a weight
    assert comparison.agrees, comparison.first
    assert comparison.steps == 63  # 3 x 20 epochs of 71 steps, the last of each, and three starts
    assert printed[0] == printed[1]
    assert len(printed[0]) == 3 + 60


def test_relu_nets_agree_but_for_some_images(genuine, tmp_path, capfd):
    # A relu's slope jumps where its input is 0. Of the four million inputs in these 426 steps, some
    # are rounded to another side of it: each moves a weight by some 1e-5. Of the 360 test images
    # some are then told otherwise (measured: 2, after three epochs); 0.05 are 18.
    _, printed = on_both("hands_on_digits.py", ["--epochs", "2"], genuine, tmp_path, capfd,
                         every=142)
    for then, now in zip(*printed):
        accuracy = re.compile(r"\d Test accuracy: ")
        assert accuracy.sub("", then) == accuracy.sub("", now) or float(
            accuracy.sub("", then)) == pytest.approx(float(accuracy.sub("", now)), abs=0.05)
    assert printed[0][:3] == printed[1][:3]


def test_auxiliary_tasks_agree_within_the_stated_tolerance(genuine, tmp_path, capfd):
    traces, printed = on_both("auxiliary_digits.py", [], genuine, tmp_path, capfd, every=50)
    comparison = compare_traces(*traces, TOLERANCE)  # measured: 6.4e-6, in a weight
    assert comparison.agrees, comparison.first
    assert printed[0][-5:] == printed[1][-5:]


def test_machines_agree_but_for_some_images(genuine, tmp_path, capfd):
    # Their draws are compared with probabilities that are rounded otherwise: of some ten million,
    # a few fall to the other side. Measured: 0.001 in a mean accuracy.
    _, printed = on_both("rbm_digits.py", [], genuine, tmp_path, capfd, every=1000)
    for then, now in zip(*(lines[-3:] for lines in printed)):
        accuracies = [[float(each) for each in re.findall(r"0\.\d+", line)] for line in (then, now)]
        assert accuracies[0] == pytest.approx(accuracies[1], abs=0.02)
    assert printed[0][-3] == printed[1][-3]  # from scratch
