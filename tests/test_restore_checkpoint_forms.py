"""Checkpoints in several files: shards of formats V1 and V2, and the folder of a SavedModel.

The stored ones were written by genuine TensorFlow 1.15.5. Runs on 1.15 / Python 3.7 as well.
"""
import os
import pathlib
import shutil

import numpy as np
import pytest

from tests.small_trainings import variable
from tf1_recipes.transfer.restore.checkpoints import CheckpointError, open_checkpoint
from tf1_recipes.transfer.restore.partial_restore import plan_restore
from tf1_recipes.v1 import tf

FIXTURES = pathlib.Path(__file__).parent / "fixtures" / "checkpoints"
PATTERN = "model.ckpt-?????-of-00002"
SHARDS = ["model.ckpt-00000-of-00002", "model.ckpt-00001-of-00002"]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def folder(tmp_path):
    """A copy of the shards in format V1; in a folder without brackets, unlike pytest's own."""
    shutil.copytree(str(FIXTURES / "1.15.5-v1-sharded"), str(tmp_path / "m"))
    return tmp_path / "m"


@pytest.fixture
def tmp_path(tmp_path_factory):
    return tmp_path_factory.mktemp("shards")


def restored(path):
    """What the fixtures' README says is in each of them, from one shard and from the other."""
    kernel = tf.get_variable("hidden1/kernel", initializer=tf.zeros([3, 4]))
    bias = tf.get_variable("hidden1/bias", initializer=tf.zeros([4]))
    table = tf.get_variable("embedding/table", initializer=tf.zeros([4, 4]), trainable=False)
    plan = plan_restore(path)
    with tf.Session() as session:
        plan.restore(session)
        for value, first in zip(session.run([kernel, bias, table]), [0, 100, 0]):
            expected = first + np.arange(value.size, dtype=np.float32).reshape(value.shape)
            np.testing.assert_array_equal(value, expected)
    return plan.checkpoint


@pytest.mark.parametrize("given", ["", PATTERN, "model.ckpt", *SHARDS])
def test_shards_of_format_v1_are_taken_by_folder_pattern_prefix_or_one_of_them(given):
    path = FIXTURES / "1.15.5-v1-sharded" / given
    checkpoint = restored(path)
    assert checkpoint.version == "V1"
    assert checkpoint.prefix == str(FIXTURES / "1.15.5-v1-sharded" / PATTERN)
    assert checkpoint.tensors == open_checkpoint(FIXTURES / "1.15.5-v1").tensors


@pytest.mark.parametrize("given", ["", "model.ckpt"])
def test_shards_of_format_v2_are_taken(given):
    checkpoint = restored(FIXTURES / "1.15.5-v2-sharded" / given)
    assert checkpoint.version == "V2"
    assert checkpoint.tensors == open_checkpoint(FIXTURES / "1.15.5-v2").tensors


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_what_this_release_saves_in_shards_is_taken(version, tmp_path):
    with tf.device("/cpu:0"):
        a = variable("a", np.float32([1, 2]))
    with tf.device("/cpu:1"):
        b = variable("b", np.float32([3]))
    soft = tf.ConfigProto(allow_soft_placement=True)  # a process keeps its first session's devices
    with tf.Session(config=soft) as session:
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver(sharded=True, write_version=getattr(tf.train.SaverDef, version))
        path = saver.save(session, str(tmp_path / "p"))
    plans = [plan_restore(each) for each in (path, tmp_path, tmp_path / "p")]
    with tf.Session(config=soft) as session:
        for plan in plans:
            session.run([a.initializer, b.initializer])
            session.run([tf.assign(a, [0, 0]), tf.assign(b, [0])])
            plan.restore(session)
            assert session.run(a).tolist() == [1, 2]
            assert session.run(b).tolist() == [3]


def told(path):
    with pytest.raises(CheckpointError) as raised:
        open_checkpoint(path)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("given", ["", PATTERN, "model.ckpt", *SHARDS])
@pytest.mark.parametrize("lost", SHARDS)
def test_a_shard_that_is_not_there_is_named(given, lost, folder):
    (folder / lost).unlink()
    assert told(folder / given) == (
        "the checkpoint %r lacks shards: there is no file %r" % (str(folder / PATTERN), lost))


def test_all_missing_shards_are_named(folder):
    (folder / SHARDS[0]).rename(folder / "model.ckpt-00001-of-00004")
    (folder / SHARDS[1]).unlink()
    assert told(folder / "model.ckpt") == (
        "the checkpoint %r lacks shards: there is no file 'model.ckpt-00000-of-00004', "
        "'model.ckpt-00002-of-00004', 'model.ckpt-00003-of-00004'"
        % str(folder / "model.ckpt-?????-of-00004"))


def test_the_rest_of_an_older_save_in_another_number_of_shards_may_lie_beside(folder):
    shutil.copy(str(folder / SHARDS[0]), str(folder / "model.ckpt-00000-of-00003"))
    assert open_checkpoint(folder / "model.ckpt").prefix == str(folder / PATTERN)


