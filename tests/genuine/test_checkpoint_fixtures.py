"""Writes the stored checkpoints again on the releases that wrote them."""
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes.v1 import tf

CHECKPOINTS = Path(__file__).resolve().parents[1] / "fixtures" / "checkpoints"


@pytest.mark.parametrize("release, version", [
    ("0.12.1", "V1"), ("0.12.1", "V2"), ("1.15.5", "V1"), ("1.15.5", "V2")])
def test_written_again_a_stored_checkpoint_holds_the_same_tensors(
        genuine, release, version, tmp_path):
    script = str(CHECKPOINTS / "write_checkpoint.py")
    subprocess.run([genuine(release), script, version, str(tmp_path)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stored = CHECKPOINTS / ("%s-%s" % (release, version.lower()))

    again, before = (tf.train.NewCheckpointReader(str(folder / "model.ckpt"))
                     for folder in (tmp_path, stored))

    names = before.get_variable_to_shape_map()
    assert again.get_variable_to_shape_map() == names
    for name in names:
        np.testing.assert_array_equal(again.get_tensor(name), before.get_tensor(name))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        path.name for path in stored.iterdir())
    if release == "1.15.5":  # 0.12.1 stores partitions in an order that changes from run to run
        for path in stored.iterdir():
            assert (tmp_path / path.name).read_bytes() == path.read_bytes()
