import pytest

from tf1_recipes.errors import Error, RecipeError


def test_a_recipe_error_lists_every_problem():
    error = RecipeError("Cannot do it", ["this is wrong", "so is that"])
    assert str(error) == "Cannot do it:\n  - this is wrong\n  - so is that"
    assert error.problems == ["this is wrong", "so is that"]


def test_it_is_caught_as_a_value_error_too():
    with pytest.raises(ValueError):
        raise RecipeError("Cannot do it", ["why"])
    with pytest.raises(Error):
        raise RecipeError("Cannot do it", ["why"])
