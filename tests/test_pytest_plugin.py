"""The fixture in a user's tests: pytest runs in pytest, and what it says is checked."""
import os
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.guide import pages
from tf1_recipes.recording.project_tolerances import project_tolerances
from tf1_recipes.recording.session_tap import TraceFile
from tf1_recipes.traces import MemoryTrace, open_trace, write_json
from tf1_recipes.traces.stored import MOST_NUMBERS_IN_JSON
from tf1_recipes.v1 import tf

pytest_plugins = ["pytester"]

# `value` stands for what the training under test gives; the steps are those of two updates.
MODULE = """
    import os
    import numpy as np
    import pytest
    from tf1_recipes import Tolerance
    from tf1_recipes.traces import MemoryTrace

    VALUE = float(os.environ.get("VALUE", 1))

    def trained(value=VALUE, size=2):
        trace = MemoryTrace()
        for number in range(3):
            trace.step(number, [("variables", "w", np.full(size, number * value)),
                                ("feeds", "x", np.ones(1))], {"session": 0})
        return trace
    """


@pytest.fixture
def run(pytester, monkeypatch):
    """Writes a module of tests, if one is given, and runs it; the run's value is 1 or given."""
    def run(tests=None, *options, value=1, **expected):
        if tests is not None:
            pytester.makepyfile(test_net=textwrap.dedent(MODULE) + textwrap.dedent(tests))
        monkeypatch.setenv("VALUE", str(value))
        monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
        done = pytester.runpytest_inprocess("-p", "tf1_recipes.recording.pytest_plugin", *options)
        done.assert_outcomes(**expected)
        return done.stdout.str()
    run.folder = pytester.path / "test_net"
    return run


def files(run):
    return sorted(os.listdir(str(run.folder)))


ONE = """
    def test_train(trace_regression):
        trace_regression(trained())
    """


def test_the_first_run_writes_and_fails_and_later_ones_compare(run):
    said = run(ONE, failed=1)
    assert ("E       Failed: there was no stored trace for this; it was written:\n"
            "E         test_net/test_train.json\n"
            "E       If it is right, commit it and run the test again.\n") in said
    assert files(run) == ["test_train.json"]
    assert open_trace(str(run.folder / "test_train.json"))[2].arrays("variables")[
        "w"].tolist() == [2.0, 2.0]
    assert "traces stored" not in run(passed=1)


def test_the_message_of_a_difference(run, tmp_path_factory):
    run(ONE, failed=1)
    base = tmp_path_factory.mktemp("base") / "tmp"
    said = run(None, "--basetemp", str(base), value=1.5, failed=1)
    message = "\n".join(line[8:] for line in said.splitlines() if line.startswith("E       "))
    message, why, advice = re.split("(Why they differ.*?)\n\n(?=Step by step)", message, flags=re.S)
    assert why.startswith("Why they differ (A is the stored trace, B the obtained one):\n\n"
                          "1. Different learning rate (step 1, confidence ")
    assert "B's updates are 1.5 times A's" in why
    assert message + advice == textwrap.dedent("""\
        Failed: the trace is not the stored one: 1 of 2 tensors differ, from step 1 on

          Matching:  feeds/x
          Differing: variables/w
          New:       none
          Missing:   none

        variables/w, float64 [2], tolerance 0 ULP
          differs from step 1 on, at 2 of 3 steps
          differing numbers   4 of 6 (66.7%)
          largest difference  1  (2251799813685248 ULP)
          mean difference     0.75  of those that differ
            step  index                 stored        obtained  difference       ULP
               2  [0]                      2.0             3.0           1   2.3e+15
               2  [1]                      2.0             3.0           1   2.3e+15
               1  [0]                      1.0             1.5         0.5   2.3e+15
               1  [1]                      1.0             1.5         0.5   2.3e+15

        Step by step:      tf1-recipes compare test_net/test_train.json {0}
        To replace it:     pytest --trace-update test_net.py::test_train""").format(
            base / "test_train0" / "obtained" / "test_train.json")
    obtained = open_trace(str(base / "test_train0" / "obtained" / "test_train.json"))
    assert obtained[1].arrays("variables")["w"].tolist() == [1.5, 1.5]
    assert ">       trace_regression(trained())" in said, "the test's own line is shown"
    run(passed=1)  # what is stored was left alone


