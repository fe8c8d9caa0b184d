"""Disk: images in, products and recipes out. No Qt."""
