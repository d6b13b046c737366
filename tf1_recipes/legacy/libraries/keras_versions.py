"""What ``tf.keras.__version__`` said."""
OF_1_4, OF_1_7, OF_1_15 = "2.0.8-tf", "2.1.4-tf", "2.2.4-tf"
