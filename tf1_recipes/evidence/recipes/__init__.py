"""One folder per recipe, with everything that belongs to it."""