def test_trace_update_writes_anew_what_differs_and_says_so(run):
    assert "wrote test_net/test_train.json" in run(ONE, "--trace-update", passed=1)
    before = os.stat(str(run.folder / "test_train.json")).st_mtime_ns
    assert "traces stored" not in run(None, "--trace-update", passed=1)
    assert os.stat(str(run.folder / "test_train.json")).st_mtime_ns == before
    said = run(None, "--trace-update", value=2, passed=1)
    assert "= traces stored =" in said and "\nrewrote test_net/test_train.json\n" in said
    run(value=2, passed=1)
    (run.folder / "test_train.json").write_text("damaged")
    assert "TraceError" in run(value=2, failed=1)
    run(None, "--trace-update", value=2, passed=1)
    run(value=2, passed=1)


def test_large_traces_are_archives(run):
    large = """
        def test_train(trace_regression):
            trace_regression(trained(size=%d), kinds=["variables"])
        """
    size = MOST_NUMBERS_IN_JSON // 3
    run(large % size, failed=1)
    assert files(run) == ["test_train.json"]
    run(large % (size + 1), failed=1)
    assert files(run) == ["test_train.json"]
    run(None, "--trace-update", passed=1)
    assert files(run) == ["test_train.npz"]
    run(passed=1)
    assert "largest difference  2 " in run(value=2, failed=1)
    run(large % size, "--trace-update", passed=1)
    assert files(run) == ["test_train.json"]
    (run.folder / "test_train.npz").write_bytes(b"")
    assert "test_train.npz: delete one" in run(failed=1)


def test_parameters_classes_and_several_traces_have_files_of_their_own(run):
    run("""
        @pytest.mark.parametrize("rate", [0.1, 0.01])
        @pytest.mark.parametrize("name", ["a/b", "a_b", "x" * 300])
        def test_rate(trace_regression, name, rate):
            trace_regression(trained(rate + len(name)))

        class TestNet:
            def test_two(self, trace_regression):
                trace_regression(trained(1))
                trace_regression(trained(2), "second")

        class TestOther:
            def test_two(self, trace_regression):
                trace_regression(trained(3))
        """, "--trace-update", passed=8)
    names = files(run)
    assert len(names) == 9
    assert {"TestNet.test_two.json", "TestNet.test_two+second.json", "TestOther.test_two.json",
            "test_rate-a_b-0.1.json", "test_rate-a_b-0.01.json"} < set(names)
    assert max(map(len, names)) < 130
    run(passed=8)


def test_tolerances_are_given_by_pattern(run):
    run("""
        def test_train(trace_regression):
            trace_regression(trained(), tolerance={"w": Tolerance(atol=0.1)})
        def test_all(trace_regression):
            trace_regression(trained(), tolerance=Tolerance(ulp=4))
        """, "--trace-update", passed=2)
    run(None, "-k", "test_train", value=1.04, passed=1, deselected=1)
    said = run(None, value=1.06, failed=2)
    assert "variables/w, float64 [2], tolerance 0.1 + 0 * |b|" in said
    assert "test_all.json --ulp 4\n" in said
    run(None, value=1.0 + 4 * 2.0 ** -52, passed=2)


def test_what_is_called_wrongly_is_said(run):
    said = run("""
        @pytest.mark.parametrize("number, arguments", enumerate([
            (3,), (MemoryTrace(),), (trained(), "a/b"), (trained(), None, {"v": Tolerance()}),
            (trained(), None, None, ["fetches"]), ("no.npz",), (trained(), None, 0.1)]))
        def test_one(trace_regression, number, arguments):
            trace_regression(*arguments)
        def test_twice(trace_regression):
            trace_regression(trained())
            trace_regression(trained())
        """, "--trace-update", failed=8)
    for message in ("3 is neither a trace nor the path of one",
                    "the trace has no variables or fetches or feeds in any step",
                    "name 'a/b': it becomes a part of a file's name",
                    "tolerance: 'v' matches no tensor",
                    "the trace has no fetches in any step",
                    "no.npz cannot be read: No such file",
                    "tolerance: 0.1 is neither a Tolerance nor a dict {pattern: Tolerance}",
                    "this test has compared a trace without a name already"):
        assert message in said
    assert files(run) == ["test_twice.json"]


