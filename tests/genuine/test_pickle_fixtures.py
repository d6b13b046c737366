"""Writes the stored pickles again on the Python 2 that wrote them."""
import subprocess
from pathlib import Path

PICKLES = Path(__file__).resolve().parents[1] / "fixtures" / "pickles"


def test_written_again_the_stored_pickles_have_the_same_bytes(genuine, tmp_path):
    subprocess.run([genuine("0.12.1"), str(PICKLES / "write_pickles.py"), str(tmp_path)],
                   check=True, stdout=subprocess.DEVNULL)
    stored = {path.name: path.read_bytes() for path in (PICKLES / "2.7.18").iterdir()}
    assert stored == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