def test_two_whole_saves_of_one_prefix_must_be_told_apart(folder):
    shutil.copytree(str(FIXTURES / "1.15.5-v1"), str(folder / "whole"))
    shutil.copy(str(folder / "whole" / "model.ckpt"), str(folder / "model.ckpt-00000-of-00001"))
    one = str(folder / "model.ckpt-?????-of-00001")
    assert told(folder / "model.ckpt") == (
        "the checkpoint %r is there in several numbers of shards: give one of %r, %r"
        % (str(folder / "model.ckpt"), one, str(folder / PATTERN)))
    assert open_checkpoint(one).prefix == one


def test_a_shard_that_is_cut_short_is_told(folder):
    (folder / SHARDS[1]).write_bytes((folder / SHARDS[1]).read_bytes()[:500])
    assert told(folder).startswith("a shard of the checkpoint %r, in format V1, is damaged or cut "
                                   "short (" % str(folder / PATTERN))


def test_shards_are_among_what_a_folder_has(folder):
    assert told(folder / "modle.ckpt") == (
        "there is no checkpoint %r; the folder has %r: give one of these"
        % (str(folder / "modle.ckpt"), str(folder / PATTERN)))


def test_the_meta_file_of_shards_is_one_file_of_a_checkpoint(folder):
    (folder / "model.ckpt.meta").write_bytes(b"")
    assert told(folder / "model.ckpt.meta") == (
        "%r is one file of a checkpoint; give the checkpoint's own name, %r"
        % (str(folder / "model.ckpt.meta"), str(folder / "model.ckpt")))


def test_other_wildcards_are_refused_in_front_of_those_of_shards(folder):
    os.rename(str(folder), str(folder) + "[1]")
    assert told(str(folder) + "[1]/" + PATTERN).startswith(
        "TensorFlow takes *, ? and [ in the path")


# --- objects of TensorFlow 2


@pytest.fixture
def objects(tmp_path):
    """What tf.train.Checkpoint and Keras of TensorFlow 2 write."""
    with tf.Graph().as_default(), tf.Session() as session:
        kernel = variable("fc/kernel", np.float32([1, 2]), use_resource=True)
        saved = tf.train.Checkpoint(model=tf.train.Checkpoint(weights=kernel))
        session.run([kernel.initializer, saved.save_counter.initializer])
        return saved.save(str(tmp_path / "objects"), session=session)


def test_a_checkpoint_of_objects_goes_by_its_variables_own_names(objects):
    kernel = variable("fc/kernel", np.float32([0, 0]))
    plan = plan_restore(objects)
    with tf.Session() as session:
        assert plan.restore(session).restored == ["fc/kernel"]
        assert session.run(kernel).tolist() == [1, 2]
    assert plan.rows[0].tensor_name == "model/weights/.ATTRIBUTES/VARIABLE_VALUE"


def test_names_that_are_given_go_before_those_of_the_objects(objects):
    variable("fc/kernel", np.float32([0, 0]))
    other = variable("other", np.float32([0, 0]))
    plan = plan_restore(objects, names={"model/weights/.*": "other"}, include="other")
    with tf.Session() as session:
        plan.restore(session)
        assert session.run(other).tolist() == [1, 2]


# --- SavedModel


@pytest.fixture
def saved_model(tmp_path):
    weights = variable("dense/kernel", np.float32([[1], [2]]))
    x = tf.placeholder(tf.float32, [None, 2])
    folder = tmp_path / "export" / "1500000000"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(
            session, str(folder), {"x": x}, {"y": tf.matmul(x, tf.convert_to_tensor(weights))})
    return folder


def test_the_folder_of_a_saved_model_stands_for_its_variables(saved_model):
    with tf.Graph().as_default(), tf.Session() as session:
        kernel = variable("dense/kernel", np.zeros([2, 1], np.float32))
        plan = plan_restore(saved_model)
        plan.restore(session)
        assert session.run(kernel).tolist() == [[1], [2]]
    assert plan.checkpoint.prefix == str(saved_model / "variables" / "variables")


def test_the_folder_of_an_estimator_s_exports_names_those_in_it(saved_model):
    assert told(saved_model.parent) == (
        "the folder %r has no readable state file `checkpoint`; the folder has %r: give one of "
        "these" % (str(saved_model.parent), str(saved_model)))


def test_a_saved_model_without_variables_is_told(saved_model):
    shutil.rmtree(str(saved_model / "variables"))
    assert told(saved_model) == (
        "the SavedModel %r has no variables: there is no file %r"
        % (str(saved_model), str(saved_model / "variables" / "variables.index")))


def test_the_graph_of_a_saved_model_is_no_checkpoint(saved_model):
    assert told(saved_model / "saved_model.pb") == (
        "%r is the graph of a SavedModel: give its folder, %r"
        % (str(saved_model / "saved_model.pb"), str(saved_model)))
