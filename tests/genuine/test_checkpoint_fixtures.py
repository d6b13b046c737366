"""Writes the stored checkpoints again on the releases that wrote them."""
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tf1_recipes.v1 import tf

CHECKPOINTS = Path(__file__).resolve().parents[1] / "fixtures" / "checkpoints"


def read(prefix):
    """Returns ``{name: array}``; the reader's own get_tensor has no float16 from format V1."""
    types = tf.train.NewCheckpointReader(prefix).get_variable_to_dtype_map()
    names = sorted(types)
    with tf.Graph().as_default(), tf.Session() as session:
        arrays = session.run(tf.raw_ops.RestoreV2(
            prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names),
            dtypes=[types[name] for name in names]))
    return dict(zip(names, arrays))


@pytest.mark.parametrize("release, version, sharded", [
    ("0.12.1", "V1", []), ("0.12.1", "V2", []), ("1.15.5", "V1", []), ("1.15.5", "V2", []),
    ("1.15.5", "V1", ["sharded"]), ("1.15.5", "V2", ["sharded"])])
def test_written_again_a_stored_checkpoint_holds_the_same_tensors(
        genuine, release, version, sharded, tmp_path):
    script = str(CHECKPOINTS / "write_checkpoint.py")
    # Today's TensorFlow, imported here, sets TF2_BEHAVIOR, which 1.15 would heed.
    environment = {name: value for name, value in os.environ.items() if name != "TF2_BEHAVIOR"}
    subprocess.run([genuine(release), script, version, str(tmp_path), *sharded], check=True,
                   env=environment, stdout=subprocess.DEVNULL)
    stored = CHECKPOINTS / "-".join([release, version.lower(), *sharded])
    name = "model.ckpt-?????-of-00002" if sharded and version == "V1" else "model.ckpt"

    again, before = (read(str(folder / name)) for folder in (tmp_path, stored))

    assert sorted(again) == sorted(before)
    for name in before:
        np.testing.assert_array_equal(again[name], before[name])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        path.name for path in stored.iterdir())
    if release == "1.15.5":  # 0.12.1 stores partitions in an order that changes from run to run
        for path in stored.iterdir():
            assert (tmp_path / path.name).read_bytes() == path.read_bytes()
