"""Every compiled function, one file per algorithm: arrays in, arrays out, nothing checked.

Kernels take float32 samples as a structure of arrays, (features, samples), and write into arrays
that the caller made. Each has its slow, obvious twin in ``tests/reference.py``.
"""
