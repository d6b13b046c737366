"""``python -m tf1_recipes``."""
import sys

from tf1_recipes.cli import main

sys.exit(main())
