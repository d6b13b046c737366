"""Whether each row of a tensor is computed from one example alone: a proof on the graph.

`kinds` says what is known of a tensor; a rule for each type of op, in the modules named after what
the ops do, derives it from what is known of the op's inputs; `proof` walks the graph with these
rules; `trial` compares batches where there is no proof; `verdict` says what follows.
"""
