r"""Regular expressions and changes from outside: a documented error, in bounded time, or right."""
import json
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf1_recipes import cli
from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.graph.variable_selection import matches
from tf1_recipes.recording.hook import RecordingHook
from tf1_recipes.recording.session_tap import TapError, matching
from tf1_recipes.recording.sessions import record_sessions
from tf1_recipes.traces import MemoryTrace, compare_traces, open_trace
from tf1_recipes.traces.files import write_json
from tf1_recipes.traces.map_file import read_map, rules_of
from tf1_recipes.traces.mapped import map_traces
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.untrusted import patterns
from tf1_recipes.untrusted.patterns import PatternError, Patterns, check_variables
from tf1_recipes.v1 import tf

NAME = "a" * 60 + "!"
TOO_LONG = "trying it takes more than 1 s or too much memory: it has nested repetitions"
# Each takes years, or gigabytes, or more brackets than Python's parser has levels.
ENDLESS = [
    "(a+)+$", "(a|a)*b", "(?:a*)*b", "(a|aa)+$", "(?=(a+)+b)a", "([a-z]+)*\\d", "(?i)(A*)*b",
    "a?" * 60 + "a" * 60 + "b", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)b",
    "(a{0,99}){0,99}b"]
BROKEN = ["(", "*", "a{9999999999999}", "(" * 2000, "(?:" * 3000, "[z-a]", "(?P<a>x)(?P<a>y)",
          "(?L)a", "\\", "(?<=a*)b", "(?P=x)", "\\9", "a" * 10001]


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be limited there")
@pytest.mark.parametrize("pattern", ENDLESS)
def test_what_takes_years_is_an_error_in_a_second_of_computing(pattern):
    before = time.process_time()
    with Patterns() as tried, pytest.raises(PatternError) as error:
        tried.expanded(pattern, NAME)
    assert str(error.value) == TOO_LONG
    assert time.process_time() - before < 1  # in this process, which goes on


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be limited there")
def test_a_hundred_of_them_take_no_longer_than_one():
    left = "another pattern used up the 1 s for trying patterns"
    with Patterns() as tried:
        for number in range(100):
            with pytest.raises(PatternError) as error:
                tried.expanded("(a+)+$" + "|%d" % number, NAME)
            assert str(error.value) == (left if number else TOO_LONG)
        assert tried.expanded("a.*", NAME) == []  # That needs no process.
    a = trace(1.0, NAME)
    with pytest.raises(RecipeError) as error:
        map_traces(a, a, rules_of([{"a": "(a+)+$", "b": "w", "regex": True},
                                   {"a": "(.)*", "b": "w", "regex": True}]))
    assert error.value.problems == [
        "rule 1 ((a+)+$): (a+)+$ is not a regular expression: " + TOO_LONG,
        "rule 2 ((.)*): (.)* is not a regular expression: " + left]


@pytest.mark.parametrize("pattern", BROKEN)
def test_what_is_no_pattern_is_an_error_everywhere(pattern, tmp_path, capsys):
    with Patterns() as tried, pytest.raises(PatternError):
        tried.check(pattern)
    with pytest.raises(Error, match="^--variables .* is not a regular expression: "):
        check_variables(pattern)
    with pytest.raises(RecipeError) as error:
        rules_of([{"a": pattern, "b": "x", "regex": True}])
    told, = error.value.problems
    assert "is not a regular expression: " in told or "is longer than 4096 bytes" in told
    path = str(tmp_path / "t.json")
    write_json(trace(1.0), path)
    for arguments in (["--map", pattern + "=x"], ["--variables", pattern]):
        assert cli.main(["compare", path, path, *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == "" and len(err.splitlines()) == 1
        assert err.startswith("tf1-recipes: %s " % arguments[0])


def test_a_flag_that_must_not_stand_within_is_no_traceback():
    """From Python 3.11 on: what precedes the ``(?i)`` is our own."""
    if sys.version_info >= (3, 11):
        with pytest.raises(Error, match="--variables .* global flags not at the start"):
            check_variables("(?i)DENSE")


def test_many_groups_are_fine():
    with Patterns() as tried:
        assert tried.expanded("(a)" * 2000, "a" * 2000, [r"\1\g<2000>"]) == ["aa"]


@pytest.mark.parametrize("template, told", [
    (r"\2", "invalid group reference 2 at position 1"),
    (r"\g<other>", "unknown group name 'other'"), (r"\g<", "missing group name at position 3"),
    ("\\", "bad escape (end of pattern) at position 0"), (r"\q", r"bad escape \q at position 0")])
def test_a_template_of_other_groups(template, told):
    with pytest.raises(RecipeError) as error:
        rules_of([{"a": "(?P<one>.*)", "b": template, "regex": True}])
    assert error.value.problems == ["rule 1: %s: %s" % (template, told)]
    with pytest.raises(Error, match="^--map .* is not a regular expression: "):
        compare_traces(trace(1.0), trace(1.0), names={"(?P<one>.*)": template})


def test_named_groups_are_known_to_templates():
    rule, = rules_of([{"a": "(?P<one>.*)/w", "b": r"\g<one>/kernel", "regex": True}])
    assert rule.b == (r"\g<one>/kernel",)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "b/", ".", "\\.", "*", "+", "?", "|", "(a)", "[ab]", "/"]),
                max_size=6).map("".join), st.text("ab/.", max_size=8))