def test_traces_in_files_are_taken_from_whoever_wrote_them(run, tmp_path):
    trace = MemoryTrace()
    file = TraceFile(str(tmp_path / "run.npz"), {})
    for sink in (trace, file):
        sink.step(0, [("variables", "w", np.float32([1.0]))], {"session": 0})
    file.close({})
    write_json(trace, str(tmp_path / "run.json"))
    tests = """
        import pathlib
        class Writer:
            path = %(archive)r
        @pytest.mark.parametrize("trace", [%(archive)r, pathlib.Path(%(text)r), Writer()],
                                 ids=["archive", "text", "writer"])
        def test_file(trace_regression, trace):
            trace_regression(trace)
        """ % {"archive": str(tmp_path / "run.npz"), "text": str(tmp_path / "run.json")}
    closed = ["-W", "error::ResourceWarning",
              "-W", "error::pytest.PytestUnraisableExceptionWarning"]
    run(tests, *closed, "--trace-update", passed=3)
    run(None, *closed, passed=3)
    trace = MemoryTrace()
    trace.step(0, [("variables", "w", np.float32([2.0]))], {"session": 0})
    write_json(trace, str(tmp_path / "run.json"))
    said = run(passed=2, failed=1)
    assert "tf1-recipes compare test_net/test_file-text.json %s\n" % (tmp_path / "run.json") in said


@pytest.mark.parametrize("ending", [".json", ".npz"])
@pytest.mark.parametrize("option", ["", "--trace-update"])
def test_the_stored_trace_itself_is_nothing_to_compare(run, ending, option):
    """It would agree always; and of two forms, the one that is given would be removed."""
    run.folder.mkdir()
    path = run.folder / ("test_train" + ending)
    trace = MemoryTrace()
    trace.step(0, [("variables", "w", np.ones(2))], {"session": 0})
    if ending == ".json":
        write_json(trace, str(path))
    else:
        file = TraceFile(str(path), {})
        file.step(0, [("variables", "w", np.ones(2))], {"session": 0})
        file.close({})
    before = path.read_bytes()
    text = run("""
        def test_train(trace_regression):
            trace_regression("test_net/test_train%s")
        """ % ending, *[option] * bool(option), failed=1)
    assert "test_train%s is the stored trace of this test itself: give it the one" % ending in text
    assert path.read_bytes() == before and files(run) == [path.name]


def test_workers_of_xdist_write_and_list_as_one_process_does(run, pytester):
    pytest.importorskip("xdist")
    pytester.makepyfile(test_net=textwrap.dedent(MODULE) + textwrap.dedent("""
        @pytest.mark.parametrize("number", range(6))
        def test_train(trace_regression, number):
            trace_regression(trained(number))
        """))
    command = ["-p", "tf1_recipes.recording.pytest_plugin", "-n", "2"]
    done = pytester.runpytest_subprocess(*command, "--trace-update", timeout=300)
    done.assert_outcomes(passed=6)
    done.stdout.fnmatch_lines(["wrote test_net/test_train-%d.json" % number for number in range(6)])
    assert len(files(run)) == 6
    pytester.runpytest_subprocess(*command, timeout=300).assert_outcomes(passed=6)


def test_a_training_is_recorded_and_compared(run):
    assert tf.__version__  # imported here: pytester forgets what its own runs import
    run("""
        import tf1_recipes
        from tf1_recipes.v1 import tf

        def test_train(trace_regression):
            with tf.Graph().as_default():
                w = tf.get_variable("w", initializer=[2.0, 4.0])
                loss = tf.reduce_sum(tf.square(w))
                train = tf.train.GradientDescentOptimizer(VALUE / 4).minimize(loss)
                with tf1_recipes.record_sessions() as trace, tf.Session() as session:
                    session.run(tf.global_variables_initializer())
                    for _ in range(3):
                        session.run(train)
            trace_regression(trace)
        """, failed=1)
    assert open_trace(str(run.folder / "test_train.json"))[3].arrays("variables")[
        "w"].tolist() == [0.25, 0.5]
    run(passed=1)
    assert "variables/w, float32 [2], tolerance 0 ULP\n" in run(value=2, failed=1)


