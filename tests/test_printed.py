"""What `tests.printed` takes for the same, and what not."""
import pytest

from tests.printed import differing_lines


@pytest.mark.parametrize("found, expected", [
    ("0.12 [1, 2]", "0.13 [1, 2]"), ("-0.01", "0.00"), ("0.99", "1.00"), ("a\nb 1.5", "a\nb 1.4"),
    ("['0.1', '2.0'] 3", "['0.2', '1.9'] 3"), ("1.0e-05", "1.1e-05"), ("", ""),
])
def test_the_same(found, expected):
    assert differing_lines(found, expected) == []


@pytest.mark.parametrize("found, expected", [
    ("0.12", "0.14"), ("1 0.12", "2 0.12"), ("0.1", "0.10"), ("0.1", "-0.1"), ("a 0.1", "b 0.1"),
    ("0.1 0.2", "0.1"), ("nan", "0.1"), ("0.1e-05", "0.1e-06"), ("1.0", "1"),
])
def test_not_the_same(found, expected):
    assert differing_lines("same\n" + found, "same\n" + expected) == [(found, expected)]


def test_a_line_too_many_or_too_few():
    assert differing_lines("a", "a\nb") == [(None, "b")]
    assert differing_lines("a\nb", "a") == [("b", None)]
