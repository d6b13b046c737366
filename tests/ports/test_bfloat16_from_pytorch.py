"""PyTorch's bfloat16 tensors as a source of `plan_restore`; and what its own files are answered."""
import numpy as np
import pytest

from tf1_recipes.transfer.restore.checkpoints import CheckpointError
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_every_bfloat16_number_is_widened_exactly():
    """All 65,536 of them but the NaNs, which a plan refuses."""
    bits = torch.arange(-2 ** 15, 2 ** 15, dtype=torch.int32).to(torch.int16)
    every = bits.view(torch.bfloat16)
    every = every[~every.isnan()].requires_grad_()
    w = tf.get_variable("w", every.shape, initializer=tf.zeros_initializer())
    plan = plan_restore({"w": every})
    with tf.Session() as session:
        plan.restore(session)
        np.testing.assert_array_equal(
            session.run(w).view(np.uint32), every.detach().float().numpy().view(np.uint32))
    assert [line.split() for line in str(plan).splitlines()[3:5]] == [
        ["w", "65282", "float32", "restored"], ["from", "the", "arrays", "65282", "bfloat16"]]


def test_a_bfloat16_state_dict_goes_into_bfloat16_variables_bit_by_bit():
    layer = torch.nn.Linear(2, 3).to(torch.bfloat16)
    kernel = tf.get_variable("kernel", [2, 3], tf.bfloat16, tf.zeros_initializer())
    plan = plan_restore(layer.state_dict(), names={"weight": "kernel"}, transpose={"kernel": True})
    with tf.Session() as session:
        plan.restore(session)
        np.testing.assert_array_equal(session.run(kernel).astype(np.float32),
                                      layer.weight.detach().float().numpy().T)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_of_torch_save_names_the_way_on(zipped, tmp_path):
    path = str(tmp_path / "model.bin")
    torch.save({"w": torch.zeros(2)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(CheckpointError) as raised:
        plan_restore(path)
    assert str(raised.value) == (
        "%r is a file of PyTorch's torch.save: give the dict of its tensors, such as "
        "torch.load(%r, map_location='cpu', weights_only=True)" % (path, path))
    w = tf.get_variable("w", [2])
    with tf.Session() as session:
        plan_restore(torch.load(path, map_location="cpu", weights_only=True)).restore(session)
        assert session.run(w).tolist() == [0, 0]
