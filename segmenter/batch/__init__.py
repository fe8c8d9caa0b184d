"""Many images: what will be done (plan) and the doing of it (run). No Qt."""
