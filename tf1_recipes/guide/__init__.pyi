from tf1_recipes.guide.reader import guide_command as guide_command
from tf1_recipes.guide.reader import pages as pages