def test_the_guide_s_test_runs_as_it_stands(pytester):
    page = pages()["regression-tests"].text
    code = re.search("```python\n(.*?)```", page, re.S).group(1)
    pytester.makepyfile(test_net="import os\n" + code.replace(
        "GradientDescentOptimizer(0.1)", "GradientDescentOptimizer(float(os.environ['RATE']))"))
    with pytest.MonkeyPatch.context() as patch:
        for rate, outcome in ((0.1, "failed"), (0.1, "passed"), (0.2, "failed")):
            patch.setenv("RATE", str(rate))
            with tf.Graph().as_default():
                done = pytester.runpytest_inprocess("-p", "tf1_recipes.recording.pytest_plugin")
            done.assert_outcomes(**{outcome: 1})
    assert (pytester.path / "test_net" / "test_training.json").exists()
    done.stdout.fnmatch_lines(["*Differing: variables/dense/kernel, fetches/loss"])


def project(run, section):
    Path(run.folder.parent, "pyproject.toml").write_text(textwrap.dedent(section))


@pytest.mark.parametrize("section, passes", [
    ("[tool.other]\ntf1_recipes = 1", False),
    ("[tool.tf1_recipes]\nrtol = 0.5", True),
    ("[tool.tf1_recipes]\nrtol = 0.1", False),
    ("[tool.tf1_recipes]\nulp = 2251799813685248", True),
    ("[tool.tf1_recipes.tolerances]\nw = {atol = 1.0}", True),
    ("[tool.tf1_recipes.tolerances]\n'variables/w' = {atol = 1}", True),
    ("[tool.tf1_recipes.tolerances]\nx = {atol = 1.0}", False),
    ("[tool.tf1_recipes]\natol = 1.0\n[tool.tf1_recipes.tolerances]\nw = {ulp = 1}", False),
    ("[tool.tf1_recipes]\natol = 1.0\n[tool.tf1_recipes.tolerances]\nv = {ulp = 1}", True),
])
def test_a_project_has_its_own_tolerances(run, section, passes):
    project(run, section)
    run(ONE, failed=1)
    run(None, value=1.5, **{"passed" if passes else "failed": 1})


@pytest.mark.parametrize("given, passes", [
    ("Tolerance()", False), ("{'w': Tolerance()}", False), ("{'x': Tolerance()}", True)])
def test_what_a_test_gives_itself_comes_first(run, given, passes):
    project(run, "[tool.tf1_recipes]\natol = 1.0")
    run("""
        def test_train(trace_regression):
            trace_regression(trained(), tolerance=%s)
        """ % given, failed=1)
    run(None, value=1.5, **{"passed" if passes else "failed": 1})


@pytest.mark.parametrize("section, message", [
    ("[tool.tf1_recipes]\nrtoll = 1", "there is no key 'rtoll'; did you mean rtol?"),
    ("[tool.tf1_recipes]\nxyz = 1", "there is no key 'xyz', but ulp, rtol, atol, "
                                    "tolerances"),
    ("[tool.tf1_recipes]\nulp = 1.5\nrtol = -1\natol = nan",
     "ulp = 1.5: it must be a whole number >= 0; rtol = -1: it must be a finite number >= 0; "
     "atol = nan: it must be a finite number >= 0"),
    ("[tool.tf1_recipes]\nulp = true", "ulp = True: it must be a whole number >= 0"),
    ("[tool.tf1_recipes]\ntolerances = 3", "tolerances: it must be a table of patterns, not 3"),
    ("[tool]\ntf1_recipes = 3", "it must be a table such as {ulp = 4}, not 3"),
    ("[tool.tf1_recipes.tolerances]\nw = 4", "tolerances.'w': it must be a table such as "
                                             "{ulp = 4}, not 4"),
    ("[tool.tf1_recipes.tolerances]\nw = {ulps = 4}", "tolerances.'w': there is no key 'ulps'; did "
                                                      "you mean ulp?"),
    ("[tool.tf1_recipes.tolerances]\n'(' = {ulp = 4}",
     "tolerance: '(' is not a regular expression: missing ), unterminated subpattern at position "
     "0"),
])
def test_a_mistake_in_the_project_s_file_is_one_error(pytester, section, message):
    pytester.makepyprojecttoml(section)
    done = pytester.runpytest_inprocess("-p", "tf1_recipes.recording.pytest_plugin")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([("ERROR: %s, [tool.tf1_recipes]: %s" % (
        pytester.path / "pyproject.toml", message)).replace("[", "[[]")])


def test_a_project_s_file_that_is_not_toml_is_one_error(pytester):
    (pytester.path / "pyproject.toml").write_text("[tool.tf1_recipes\n")
    with pytest.raises(Error, match="pyproject.toml is not valid TOML: "):
        project_tolerances(pytester.path / "pyproject.toml")
