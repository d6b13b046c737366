"""The documentation: pages of Markdown, which ``tf1-recipes guide`` shows without a network."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "guide_command": "reader",
    "pages": "reader",
})
