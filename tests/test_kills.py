"""Processes are killed at random moments: no completed step is lost, no finished file is damaged.

``tests/benchmarks/kills.py`` is the long form, and repeats what a seed printed here has drawn.
"""
import sys

import pytest

from tests import kills

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads /proc")
TIMES = {"record npz": 5, "record json": 4, "--trace-update": 3}


@pytest.mark.long
@pytest.mark.parametrize("name", kills.CASES)
def test_what_is_killed_loses_nothing(name):
    counts = kills.Counts()
    kills.kill_case(name, TIMES.get(name, 8), kills.seeded(), counts)
    print(counts.text())
    assert sum(counts[name].values()) == TIMES.get(name, 8)


# --- That the checks above would see it ---


def test_a_step_that_is_missing_is_seen(tmp_path, monkeypatch):
    from tf1_recipes import traces
    monkeypatch.chdir(tmp_path)
    with traces.writer("run.npz") as t:
        t.step(kills.arrays_of(1))
    kills.look_at_trace("run.npz", 1)
    with pytest.raises(AssertionError, match="^2 steps returned, and 1 are in run.npz"):
        kills.look_at_trace("run.npz", 2)
    with pytest.raises(AssertionError, match="^1 steps returned, and there is no file"):
        kills.look_at_trace("other.npz", 1)


def test_a_file_that_is_not_whole_is_seen(tmp_path):
    page, picture = tmp_path / "c.html", tmp_path / "c.png"
    page.write_text("<html><p>")
    with pytest.raises(AssertionError, match="not whole"):
        kills.look_at_page(page)
    # The smallest PNG there is: its header, one empty chunk of pixels, its end; then cut.
    chunks = [b"\0\0\0\0" + kind + bytes.fromhex(checksum)
              for kind, checksum in ((b"IDAT", "35af061e"), (b"IEND", "ae426082"))]
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    kills.look_at_picture(picture)
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks[0] + chunks[1][:10])
    with pytest.raises(AssertionError):
        kills.look_at_picture(picture)


def test_the_same_seed_draws_the_same():
    assert [kills.seeded(7).random() for _ in range(2)] == [kills.seeded(7).random()] * 2
