"""The images that lie beside one in its folder."""

from __future__ import annotations

from segmenter.files.beside import images_beside


def test_images_come_in_the_order_of_their_numbers(tmp_path):
    for name in ("cell 10.png", "Cell 9.PNG", "notes.txt", "b.tif", ".hidden.png", "cell 9b.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    found = [path.name for path in images_beside(tmp_path / "b.tif")]
    assert found == ["b.tif", "Cell 9.PNG", "cell 9b.png", "cell 10.png"]
