"""What `tests.test_keras_arguments` expects is printed again by the genuine Keras 2.2.4."""
import subprocess

from tests.printed import differing_lines
from tests.test_keras_arguments import OF_KERAS_2_2_4, SCRIPT


def test_it_is_what_keras_printed(genuine, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run([genuine("1.15.5"), "-W", "ignore", "script.py"], cwd=tmp_path,
                          capture_output=True, text=True, timeout=120)
    assert differing_lines(done.stdout, OF_KERAS_2_2_4) == [], done.stderr
