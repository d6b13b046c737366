"""Untrusted input: names, patterns, file headers."""
