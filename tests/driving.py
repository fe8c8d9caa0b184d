"""How tests bring a session into the state that they need."""

from segmenter.app.pyramid import pyramid_of
from segmenter.app.state import is_running
from segmenter.app.tasks import Opened
from segmenter.engine.outcome import Stage


def show_image(session, image):
    """Give the session an image as if it had read it from a file."""
    session._on_opened(Opened(image, pyramid_of(image)))


def step_into_em(session, wait):
    """Ask for more than there is to find and step, until EM waits in the middle of its way."""
    changes = {"components": 6, "tolerance": 1e-300, "max_iterations": 100_000}
    session.set_live(False)
    session.edit("Edit", settings=session.state.inputs.settings.model_copy(update=changes))
    session.step()
    while session.state.progress.stage is not Stage.FITTING:
        seen = session.state.progress
        session.step()
        wait(session, lambda state, seen=seen: state.progress is not seen)


def done(state):
    """Whether there is a result and nothing under way."""
    return state.result is not None and not is_running(state) and not state.opening


def with_settings(session, **changes):
    """Return the settings of a session with some of them changed."""
    return session.state.inputs.settings.model_copy(update=changes)


def edit(session, *, gesture=0, **changes):
    """Change settings as a panel does."""
    session.edit("Edit", settings=with_settings(session, **changes), gesture=gesture)
