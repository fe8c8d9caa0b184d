"""Where test data lies; what is absent makes its tests skip."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SAMPLE_IMAGES = REPOSITORY / "sample_images"
SHARED = REPOSITORY.parent / "shared"
CORPUS = SHARED / "corpus"
DATA = SHARED / "data"