def test_answers_are_those_of_re(pattern, name):
    with Patterns() as tried:
        try:
            expected = re.fullmatch(pattern, name)
            prefix = matches(pattern, name)
        except re.error:
            with pytest.raises(PatternError):
                tried.expanded(pattern, name)
            return
        assert tried.expanded(pattern, name, [r"<\g<0>>"]) == (
            ["<%s>" % name] if expected else None)
        assert tried.matches(pattern, name) == prefix


def test_one_process_answers_for_a_whole_command(monkeypatch):
    begun = []
    real = patterns.subprocess.Popen
    monkeypatch.setattr(patterns.subprocess, "Popen",
                        lambda *args, **options: begun.append(args) or real(*args, **options))
    with Patterns() as tried:
        for number in range(50):
            assert tried.expanded(r"l(\d+)/w", "l%d/w" % number, [r"m\1"]) == ["m%d" % number]
        assert len(begun) == 1
        assert tried.expanded("dense/.*", "dense/w") == [] and len(begun) == 1  # needs none


def test_quick_patterns_have_few_seconds_together():
    """Each of them is quick: a repeat, tried again at each letter. 30,000 of them are not."""
    names = ["a" * 4000 + "%d" % number for number in range(1000)]
    before = time.process_time()
    with Patterns() as tried, pytest.raises(PatternError) as error:
        for number in range(30):
            tried.all_expanded(".*" + "a" * 2000 + "b%d" % number, names)
    assert str(error.value) == (
        "another pattern used up the 3 s for trying patterns")
    assert time.process_time() - before < 6


# --- everywhere

SLOW = "(a+)+$"
VARIABLE = "a" * 40 + "b"
TOLD = ("the pattern '(a+)+$' of the variables cannot be tried: it takes more than 1 s or too "
        "much memory: it has nested repetitions; simplify it")


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be limited there")
@pytest.mark.parametrize("pattern", [  # From Python 3.11 on, (?i) must not stand within.
    each for each in ENDLESS if not each.startswith("(?i)")])
def test_the_tap_alone_refuses_what_takes_years(pattern):
    with pytest.raises(TapError) as error:
        matching(pattern, ["w", NAME])
    assert str(error.value) == TOLD.replace(repr(SLOW), repr(pattern))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "b/", ".", "\\.", "*", "+", "?", "|", "(a)", "[ab]", "/"]),
                max_size=6).map("".join), st.lists(st.text("ab/.", max_size=8), max_size=3))
def test_the_tap_s_answers_are_those_of_re(pattern, names):
    try:
        expected = [name for name in names if matches(pattern, name)]
    except re.error:
        return
    assert matching(pattern, names) == expected


@pytest.mark.parametrize("program, told", [
    ("#!/bin/sh\nexit 1\n", "it takes more than 1 s or too much memory: it has nested "
                            "repetitions; simplify it"),
    ("#!/bin/sh\necho one >&2; echo no Python >&2; exit 1\n", "no Python"),
    (None, "No such file or directory")])
@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_a_process_that_gives_no_answer_is_told(program, told, tmp_path, monkeypatch):
    path = tmp_path / "python"
    if program:
        path.write_text(program)
        path.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(path))
    with pytest.raises(TapError) as error:
        matching("(a|b)", ["a"])
    assert str(error.value) == "the pattern '(a|b)' of the variables cannot be tried: " + told


def test_a_module_beside_the_script_is_not_taken_for_python_s(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    assert matching("(a|b)+", ["ab", "ab/w", "abc"]) == ["ab", "ab/w"]


@pytest.fixture
def session():
    """One in which a step trains the variable of the slow name."""
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.get_variable(VARIABLE, initializer=1.0)
        tf.assign_add(variable, 1.0, name="step")
        session.run(variable.initializer)
        yield session


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be limited there")
def test_recorders_refuse_what_takes_years(session, tmp_path):
    for to in (None, str(tmp_path / "t.npz"), str(tmp_path / "t.json")):
        with pytest.raises(Error) as error, record_sessions(to, variables=SLOW):
            session.run("step:0")
        assert str(error.value) == TOLD
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Error) as error, tf.train.MonitoredSession(
            hooks=[RecordingHook(None, variables=SLOW)]) as monitored:
        monitored.run("step:0")
    assert str(error.value) == TOLD


