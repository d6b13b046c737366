"""Learning rates as functions of the step: in the graph, and in NumPy."""
