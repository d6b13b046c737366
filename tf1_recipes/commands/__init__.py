"""What the command line does for the person at it: misspelt words, completion in a shell."""
