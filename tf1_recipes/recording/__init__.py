"""Records what a training feeds, fetches and learns, on Python 2.7 to today's."""
from tf1_recipes.lazy_names import lazy_names

__getattr__, __dir__, __all__ = lazy_names(__name__, {
    "RecordingHook": "hook",
    "record_sessions": "sessions",
})
