"""Python, NumPy, SciPy, matplotlib and Keras as scripts of TensorFlow 1's time knew them."""
