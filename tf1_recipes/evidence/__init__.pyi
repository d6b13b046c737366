from tf1_recipes.evidence.catalogue import RECIPES as RECIPES
from tf1_recipes.evidence.catalogue import find as find
from tf1_recipes.evidence.recipe import Recipe as Recipe
from tf1_recipes.evidence.sources import Source as Source
