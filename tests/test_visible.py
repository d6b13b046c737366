"""Nothing that comes from outside is obeyed by a terminal, or passes for a line of ours."""
import json
import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tf1_recipes import cli
from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.recording import session_tap
from tf1_recipes.recording.session_tap import TraceFile
from tf1_recipes.traces import MemoryTrace, TraceError, open_trace
from tf1_recipes.traces.files import write_json
from tf1_recipes.untrusted import visible
from tf1_recipes.untrusted.visible import name_fault, visible_lines

FORGED = "\nAGREE: 9 tensors at 9 steps; every element is equal."
# A control character of each kind, both separators, each mark of direction, half surrogates.
HIDDEN = ["\n", "\r", "\t", "\x07", "\x1b[2J", "\x00", "\x7f", "\x85", "\x9b31m", "\u2028",
          "\u2029", "\u061c", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
          "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff", "\u00ad", "\U000e0041", "\ud800",
          "\udcff",
          # Letters, marks and a symbol without a glyph: the last of each range of them.
          "\u034f", "\u115f", "\u1160", "\u17b5", "\u180f", "\u2065", "\u2800", "\u3164", "\ufe0f",
          "\uffa0", "\ufff8", "\U000e01ef", "\U000e0fff"]
hidden_text = st.lists(st.one_of(st.sampled_from([*HIDDEN, FORGED, "a", "é", "net/w"]),
                                 st.characters()), max_size=6).map("".join)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_each_hidden_character_is_written_out_and_refused_in_a_name(hidden):
    assert visible.visible("a" + hidden).isascii()
    assert visible.visible("a" + hidden).isprintable()
    assert name_fault("a" + hidden) == "has a hidden character, such as a control character"


def test_what_a_language_is_written_with_is_kept():
    for text in ("dense/kernel:0", "Gewicht/größe", "权重", "می\u200cخواهم", "a\u00a0b"):
        assert visible.visible(text) == text
        assert name_fault(text) is None


@pytest.mark.parametrize("name", ["w\u200d", "\u200cw", "a\u200db", "می\u200c\u200cخ", "می\u200c"])
def test_a_joiner_that_joins_nothing_is_hidden(name):
    assert visible.visible(name) == name.replace("\u200c", r"\u200c").replace("\u200d", r"\u200d")
    assert name_fault(name) == "has a hidden character, such as a control character"


def test_a_name_has_a_length():
    assert name_fault("") == "is empty"
    assert name_fault("é" * 2048) is None
    assert name_fault("é" * 2049) == "is longer than 4096 bytes"


@given(hidden_text)
def test_visible_text_is_one_line_and_stays_as_it_is(text):
    shown = visible.visible(text)
    assert len(shown.splitlines()) <= 1
    assert visible.visible(shown) == shown
    shown.encode("utf-8")
    assert not any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in shown)


def test_errors_are_as_many_lines_as_their_writer_meant():
    assert str(Error("cannot read a\nb\x1b")) == r"cannot read a\nb\x1b"
    assert str(Error(["two", "lines\r"])) == "two\nlines\\r"
    error = RecipeError("what\n", ["one\n", "two"])
    assert str(error) == "what\\n:\n  - one\\n\n  - two"
    assert visible_lines(["a\u2028", "b"]) == "a\\u2028\nb"


# --- traces are refused with such names


def archive(path, name, manifest=None):
    """Writes a trace of one step with a tensor of this name, as no writer of ours would."""
    trace = TraceFile(path, manifest or {})
    trace.step(0, [("variables", name, np.float32([1.0]))], {"session": 0})
    trace.close({"exit_status": 0})


@pytest.mark.parametrize("hidden", [each for each in HIDDEN if each not in "\ud800\udcff"])
def test_both_readers_refuse_a_name_with_a_hidden_character(hidden, tmp_path):
    path = str(tmp_path / "t.npz")
    archive(path, "a" + hidden)
    with pytest.raises(TraceError) as error:
        len(open_trace(path)[0].tensors)
    assert str(error.value) == (
        "%s is damaged: member %s at byte %d: the name has a hidden character, such as a control "
        "character" % (path, ascii("0/variables/a" + hidden + ".npz").replace(".npz", ".npy"),
                       open_trace(path)._starts[0]))
    path = str(tmp_path / "t.json")
    trace = MemoryTrace({})
    trace.step(0, [("fetches", "a" + hidden, np.float32([1.0]))], {})
    write_json(trace, path)
    with pytest.raises(TraceError) as error:
        open_trace(path)
    assert str(error.value) == "%s is damaged: step 0: the name %a in its fetches has a hidden " \
        "character, such as a control character" % (path, "a" + hidden)


