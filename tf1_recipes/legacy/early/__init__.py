"""What TensorFlow was before 1.0 where more than its names differed."""
