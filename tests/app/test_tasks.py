"""What runs in the background, looked at without a window."""

from __future__ import annotations

import pytest

from segmenter.app import tasks
from segmenter.app.state import Inputs
from segmenter.engine.types import SegmenterError
from segmenter.files import memory


def test_a_run_that_would_fill_the_memory_is_refused(image, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(SegmenterError, match="memory"):
        next(tasks.fit(image, Inputs(), tasks.Leftovers()))


def test_an_export_can_be_stopped_between_two_files(segmented, tmp_path):
    writing = tasks.export(segmented.state, tmp_path, ("labels", "soft", "table"), stem="a")
    next(writing), next(writing)
    writing.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a_labels.png"]
