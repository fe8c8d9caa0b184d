import pytest

from segmenter.files import decoded
from segmenter.files.decoded import check_page, check_size
from segmenter.files.refused import RefusedError


@pytest.fixture(autouse=True)
def plenty(monkeypatch):
    """As on a system that does not tell its memory."""
    monkeypatch.setattr(decoded, "available_bytes", lambda: None)


@pytest.mark.parametrize(
    ("rows", "columns", "file_bytes", "reason"),
    [
        (0, 5, 100, "0 pixels"),
        (2**31 - 1, 2**31 - 1, 2**40, "more than the 1074 million"),
        (12_000, 12_000, 17_582, "far too many for a file of 17582 bytes"),
    ],
    ids=["empty", "huge", "bomb"],
)
def test_sizes_are_refused_with_the_reason(rows, columns, file_bytes, reason):
    with pytest.raises(RefusedError, match=reason):
        check_size(rows, columns, bytes_per_pixel=1, file_bytes=file_bytes)


@pytest.mark.parametrize(
    ("side", "bytes_per_pixel", "file_bytes"),
    [(20_000, 3, 30_000_000), (5_000, 1, 1_000), (1, 8, 1)],
    ids=["scan", "blank", "smallest"],
)
def test_sizes_of_real_images_are_fine(side, bytes_per_pixel, file_bytes):
    check_size(side, side, bytes_per_pixel=bytes_per_pixel, file_bytes=file_bytes)


def test_what_does_not_fit_into_memory_is_refused(monkeypatch):
    monkeypatch.setattr(decoded, "available_bytes", lambda: 1_000_000_000)
    check_size(5_000, 5_000, bytes_per_pixel=3, file_bytes=10**7)
    with pytest.raises(RefusedError, match=r"need about 1\.2 GB of memory, and 1\.0 GB are free"):
        check_size(10_000, 10_000, bytes_per_pixel=3, file_bytes=10**7)


def test_pages_count_from_zero():
    check_page(0, 1)
    check_page(4, 5)
    for page in (-1, 5):
        with pytest.raises(RefusedError, match=f"no page {page}") as raised:
            check_page(page, 5)
        assert "5 pages" in raised.value.advice
