"""The cache of tiles: as many are made as there is time for, and as many kept as there is room."""

import pytest
from PySide6.QtGui import QImage

from segmenter.app.pyramid import Tile
from segmenter.ui import tile_cache
from segmenter.ui.tile_cache import Allowance, TileCache

TILES = [Tile(0, 0, column) for column in range(6)]


@pytest.fixture
def made():
    return []


@pytest.fixture
def make(made):
    def picture(tile):
        made.append(tile)
        return QImage(1, 1, QImage.Format.Format_RGB32)

    return picture


def test_one_tile_is_made_whatever_it_takes(make, made):
    pictures = TileCache().pictures(TILES, make, Allowance(0))
    assert made == TILES[:1]
    assert pictures[1:] == [None] * 5


def test_one_allowance_serves_several_caches(make, made):
    allowance = Allowance(0)
    TileCache().pictures(TILES, make, allowance)
    TileCache().pictures(TILES, make, allowance)
    assert made == TILES[:1]


def test_what_is_there_is_not_made_again(make, made):
    cache = TileCache()
    for _ in range(2):
        assert None not in cache.pictures(TILES, make, Allowance(60))
    assert made == TILES


def test_the_tiles_seen_last_are_kept(make, made, monkeypatch):
    monkeypatch.setattr(tile_cache, "KEPT", 3)
    cache = TileCache()
    for tile in TILES:
        cache.picture(tile, make)
    made.clear()
    for tile in TILES[3:]:
        cache.picture(tile, make)
    assert not made
    cache.picture(TILES[0], make)
    assert made == TILES[:1]


def test_all_that_is_seen_at_once_is_kept(make, made, monkeypatch):
    monkeypatch.setattr(tile_cache, "KEPT", 3)
    cache = TileCache()
    for _ in range(2):
        cache.pictures(TILES, make, Allowance(60))
    assert made == TILES
