"""The way from an image to its classes, as a generator that everyone drives."""
