"""Python 2's `random`; the expected values are Python 2.7.18's."""
import pytest

from tf1_recipes.legacy.python2.python2_random import Random


def test_numbers_and_choices():
    random = Random(7)
    assert [random.randint(1, 100) for _ in range(5)] == [33, 16, 66, 8, 54]
    assert random.choice("abcdefgh") == "c"
    assert random.sample(range(50), 5) == [2, 25, 1, 21, 3]
    assert random.sample({3, 1, 2}, 2) == [1, 3]
    assert random.randrange(0, 100, 7) == 84
    numbers = list(range(8))
    random.shuffle(numbers)
    assert numbers == [7, 5, 6, 2, 4, 3, 1, 0]
    assert random.uniform(1, 2) == pytest.approx(1.04658268062, abs=1e-11)
    assert random.gauss(0, 1) == pytest.approx(0.520974898421, abs=1e-11)
    assert random.sample(range(10 ** 6), 3) == [144255, 117792, 308481]


@pytest.mark.parametrize("seed, first", [
    ("abc", 0.0963937497877), (2.5, 0.15064608337), (-7, 0.32383276483316237),
    (7, 0.32383276483316237)])
def test_seeds(seed, first):
    assert Random(seed).random() == pytest.approx(first, abs=1e-11)


def test_a_generator_of_its_own():
    random = Random(3)
    assert (random.randint(0, 9), random.choice([1, 2, 3])) == (2, 2)


def test_bad_ranges_are_errors():
    with pytest.raises(ValueError, match="empty range"):
        Random(1).randrange(3, 3)
    with pytest.raises(ValueError, match="larger than population"):
        Random(1).sample([1], 2)
