"""The output of frozen layers over a data set, computed once and kept in a file."""
