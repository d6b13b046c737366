"""What shows that the recipes hold: catalogue, models, reference traces, verification."""