# --- what commands print


def printable(text):
    """That a command's whole output has no hidden character but the ends of its lines."""
    found = {each for each in text.replace("\n", "")
             if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp", "Cf")} - {"\u200c", "\u200d"}
    assert not found, found
    return text


def run(capsys, *arguments):
    try:
        status = cli.main(list(arguments))
    except SystemExit as error:  # argparse's
        status = error.code
    captured = capsys.readouterr()
    out, err = printable(captured.out), printable(captured.err)
    assert not any(line.startswith("AGREE") for line in (out + err).splitlines()), arguments
    return status, out, err


file_names = hidden_text.map(lambda text: text.replace("/", "").replace("\0", "").encode(
    "utf-8", "surrogateescape" if not any("\ud800" <= each < "\udc80" or each > "\udcff"
                                          and each <= "\udfff" for each in text)
    else "replace").decode("utf-8", "surrogateescape")[:40])


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=file_names, version=hidden_text)
@example(name="x" + FORGED.replace("/", ""), version="1.15" + FORGED)
@example(name="", version="\n")
def test_no_command_prints_what_is_hidden_in_paths_and_manifests(name, version, tmp_path, capsys):
    good, other = (str(tmp_path / (kind + name[:40] + ".npz")) for kind in "ab")
    manifest = {"tensorflow": version, "python": version, "framework": version, "script": version}
    for path, value in ((good, 1.0), (other, 2.0)):
        # Half a character, which JSON holds and no file of ours, is refused by its reader.
        trace = TraceFile(path, {key: text.encode("utf-8", "ignore").decode()
                                 for key, text in manifest.items()})
        trace.step(0, [("variables", "w", np.float32([value]))],
                   {"session": 0, "initial": True})
        trace.close({"exit_status": 0})
    status, out, err = run(capsys, "compare", good, other, "--html", str(tmp_path / "page.html"))
    assert status == 1 and "DIFFERENT: 1 of 1 tensor" in out, err
    printable((tmp_path / "page.html").read_text(encoding="utf-8"))
    status, out, err = run(capsys, "compare", good, other, "--json")
    assert json.loads(out)["a"]["path"] == good
    run(capsys, "map", good, other, "-o", str(tmp_path / "map.json"))
    missing = good + "missing"
    for command in (["compare", missing, good], ["map", good, missing],
                    ["compare", good, good, "--map", "w" + name], ["verify", "A1" + name + "x"],
                    ["compare", good, other, "--map", "w=" + version + "x"],
                    ["compare", good, other, "--map", version + "x=w"],
                    ["compare", good, other, "--variables", version + "x"],
                    ["show", "A1" + version + "x"], ["record", missing, "-o", good],
                    ["record", __file__, "-o", good, "--variables", "*" + version],
                    ["record", __file__, "-o", good, "--python", missing],
                    ["compare", good, "--no-such-option" + version],
                    ["compare", good, good, "--html", str(tmp_path / "no" / ("x" + name))],
                    ["run", missing]):
        status, out, err = run(capsys, *command)
        assert status in (1, 2) and out + err, command


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=hidden_text)
@example(text=FORGED)
def test_no_error_about_a_map_file_prints_what_is_hidden_in_it(text, tmp_path, capsys):
    assume(text not in ("w", "variables"))  # which make rules that are right
    path = str(tmp_path / "t.npz")
    archive(path, "w")
    rules = [{"a": text or "x", "b": "w"}, {"a": "w", "b": text, text: 1},
             {"a": "*" + text, "b": "w", "regex": True}, {"a": "w", "b": "w", "kind": text}]
    for content in (*({"rules": [rule]} for rule in rules), {"rules": rules, "format": text},
                    {"rules": rules, "format_version": text}, {text + "x": 1, "rules": []}):
        file = tmp_path / "map.json"
        file.write_text(json.dumps(dict({"format": "tf1_recipes map", "format_version": 1},
                                        **content)))
        status, out, err = run(capsys, "compare", path, path, "--map", str(file))
        assert status == 2 and err, content


def test_the_tap_alone_writes_out_what_is_hidden_too(tmp_path):
    # As it is run by an old interpreter, without the package.
    hostile = "a\x1b[2K\nAGREE: 9 tensors.npy"
    done = subprocess.run([sys.executable, session_tap.__file__, "--out", hostile, "script.py"],
                          cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == (
        "tf1-recipes: --out a\\x1b[2K\\nAGREE: 9 tensors.npy: the name of a trace ends in .npz\n")
