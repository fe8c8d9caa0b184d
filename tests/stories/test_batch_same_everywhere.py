"""The same image and settings give the same bytes, whoever asks."""

import hashlib

import pytest

from segmenter import Settings, cli, segment, write_products
from segmenter.batch.plan import Work, make_plan
from segmenter.batch.run import run as run_plan
from segmenter.engine.threads import set_thread_count
from segmenter.files.images import read_image

PRODUCTS = ("labels", "soft", "table", "model")


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("three kinds_*")
    }


@pytest.mark.parametrize("features", ["lab", "rgb,position", "texture"])
def test_segment_run_batch_and_any_threads_agree(image_file, tmp_path, run, features):
    settings = Settings(components=3, features=tuple(features.split(",")))
    image = read_image(image_file)
    write_products(segment(image, settings), image, tmp_path / "python", PRODUCTS)

    plan = make_plan(image_file.parent, tmp_path / "batch", Work(settings, products=PRODUCTS))
    run(run_plan(plan))

    options = ["--components", "3", "--features", features, "--products", ",".join(PRODUCTS)]
    for threads in ("1", "2", "5"):
        out = ["--out", str(tmp_path / threads), "--threads", threads]
        assert cli.main(["run", str(image_file), *out, *options]) == 0
    set_thread_count(0)

    expected = digests(tmp_path / "python")
    assert len(expected) == len(PRODUCTS)
    for folder in ("batch", "1", "2", "5"):
        assert digests(tmp_path / folder) == expected
