"""The failure notice stays until it is dismissed, and shows words as they are."""

import pytest

from segmenter.ui.banner import Banner


@pytest.fixture
def banner(qtbot, session):
    made = Banner(session)
    qtbot.addWidget(made)
    return made


def test_a_failure_is_shown_until_dismissed(banner, session, tmp_path, wait):
    session.open(tmp_path / "absent.png")
    wait(session, lambda state: state.failure)
    assert banner.isVisible()
    assert banner.words.text() == session.state.failure
    banner.dismiss.click()
    assert not banner.isVisible()
    assert session.state.failure == ""


def test_a_name_with_markup_is_shown_literally(banner, session):
    session._change(failure="Cannot read <b>x</b>.png")
    assert banner.words.text() == "Cannot read <b>x</b>.png"
    assert banner.words.textFormat().name == "PlainText"
