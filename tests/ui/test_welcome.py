"""The page before there is an image: every way to open one."""

from __future__ import annotations

from pathlib import Path

import pytest
from accessible import nameless
from PySide6.QtCore import QSize, Qt

from segmenter.app.thumbnails import thumbnails
from segmenter.files.bundled import sample_images
from segmenter.ui.plain import title_of
from segmenter.ui.welcome import Welcome

PATIENCE = 60_000


@pytest.fixture
def welcome(qtbot, session, preferences):
    made = Welcome(session, preferences, sample_images())
    qtbot.addWidget(made)
    yield made
    made.give_up()


def test_the_button_asks_for_a_file(welcome, qtbot):
    welcome.show()
    with qtbot.waitSignal(welcome.open_wanted):
        qtbot.keyClick(welcome._button, Qt.Key.Key_Space)


def test_every_sample_gets_its_picture(welcome, qtbot):
    samples = welcome._samples
    assert samples.count() == len(sample_images()) > 0
    items = [samples.item(place) for place in range(samples.count())]
    qtbot.waitUntil(lambda: not any(item.icon().isNull() for item in items), timeout=PATIENCE)


def test_a_sample_opens_by_keyboard(welcome, qtbot, session, wait):
    welcome.show()
    session.set_live(False)
    welcome._samples.setCurrentRow(0)
    qtbot.keyClick(welcome._samples, Qt.Key.Key_Return)
    state = wait(session, lambda state: state.image is not None)
    assert state.image.path == sample_images()[0]


def test_a_click_opens_once(welcome, qtbot, session, monkeypatch):
    opened = []
    monkeypatch.setattr(session, "open", opened.append)
    welcome.resize(900, 700)
    welcome.show()
    place = welcome._samples.visualItemRect(welcome._samples.item(1)).center()
    qtbot.mouseClick(welcome._samples.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == [sample_images()[1]]


def test_recent_files_are_listed_newest_first_and_as_they_are(welcome, preferences, tmp_path):
    welcome.show()
    assert welcome._recent_part.isHidden()
    welcome.hide()
    for name in ("older.png", "<b>newer</b>.png".replace("/", "\u2215")):
        preferences.remember(tmp_path / name)
    welcome.show()
    texts = [welcome._recent.item(place).text() for place in range(welcome._recent.count())]
    assert [text.splitlines()[1] for text in texts] == [str(tmp_path)] * 2
    assert texts[0].startswith("<b>newer")
    assert texts[1].startswith("older.png")


def test_thumbnails_fill_their_size_and_pass_over_what_cannot_be_read(image_file, tmp_path, run):
    (tmp_path / "broken.png").write_bytes(b"nothing")
    size = QSize(40, 30)
    made, last = run(thumbnails([tmp_path / "broken.png", image_file], size))
    assert [picture.path for picture in last] == [image_file]
    assert last[0].picture.size() == size
    assert len(made) == 1


def test_screen_readers_find_a_name_for_everything(welcome):
    assert nameless(welcome) == []


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("cells_16bit.tif", "Cells, 16 bit"),
        ("deep_field.jpg", "Deep field"),
        ("coins.png", "Coins"),
    ],
)
def test_titles_are_words(name, title):
    assert title_of(Path(name)) == title
