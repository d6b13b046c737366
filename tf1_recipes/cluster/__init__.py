"""Starts a script as the members of a cluster on this machine; TensorFlow itself does the rest."""
