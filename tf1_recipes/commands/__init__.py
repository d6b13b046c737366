"""The commands of ``tf1-recipes``, a file for each kind; misspelt words; completion in a shell."""
