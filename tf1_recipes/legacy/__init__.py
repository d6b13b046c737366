"""Running old scripts unmodified."""
