"""How a test gives a session an image that is in memory."""

from segmenter.app.pyramid import pyramid_of
from segmenter.app.tasks import Opened


def show_image(session, image):
    """Do what the session does when a file has been read."""
    session._on_opened(Opened(image, pyramid_of(image)))
