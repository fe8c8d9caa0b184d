"""What the tests of the session share."""

import pytest


@pytest.fixture
def history(session):
    """Every change of the session: (before, after)."""
    states = []
    session.changed.connect(lambda before, after: states.append((before, after)))
    return states
