"""Taking weights over from a checkpoint or from arrays, by a plan that is checked in full."""
