"""Python, NumPy, SciPy, matplotlib and Keras as scripts for TensorFlow 1 knew them."""
