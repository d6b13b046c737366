"""``tf1-recipes convert``: any format in, .npz out; nothing overwritten, nothing half written."""
import os
import pickle
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from tests.small_trainings import variable
from tf1_recipes import cli
from tf1_recipes.transfer.restore import convert_command
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

FIXTURES = Path(__file__).parent / "fixtures"
KERNEL = np.float32([[0, 1, 2], [3, 4, 5]])


@pytest.fixture(autouse=True)
def folder(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("convert")  # no brackets in its name
    monkeypatch.chdir(folder)
    with tf.Graph().as_default():
        yield folder


def converted(source, target="out.npz"):
    assert cli.main(["convert", str(source), target]) == 0
    with np.load(target, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def same(found, expected):
    assert sorted(found) == sorted(expected)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)
        assert found[name].dtype == np.asarray(value).dtype


def told(capsys, *arguments):
    assert cli.main(["convert", *map(str, arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("tf1-recipes: ")
    return err[len("tf1-recipes: "):-1]


# --- what goes in


def test_the_file_of_python_2_that_is_refused_is_converted_and_then_restored(folder):
    shutil.copy(str(FIXTURES / "pickles" / "2.7.18" / "caffe_to_tensorflow.npy"), "net.npy")
    kernel = variable("conv1/weights", np.zeros([2, 3], np.float32))
    with pytest.raises(Exception, match="run tf1-recipes convert net.npy weights.npz$"):
        plan_restore("net.npy")
    assert cli.main(["convert", "net.npy", "weights.npz"]) == 0
    with tf.Session() as session:
        plan_restore("weights.npz").restore(session)
        assert session.run(kernel).tolist() == KERNEL.tolist()


def test_numbers_of_the_other_order_of_bytes_come_in_this_machine_s(folder):
    found = converted(FIXTURES / "pickles" / "2.7.18" / "pickle-2.pkl")
    same({"big": found["big"], "little": found["little"]},
         {"big": KERNEL.astype("int32"), "little": KERNEL.astype("int32")})


@pytest.mark.parametrize("name", ["1.15.5-v1", "1.15.5-v2", "1.15.5-v1-sharded", "0.12.1-v1"])
def test_a_checkpoint_is_converted_with_its_partitions_and_float16(name, folder):
    found = converted(FIXTURES / "checkpoints" / name)
    assert len(found) == 21
    same({each: found[each] for each in ("half", "embedding/table", "global_step", "flag")},
         {"half": np.float16([700, 701]), "flag": np.array([False, True]),
          "embedding/table": np.arange(16, dtype=np.float32).reshape(4, 4),
          "global_step": np.int64(900)})


def test_bfloat16_is_widened_to_float32(folder, capsys):
    w = tf.get_variable("w", initializer=tf.constant([1, 2, -3.5], tf.bfloat16))
    with tf.Session() as session:
        session.run(w.initializer)
        path = tf.train.Saver().save(session, str(folder / "m.ckpt"))
    same(converted(path), {"w": np.float32([1, 2, -3.5])})
    assert cli.main(["convert", path, "--list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == [
        "w", "3", "float32", "from", "bfloat16"]


def test_text_of_a_checkpoint_is_left_out_by_name(folder, capsys):
    words = tf.get_variable("words", initializer=tf.constant(["a", "b"]))
    step = tf.get_variable("step", initializer=3)
    with tf.Session() as session:
        session.run([words.initializer, step.initializer])
        path = tf.train.Saver().save(session, str(folder / "m.ckpt"))
        only = tf.train.Saver([words]).save(session, str(folder / "words.ckpt"))
    same(converted(path), {"step": np.int32(3)})
    assert "left out: words holds text or objects, not numbers\n" in capsys.readouterr().out
    assert told(capsys, only, "words.npz") == "%r has no numbers" % only


def test_a_checkpoint_of_objects_is_converted_under_its_variables_names(folder, capsys):
    """What tf.train.Checkpoint and Keras of TensorFlow 2 write."""
    kernel = variable("fc/kernel", KERNEL, use_resource=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        saved = tf.train.Checkpoint(model=tf.train.Checkpoint(weights=kernel))
        session.run(saved.save_counter.initializer)
        path = saved.save(str(folder / "objects"), session=session)
    names = [name for name, _ in tf.train.list_variables(path)]
    assert "model/weights/.ATTRIBUTES/VARIABLE_VALUE" in names
    same(converted(path), {"fc/kernel": KERNEL, "save_counter": np.int64(1)})
    assert "left out" not in capsys.readouterr().out


def test_an_npz_file_is_packed_anew(folder):
    np.savez_compressed("a.npz", **{"conv1/w": KERNEL, "conv1/w:0": KERNEL[0]})
    same(converted("a.npz"), {"conv1/w": KERNEL, "conv1/w:0": KERNEL[0]})


def test_hdf5_is_converted(folder):
    h5py = pytest.importorskip("h5py")
    with h5py.File("w.h5", "w") as file:
        file["layer/kernel:0"] = KERNEL
    same(converted("w.h5"), {"layer/kernel:0": KERNEL})


def test_the_same_weights_give_the_same_file(folder):
    for name in ("a.npz", "b.npz"):
        converted(FIXTURES / "pickles" / "2.7.18" / "vgg16.npy", name)
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()


# --- what is printed


def test_the_list_has_80_columns_and_writes_nothing(folder, capsys):
    long = "/".join("block%d" % number for number in range(15))
    np.savez("w.npz", **{long: KERNEL, "w": np.int64(3), "text": np.array("vgg")})
    assert cli.main(["convert", "w.npz", "--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "name                                                           shape   dtype",
        "block0/block1/block2/block3/block4/block5/block6/block7/block",
        "    8/block9/block10/block11/block12/block13/block14           2x3     float32",
        "text                                                           scalar  text of 3",
        "w                                                              scalar  int64"]
    assert os.listdir(".") == ["w.npz"]


def test_it_says_what_it_wrote(folder, capsys):
    np.savez("one.npz", w=KERNEL)
    converted("one.npz")
    assert capsys.readouterr().out == "out.npz: 1 array\n"
    assert cli.main(["convert", "one.npz", "two.npz", "--list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "two.npz: 1 array"


# --- bad requests


def test_a_file_that_exists_is_not_overwritten(folder, capsys):
    np.savez("w.npz", w=KERNEL)
    Path("out.npz").write_bytes(b"mine")
    os.symlink("nowhere", "link.npz")
    for name in ("out.npz", "link.npz"):
        assert told(capsys, "w.npz", name) == "%s exists: name another file, or remove it" % name
    assert Path("out.npz").read_bytes() == b"mine"


def test_a_file_that_comes_up_meanwhile_is_not_overwritten(folder, capsys, monkeypatch):
    np.savez("w.npz", w=KERNEL)
    write = np.lib.format.write_array

    def write_and_be_late(*arguments, **options):
        write(*arguments, **options)
        Path("out.npz").write_bytes(b"mine")
    monkeypatch.setattr(np.lib.format, "write_array", write_and_be_late)
    assert told(capsys, "w.npz", "out.npz") == "out.npz exists: name another file, or remove it"
    assert Path("out.npz").read_bytes() == b"mine"
    assert sorted(os.listdir(".")) == ["out.npz", "w.npz"]


@pytest.mark.parametrize("arguments, message", [
    (["w.npz"], "name the new file, TARGET.npz, or give --list to see what is in w.npz"),
    (["w.npz", "out.npy"], "out.npy: it must be called *.npz"),
    (["w.npz", "w.npz"], "w.npz: it would overwrite that file, which is an input: name another "
                         "file"),
    (["w.npz", "no/out.npz"], "cannot write no/out.npz: there is no folder %s/no"),
    (["none.ckpt", "out.npz"], "there is no checkpoint 'none.ckpt'; the folder '.' has no V2 "
                               "checkpoint"),
    (["text", "out.npz"], "'text' is in no known format; it starts with b'hello'; what is read: "
     "checkpoints of TensorFlow (V1 and V2, also in shards), SavedModel folders, .npz, HDF5 (.h5), "
     ".keras and safetensors files; tf1-recipes convert reads pickled weights, too"),
    (["evil.pkl", "out.npz"], "the pickle 'evil.pkl' asks for os.system, which is never run: save "
                              "its arrays by numpy.savez where it was made")])
def test_bad_requests_are_one_line_and_leave_nothing(arguments, message, folder, capsys):
    np.savez("w.npz", w=KERNEL)
    Path("text").write_bytes(b"hello")
    Path("evil.pkl").write_bytes(b"(dS'w'\ncos\nsystem\n(S'touch ran'\ntRs.")
    assert told(capsys, *arguments) == message.replace("%s", str(folder))
    assert sorted(os.listdir(".")) == ["evil.pkl", "text", "w.npz"]


def test_names_that_no_file_may_have_are_told_all_at_once(folder, capsys):
    Path("w.pkl").write_bytes(pickle.dumps({"": KERNEL, "a\n": KERNEL, "\ud800": 1}, 2))
    assert told(capsys, "w.pkl", "out.npz").splitlines() == [
        "cannot convert w.pkl:", "  - '' is empty",
        "  - 'a\\n' has a hidden character, such as a control character",
        "  - '\\ud800' has a hidden character, such as a control character"]
    assert os.listdir(".") == ["w.pkl"]


def test_damage_behind_the_header_leaves_nothing(folder, capsys):
    large = np.ones(10000, np.float32)
    np.savez("w.npz", a=KERNEL, b=large)
    data = bytearray(Path("w.npz").read_bytes())
    data[data.index(large.tobytes()) + 39999] ^= 1
    Path("w.npz").write_bytes(data)
    assert told(capsys, "w.npz", "out.npz").startswith(
        "the file 'w.npz' cannot be read as npz: Bad CRC-32")
    assert os.listdir(".") == ["w.npz"]


def test_ctrl_c_leaves_nothing(folder, capsys, monkeypatch):
    np.savez("w.npz", a=KERNEL, b=KERNEL)
    written = []

    def interrupted(*arguments, **options):
        if written:
            raise KeyboardInterrupt
        written.append(1)
        return write(*arguments, **options)
    write = np.lib.format.write_array
    monkeypatch.setattr(np.lib.format, "write_array", interrupted)
    assert cli.main(["convert", "w.npz", "out.npz"]) == 130
    assert capsys.readouterr() == ("", "tf1-recipes: interrupted\n")
    assert os.listdir(".") == ["w.npz"]


INTERRUPTED = textwrap.dedent("""\
    import os, signal, sys
    import numpy as np
    from tf1_recipes.cli import main
    write = np.lib.format.write_array
    def interrupt(*arguments, **options):
        os.kill(os.getpid(), signal.SIGINT)
        write(*arguments, **options)
    np.lib.format.write_array = interrupt
    sys.exit(main(["convert", "w.npz", "out.npz"]))
    """)


def test_a_signal_in_a_process_of_its_own_leaves_nothing(folder):
    np.savez("w.npz", a=KERNEL)
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)
    assert done.returncode in (130, -signal.SIGINT)
    assert done.stderr.splitlines()[-1] == "tf1-recipes: interrupted"
    assert os.listdir(".") == ["w.npz"]


def test_arrays_are_written_one_by_one(folder, monkeypatch):
    """What was read for the one before may go before the next is read."""
    order = []
    arrays = {name: convert_command._Weight(
        name, (1,), np.dtype("f4"), lambda name=name: order.append(name) or KERNEL[0][:1])
        for name in "ab"}
    write = np.lib.format.write_array
    monkeypatch.setattr(np.lib.format, "write_array",
                        lambda *each, **options: (order.append("written"), write(*each, **options)))
    convert_command._write("out.npz", list(arrays.values()))
    assert order == ["a", "written", "b", "written"]
