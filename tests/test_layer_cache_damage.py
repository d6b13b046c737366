"""A cached layer whose files were damaged, or are none: refused in one line, or computed anew."""
import json
import os
import random
import zipfile
import zlib

import numpy as np
import pytest

from tests.small_trainings import refused
from tests.test_layer_cache import INPUTS, ROWS, Counting, net, started
from tf1_recipes.errors import RecipeError
from tf1_recipes.transfer.cache.layer_cache import cache_outputs

pytestmark = pytest.mark.usefixtures("graph")

OR_ANEW = ": delete it, or pass recompute=True"


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "hidden.npy")


@pytest.fixture
def cached(path):
    """A function that caches `net` at the path, rows 0 and 1, 2 and 3, then 4 being a block."""
    x, hidden = net()
    with started() as session:
        def cache(batch_size=2, **options):
            return cache_outputs(options.pop("session", session), hidden, {x: INPUTS}, path,
                                 batch_size, **options)
        cache.counting = lambda interrupt_at=None: Counting(session, hidden, interrupt_at)
        cache()
        yield cache


def flip(path, byte, bit=0):
    with open(path, "r+b") as file:
        file.seek(byte)
        value = file.read(1)[0]
        file.seek(byte)
        file.write(bytes([value ^ 1 << bit]))


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


# --- flipped bits