def test_recorders_take_patterns_with_groups(session):
    with record_sessions(variables="(a|b)*") as trace:
        session.run("step:0")
    assert [step.arrays("variables")[VARIABLE].item() for step in trace] == [1.0, 2.0]


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be limited there")
def test_record_refuses_what_takes_years(tmp_path):
    script = tmp_path / "s.py"
    script.write_text("\n".join([
        "import tensorflow as tf", "w = tf.get_variable(%r, initializer=1.0)" % VARIABLE,
        "step = tf.assign_add(w, 1.0)", "session = tf.Session()", "session.run(w.initializer)",
        "session.run(step)"]))
    done = subprocess.run(
        [sys.executable, "-m", "tf1_recipes", "record", str(script), "-o", str(tmp_path / "t.npz"),
         "--variables", SLOW], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "tf1-recipes: " + TOLD
    assert [each.name for each in tmp_path.iterdir()] == ["s.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be limited there")
def test_restoring_refuses_what_takes_years(session, tmp_path):
    path = str(tmp_path / "w.npz")
    np.savez(path, **{VARIABLE: np.float32(3)})
    for options in ({"include": SLOW}, {"exclude": SLOW}, {"allow_missing": SLOW},
                    {"transpose": {SLOW: True}}, {"names": {SLOW: "w"}}):
        with pytest.raises(RecipeError) as error:
            plan_restore(path, **options)
        assert TOO_LONG in error.value.problems[0]
        assert repr(SLOW) in error.value.problems[0]


# --- map files

LAYERS = ["net/layer%d/kernel" % number for number in range(1500)]


@pytest.mark.parametrize("count, pattern, regex", [
    (2000, "other/thing%d/weight", False), (3000, "net/thing%d.*", True),
    (1000, "%d" + "net/layer/" * 29, False)])
def test_thousands_of_rules_that_name_nothing_are_refused_in_seconds(count, pattern, regex):
    """Close names are looked for where a person reads them: it took minutes for all."""
    a = trace_of(LAYERS)
    rules = rules_of([{"a": pattern % number, "b": "w", "regex": regex}
                      for number in range(count)])
    before = time.process_time()
    with pytest.raises(RecipeError) as error:
        map_traces(a, a, rules)
    assert time.process_time() - before < 15
    assert len(error.value.problems) == count
    assert all("; the closest are 'net/layer" in each for each in error.value.problems[:10])
    assert error.value.problems[10] == "rule 11 (%s): %r matches no name of the first trace" % (
        pattern % 10, pattern % 10)


def test_thousands_of_rules_that_name_something_are_taken():
    a, b = trace_of(LAYERS), trace_of("m/" + name for name in LAYERS)
    rules = rules_of([{"a": "net/layer%d/.*" % number, "b": "m/" + name, "regex": True}
                      for number, name in enumerate(LAYERS)])
    a, b, names = map_traces(a, b, rules)
    assert compare_traces(a, b, names=names).agrees


def trace_of(names):
    made = MemoryTrace({})
    made.step(0, [("variables", name, np.float32([1])) for name in names], {})
    return made


def trace(value, name="w", dtype=np.float32):
    made = MemoryTrace({})
    made.step(0, [("variables", name, np.array([value, 1], dtype))], {})
    return made


def read(tmp_path, text):
    path = tmp_path / "map.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_map(str(path))


def with_rule(rule):
    return json.dumps({"format": "tf1_recipes map", "format_version": 1, "rules": [rule]})


@pytest.mark.parametrize("text", [
    b"", b"\xff", b"[" * 100000, b'{"a": ' * 100000, with_rule({"a": "\ud800", "b": "x"}),
    '{"format": "\\ud800"}', '{"a": 1%s}' % ("0" * 5000)])
def test_what_is_no_json_is_told(text, tmp_path):
    with pytest.raises(RecipeError) as error:
        read(tmp_path, text)
    told, = error.value.problems
    assert told.startswith("it is not JSON: ")


@pytest.mark.parametrize("change, told", [
    ({"scale": 10 ** 400}, "write a number other than 0, or a list of such"),
    ({"scale": [1, 10 ** 400], "axis": 0}, "write a number other than 0, or a list of such"),
    ({"scale": 0}, "write a number other than 0, or a list of such"),
    ({"scale": []}, "write a number other than 0, or a list of such"),
    ({"scale": float("inf")}, "write a number other than 0, or a list of such"),
    ({"add": -10 ** 400}, "write a number, or a list"), ({"add": []}, "write a number, or a list"),
])
def test_a_number_that_is_none(change, told):
    change = dict(change, **({"axis": 0} if isinstance(list(change.values())[0], list) else {}))
    with pytest.raises(RecipeError) as error:
        rules_of([{"a": "w", "b": "w", "change_a": [change]}])
    assert error.value.problems == ["rule 1: %r: %s" % (change, told)]


@pytest.mark.parametrize("dtype, change, told", [
    ("float32", {"scale": 1e300}, "scale 1e+300 is too large for float32"),
    ("float16", {"add": 1e5}, "add 100000.0 is too large for float16"),
    ("complex64", {"scale": -1e39}, "scale -1e+39 is too large for complex64"),
    ("float32", {"scale": [1, 1e-60], "axis": 0}, "scale 1e-60 is 0 in float32")])
def test_a_scale_that_the_type_cannot_hold_is_an_error(dtype, change, told):
    a = trace(2.0, dtype=dtype)
    rules = rules_of([{"a": "w", "b": "w", "change_a": [change], "change_b": [change]}])
    with pytest.raises(RecipeError) as error:
        map_traces(a, a, rules)
    assert error.value.problems == ["rule 1 (w), w of the %s trace: %s" % (side, told)
                                    for side in ("first",)]


@pytest.mark.parametrize("change", [[{"scale": 1e38}], [{"add": 3e38}],
                                    [{"scale": 1e20}, {"scale": 1e20}]])
def test_numbers_that_a_change_makes_infinite_do_not_agree(change):
    a, b = trace(3e38), trace(2e38)
    a, b, names = map_traces(a, b, rules_of(
        [{"a": "w", "b": "w", "change_a": change, "change_b": change}]), "map.json")
    with pytest.raises(Error) as error:
        compare_traces(a, b, names=names)
    assert str(error.value) == (
        "map.json: step 0, rule 1 (w): its changes make numbers too large for float32")


def test_a_number_that_was_infinite_stays_so():
    a = trace(np.inf)
    a, b, names = map_traces(a, a, rules_of([{"a": "w", "b": "w", "change_a": [{"scale": 2.0}],
                                              "change_b": [{"scale": 2.0}]}]))
    assert compare_traces(a, b, names=names).agrees


def refused(change):
    with pytest.raises(RecipeError) as error:
        rules_of([{"a": "w", "b": "w", "change_a": [change]}])
    return error.value.problems[0]


def test_sizes_that_no_array_has_are_refused_at_once():
    """Their product alone, of numbers of thousands of digits, would take minutes."""
    sizes = "write the sizes, one of which may be -1"
    assert refused({"reshape": [10 ** 4000] * 3000}).endswith(sizes)
    assert refused({"reshape": [1] * 33}).endswith(sizes)
    assert refused({"split": [1 << 63], "axis": 0}).endswith("write the sizes of the pieces")
    assert "needs an \"axis\", a whole number" in refused({"split": [1], "axis": 10 ** 400})
    rules_of([{"a": "w", "b": "w", "change_a": [{"reshape": [1] * 32}]}])


def test_a_key_that_stands_twice_behind_many_is_found_at_once(tmp_path):
    """In a list each would have to be counted: 20,000,000,000 looks."""
    text = "{%s}" % ", ".join('"%d": 0' % number for number in [*range(200000), 199999])
    with pytest.raises(RecipeError, match="the key '199999' appears twice"):
        read(tmp_path, text)
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(Error, match="the name '199999' appears twice"):
        open_trace(str(tmp_path / "t.json"))


@pytest.mark.parametrize("shape", ["[%s]" % ", ".join(["1" + "0" * 4000] * 3000), "[1]",
                                   "[%s]" % ", ".join(["1"] * 33), "[9223372036854775808]"])
def test_a_trace_in_json_has_shapes_that_arrays_have(shape, tmp_path):
    write_json(trace(1.0), str(tmp_path / "t.json"))
    text = (tmp_path / "t.json").read_text()
    assert text.count("[2]") == 1
    (tmp_path / "t.json").write_text(text.replace("[2]", shape))
    with pytest.raises(Error, match="step 0, variables/w: .*shape"):
        open_trace(str(tmp_path / "t.json"))


@pytest.mark.parametrize("name", ["a\n", "\x1b[2J", "\u202e", "", "x" * 4097])
def test_a_name_with_what_no_trace_may_have_is_refused(name):
    for rule in ({"a": name, "b": "w"}, {"a": "w", "b": ["w", name]}):
        with pytest.raises(RecipeError) as error:
            rules_of([rule])
        assert "rule 1: " in str(error.value)
