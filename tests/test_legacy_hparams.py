"""``tf.contrib.training.HParams``. Values and messages are those of genuine 1.15.5."""
import json

import pytest

from tf1_recipes.legacy.contrib.hparams import HParams, parse_values

KINDS = {"rate": float, "size": int, "name": str, "flag": bool}


@pytest.mark.parametrize("text, values", [
    ("", {}),
    ("rate=1,size=-3,name=abc,flag=true", {"rate": 1.0, "size": -3, "name": "abc", "flag": True}),
    ("flag=0", {"flag": False}),
    ("size=[1, 2 3],rate=[]", {"size": [1, 2, 3], "rate": []}),
    ("size[1] = 4, size[ 0 ]=5", {"size": {1: 4, 0: 5}}),
    ("rate=1e-3,", {"rate": 0.001}),
    ("name=", {"name": ""}),
])
def test_texts_and_what_they_say(text, values):
    assert parse_values(text, KINDS) == values


@pytest.mark.parametrize("text, message", [
    ("rate", "Malformed hyperparameter value: rate"),
    ("size=1.5", "Could not parse hparam 'size' of type 'int' with value '1.5' in size=1.5"),
    ("flag=yes", "Could not parse hparam 'flag' of type 'bool' with value 'yes' in flag=yes"),
    ("other=1", "Unknown hyperparameter type for other"),
    ("size=1,size=2", "Multiple assignments to variable 'size' in size=1,size=2"),
    ("size[0]=1,size[0]=2", "Multiple assignments to variable 'size[0]' in size[0]=1,size[0]=2"),
    ("size=1,size[0]=2", "Multiple assignments to variable 'size' in size=1,size[0]=2"),
    ("size[0]=[1]", "Assignment of a list to a list index."),
])
def test_texts_that_say_nothing(text, message):
    with pytest.raises(ValueError) as raised:
        parse_values(text, KINDS)
    assert str(raised.value) == message


def test_unknown_names_can_be_left_out():
    assert parse_values("other=1,size=2", KINDS, ignore_unknown=True) == {"size": 2}


def test_values_keep_their_types():
    hparams = HParams(rate=0.1, layers=[10, 20], name="a", flag=False, nothing=None)
    assert hparams.parse("rate=2,layers=[5],flag=1").values() == {
        "rate": 2.0, "layers": [5], "name": "a", "flag": True, "nothing": None}
    assert type(hparams.rate) is float
    assert hparams.set_from_map({"nothing": "x"}).nothing == "x"
    assert json.loads(hparams.to_json()) == hparams.values()
    assert hparams.parse_json('{"name": "b"}').name == "b"
    assert "rate" in hparams and "other" not in hparams
    assert hparams.get("rate") == 2.0 and hparams.get("other", 7) == 7
    hparams.del_hparam("nothing")
    hparams.add_hparam("more", 1)
    assert str(HParams(a=1, b="c")) == "a=1,b=c"
    assert repr(HParams(b=1, a=[2])) == "HParams([('a', [2]), ('b', 1)])"


@pytest.mark.parametrize("use, message", [
    (lambda h: h.set_hparam("rate", "x"),
     "Could not cast hparam 'rate' of type '<class 'float'>' from value 'x'"),
    (lambda h: h.set_hparam("size", 1.0),
     "Could not cast hparam 'size' of type '<class 'int'>' from value 1.0"),
    (lambda h: h.set_hparam("flag", 1),
     "Could not cast hparam 'flag' of type '<class 'bool'>' from value 1"),
    (lambda h: h.set_hparam("layers", 1), "Must pass a list for multi-valued parameter: layers."),
    (lambda h: h.set_hparam("size", [1]),
     "Must not pass a list for single-valued parameter: size"),
    (lambda h: h.add_hparam("size", 1), "Hyperparameter name is reserved: size"),
    (lambda h: h.add_hparam("none", []), "Multi-valued hyperparameters cannot be empty: none"),
    (lambda h: h.get("size", "x"),
     "Hparam 'size' of type '<class 'int'>' is incompatible with default=x. Could not cast hparam "
     "'size' of type '<class 'int'>' from value 'x'"),
    (lambda h: h.get("layers", 1),
     "Hparam 'layers' of type 'list<<class 'int'>>' is incompatible with default=1"),
])
def test_values_of_another_type_are_refused(use, message):
    with pytest.raises(ValueError) as raised:
        use(HParams(rate=0.1, size=1, flag=True, layers=[1, 2]))
    assert str(raised.value) == message


def test_a_name_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        HParams().set_hparam("rate", 1)