def test_each_of_80_flipped_bits_is_refused_and_named(path, cached):
    """In the header and in the rows, each bit on its own; 128 bytes of header, 4 a row."""
    randomly = random.Random(0)
    for number in range(80):
        byte, bit = 128 + randomly.randrange(20), randomly.randrange(8)
        if number % 4 == 0:
            byte = randomly.randrange(128)
        flip(path, byte, bit)
        with pytest.raises(RecipeError) as error:
            for _ in cached().batches(batch_size=2):
                pass
        message = str(error.value)
        if byte < 128:
            assert message.startswith("Cannot read the cache %s:\n  - it " % path)
            assert message.endswith(OR_ANEW)
        else:
            rows = {0: "rows 0 to 1", 1: "rows 2 to 3", 2: "rows 4 to 4"}[(byte - 128) // 8]
            assert message == (
                "Cannot read the cache %s:\n  - %s are damaged (their checksum is "
                "wrong)%s" % (path, rows, OR_ANEW))
        flip(path, byte, bit)
    assert cached().array.tolist() == ROWS


@pytest.mark.parametrize("shuffle", [None, 0])
def test_a_batch_without_damage_is_served_and_one_with_it_is_not(shuffle, path, cached):
    flip(path, 128 + 4 * 3)
    order = np.arange(5) if shuffle is None else np.random.RandomState(0).permutation(5)
    served = []
    with pytest.raises(RecipeError, match="rows 2 to 3 are damaged"):
        for rows, numbers in cached().batches(np.arange(5), batch_size=1, shuffle=shuffle):
            assert rows.tolist() == [ROWS[numbers[0]]]
            served.append(numbers[0])
    # Row 2 is in a block with row 3.
    assert served == order[:min(order.tolist().index(2), order.tolist().index(3))].tolist()


def test_the_array_as_a_whole_is_checked_too(path, cached):
    flip(path, 128 + 4 * 4)
    cache = cached()
    assert len(cache) == 5
    for use in (lambda: cache.array, cache.check):
        assert refused(use) == [
            "rows 4 to 4 are damaged (their checksum is wrong)" + OR_ANEW]


def test_a_flipped_bit_of_a_checksum_is_refused(path, cached):
    size = os.path.getsize(path + ".crc32")
    assert size == 12 * 4  # the header's, and three blocks'
    for byte in range(size):
        flip(path + ".crc32", byte)
        with pytest.raises(RecipeError, match="^Cannot read the cache "):
            cached().check()
        flip(path + ".crc32", byte)
    cached().check()


def test_what_is_damaged_is_computed_anew_on_demand(path, cached):
    flip(path, 130)
    counting = cached.counting()
    assert cached(session=counting, recompute=True).array.tolist() == ROWS
    assert counting.runs == 3
    counting = cached.counting()
    cached(session=counting, recompute=True)
    assert counting.runs == 0


def test_each_block_is_checked_once(monkeypatch, cached):
    counted = []
    real = zlib.crc32
    monkeypatch.setattr("tf1_recipes.transfer.cache.checked_rows.zlib.crc32", lambda data: (
        counted.append(len(data)) or real(data)))
    cache = cached()
    assert counted == [128]
    next(cache.batches(batch_size=3))
    assert counted == [128, 8, 8]
    for _ in range(2):
        for _ in cache.batches(batch_size=2, shuffle=1):
            pass
    assert counted == [128, 8, 8, 4]


def test_damage_before_a_resumed_run_is_found_too(path, cached):
    cached(recompute=True)
    os.rename(path, path + ".partial")
    with open(path + ".partial", "r+b") as file:
        file.truncate(128 + 4 * 4)
    flip(path + ".partial", 128)
    cache = cached()
    assert refused(cache.check) == [
        "rows 0 to 1 are damaged (their checksum is wrong)" + OR_ANEW]


@pytest.mark.parametrize("batch_size", [1, 3, 4, 5])
@pytest.mark.parametrize("damage", [False, True])
def test_a_run_resumed_in_other_batches_cuts_its_blocks(batch_size, damage, path, cached):
    os.rename(path, path + ".partial")
    with open(path + ".partial", "r+b") as file:
        file.truncate(128 + 4 * 4)
    if damage:
        flip(path + ".partial", 128 + 4 * 2)
    counting = cached.counting()
    cache = cached(batch_size, session=counting)
    kept = 4 // batch_size * batch_size
    # Of a damaged block no part is kept, nor is what lies in front of it.
    kept = 0 if damage and batch_size == 3 else kept
    if damage and kept > 2:
        assert refused(cache.check)[0].startswith("rows 2 to 3 are damaged")
    else:
        assert cache.array.tolist() == ROWS
    assert counting.runs == -(-(5 - kept) // batch_size)


# --- files that are no caches


@pytest.mark.parametrize("recompute", [False, True])
def test_a_cache_made_before_rows_had_checksums(recompute, path, cached):
    os.remove(path + ".crc32")
    counting = cached.counting()
    if recompute:
        assert cached(session=counting, recompute=True).array.tolist() == ROWS
        assert counting.runs == 3
        return
    with pytest.raises(RecipeError) as error:
        cached()
    assert str(error.value) == (
        "Cannot read the cache %s:\n  - there is no readable %s.crc32, which older caches do not "
        "have: its rows cannot be checked. Delete it, or pass recompute=True"
        % (path, path))


def test_a_beginning_made_before_rows_had_checksums_is_computed_anew(path, cached):
    os.remove(path + ".crc32")
    os.rename(path, path + ".partial")
    counting = cached.counting()
    assert cached(session=counting).array.tolist() == ROWS
    assert counting.runs == 3


@pytest.mark.parametrize("records", [
    b"", b"x" * 11, bytes(12), bytes(12 * 3), b"\xff" * 48, bytes(12 * 1000)])
def test_checksums_that_are_none(records, path, cached):
    write(path + ".crc32", records)
    assert refused(cached) == [
        "%s.crc32, the checksums of its rows, is damaged: its rows cannot be checked. Delete it, "
        "or pass recompute=True" % path]


def test_an_array_that_is_none(path, cached):
    with open(path, "rb") as file:
        whole = file.read()
    with zipfile.ZipFile(path + ".zip", "w") as archive:
        archive.writestr("w.npy", whole)
    with open(path + ".zip", "rb") as file:
        zipped = file.read()
    cut = "it has more or fewer bytes than its header says"
    for data, told in (
            (b"", "it is empty"), (zipped, "it is not an array in .npy format"),
            (whole[:9], "it is cut off within its header"),
            (whole[:100], "it is cut off within its header"),
            (whole.replace(b"False", b"Fal5e"), "its header is not what NumPy writes"),
            (whole.replace(b"(5, 1)", b"[[[[[["), "its header is not what NumPy writes"),
            (whole[:6] + b"\2\0\xff\xff\xff\xff", "its header is 4294967295 bytes long"),
            (whole[:140], cut), (whole + b"x", cut),
            (whole.replace(b"(5, 1)", b"(9999999999, 1)"[:15]), None)):
        write(path, data)
        problem, = refused(cached)
        assert told is None or problem == "it is damaged (%s)%s" % (told, OR_ANEW)
    assert cached(recompute=True).array.tolist() == ROWS


def test_another_array_is_refused(path, cached):
    for array, told in ((INPUTS[:, :1].astype(np.float64), "float64 of (5, 1)"),
                        (INPUTS, "float32 of (5, 2)"), (INPUTS[:3, :1], "float32 of (3, 1)")):
        np.save(path, array)
        assert refused(cached) == ["it is another array, %s%s" % (told, OR_ANEW)]
    np.save(path, np.float32(ROWS) + 1)
    assert refused(cached().check)[0].startswith("rows 0 to 1 are damaged")


@pytest.mark.parametrize("text", [
    "1", "[]", "null", '"x"', "", "{}", "[" * 100000, '{"variables": 1.5}', "\ud800", "\x00"])
def test_a_sidecar_that_is_no_key(text, path, cached):
    write(path + ".key.json", text.encode("utf-8", "surrogatepass"))
    with pytest.raises(RecipeError) as error:
        cached()
    assert str(error.value) == (
        "Cannot use %s as a cache:\n  - there is no readable %s.key.json, which records what it "
        "was computed from: give another path, or delete the file" % (path, path))


@pytest.mark.parametrize("part", ["tensorflow", "tensor", "operations", "variables", "data",
                                  "constants"])
@pytest.mark.parametrize("value", [None, 1.5, [], {"x": 1}, {"x": None}, [[]]])
def test_a_part_of_a_sidecar_that_is_none(part, value, path, cached):
    with open(path + ".key.json") as file:
        key = json.load(file)
    for changed in (dict(key, **{part: value}), {k: v for k, v in key.items() if k != part}):
        with open(path + ".key.json", "w") as file:
            json.dump(changed, file)
        assert "there is no readable" in refused(cached)[0]


def test_what_a_sidecar_says_is_printed_in_one_line(path, cached):
    with open(path + ".key.json") as file:
        key = json.load(file)
    with open(path + ".key.json", "w") as file:
        json.dump(dict(key, tensorflow="2\nAGREE\x1b[2J"), file)
    with pytest.raises(RecipeError) as error:
        cached()
    assert r"TensorFlow was 2\nAGREE\x1b[2J, and is" in str(error.value)


def test_no_pickle_is_loaded(path, cached):
    np.save(path, np.array([{}] * 5, object), allow_pickle=True)
    assert refused(cached) == [
        "it is damaged (it has more or fewer bytes than its header says)" + OR_ANEW]
