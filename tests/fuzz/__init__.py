"""Changed files of every kind that is read: what `tests/test_fuzz.py` gives to the readers.

A kind has three methods: ``__init__(folder)`` makes a good file there, ``write(randomly)`` changes
it and returns its path, and ``read(path)`` reads all of it and asserts that what was read is right.
"""
