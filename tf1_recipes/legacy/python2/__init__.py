"""Python 2: translated in memory, with the meaning and the builtins that it had."""
