"""Numbers only: features, mixtures and EM. No disk, no Qt, no printing.

``pipeline.steps`` is the way through: image -> features -> samples -> starts -> EM -> result.
"""
