"""What is shipped: the wheel, and the image that is built from it."""
