"""The guide's page on clusters: its commands print what it shows."""
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "tf1_recipes" / "guide" / "clusters.md"


@pytest.mark.long
def test_what_the_page_shows_is_what_its_commands_print(tmp_path):
    """Members print side by side: in which order is not compared, nor on which ports."""
    text = PAGE.read_text(encoding="utf-8")
    script, = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    (tmp_path / "distributed.py").write_text(script, encoding="utf-8")
    for told in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        for step in re.split(r"^\$ ", told, flags=re.M)[1:]:
            command, _, shown = step.partition("\n")
            printed = typed(shlex.split(command), tmp_path)
            assert set(comparable(shown)) <= set(comparable(printed)), printed


def typed(words, folder):
    """What a command prints, on both streams."""
    if words[:2] == ["rm", "-r"]:
        shutil.rmtree(folder / words[2])
        return ""
    assert words[0] == "tf1-recipes"
    done = subprocess.run(
        [sys.executable, "-m", "tf1_recipes", *words[1:]], cwd=folder, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
        env=dict(os.environ, PYTHONPATH=str(ROOT)))
    assert done.returncode == 0, done.stdout
    return done.stdout


def comparable(text):
    """Its lines, without ports and how closely elements agree."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:N", text)
    return re.sub(r"; every element is .*", "", text).splitlines()
