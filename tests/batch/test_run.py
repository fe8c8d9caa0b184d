import errno
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pillow

from segmenter import segment
from segmenter.batch.ledger import Ledger
from segmenter.batch.plan import Existing, Job, Plan, Work, make_plan
from segmenter.batch.run import DISK_FULL_LIMIT
from segmenter.batch.run import run as run_plan
from segmenter.batch.summary import JobState, read_summary
from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle, default_classes
from segmenter.engine.types import Noise
from segmenter.files.images import read_image
from segmenter.files.recipes import read_recipe

DONE, FAILED, SKIPPED, WAITING = (
    JobState.DONE,
    JobState.FAILED,
    JobState.SKIPPED,
    JobState.WAITING,
)
WORK = Work(Settings(components=3), products=("labels",))


@pytest.fixture
def do(run, folder, out):
    """Do everything in `folder`: (all progress, report)."""

    def drive(work=WORK, **options):
        return run(run_plan(make_plan(folder, out, work, **options)))

    return drive


def states(report):
    return [row.state for row in report.rows]


def times(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*_labels.png")}


def overwriting(work=WORK):
    return Work(work.settings, products=work.products, existing=Existing.OVERWRITE)


def test_every_image_gets_what_it_gets_alone(photo, do, out):
    paths = [photo("a.png"), photo("b.png", shift=7)]
    _, report = do()
    assert states(report) == [DONE, DONE]
    for path in paths:
        alone = segment(read_image(path), WORK.settings)
        written = Pillow.open(out / f"{path.stem}_labels.png")
        np.testing.assert_array_equal(np.asarray(written), alone.labels)


def test_a_row_tells_what_was_found(photo, do):
    path = photo("a.png")
    row = do()[1].rows[0]
    alone = segment(read_image(path), WORK.settings)
    assert (row.name, row.rows, row.columns, row.classes) == ("a", 48, 64, 3)
    assert sum(row.shares) == pytest.approx(1, abs=1e-5)
    assert row.log_likelihood == pytest.approx(alone.log_likelihoods[-1])
    assert row.iterations == alone.iterations
    assert row.stopped == "converged"
    assert row.products == ("a_labels.png",)


def test_one_bad_file_never_stops_the_others(photo, file, do):
    photo("a.png"), file("b.png"), photo("c.png")
    _, report = do()
    assert states(report) == [DONE, FAILED, DONE]
    assert "b.png" in report.rows[1].reason


def test_a_missing_file_is_a_row(photo, folder, out, run):
    plan = make_plan([photo("a.png"), folder / "gone.png"], out, WORK)
    assert states(run(run_plan(plan))[1]) == [DONE, FAILED]


def test_a_file_that_vanishes_meanwhile_is_a_row(photo, folder, out, run):
    plan = make_plan([photo("a.png"), photo("b.png")], out, WORK)
    (folder / "b.png").unlink()
    assert states(run(run_plan(plan))[1]) == [DONE, FAILED]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("odd\nshape"), r"unexpected: ValueError: odd\nshape"),
        (MemoryError(), "Not enough memory"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
    ids=["a fault of ours", "memory", "disk"],
)
def test_whatever_happens_is_a_reason_on_one_line(photo, do, monkeypatch, error, reason):
    def fail(*_, **__):
        raise error

    photo("a.png")
    monkeypatch.setattr("segmenter.batch.run.read_image", fail)
    row = do()[1].rows[0]
    assert row.state is FAILED
    assert reason in row.reason
    assert "\n" not in row.reason


def test_progress_tells_of_batch_and_image(photo, do):
    photo("a.png"), photo("b.png")
    progresses, _ = do()
    assert {progress.total for progress in progresses} == {2}
    finished = [progress.finished for progress in progresses]
    assert finished == sorted(finished)
    assert finished[-1] == 2
    assert any(progress.inner and progress.inner.log_likelihood for progress in progresses)
    assert progresses[0].remaining is None
    assert progresses[-2].remaining > 0
    assert progresses[-1].remaining == 0


def test_every_state_of_a_row_is_seen_in_order(photo, do):
    photo("a.png")
    seen = dict.fromkeys(progress.row.state for progress in do()[0])
    assert list(seen) == [JobState.RUNNING, DONE]


def test_cancelling_drops_the_image_under_way_and_keeps_the_others(photo, folder, out):
    photo("a.png"), photo("b.png"), photo("c.png")
    running = run_plan(make_plan(folder, out, WORK))
    for progress in running:
        if progress.index == 1 and progress.inner is not None:
            break
    running.close()
    assert [path.name for path in out.glob("*.png")] == ["a_labels.png"]
    saved = read_summary(out)
    assert [row.state for row in saved.values()] == [DONE, WAITING, WAITING]
    assert not list(out.glob("*.part"))


def test_a_second_run_goes_on_where_the_first_was_cancelled(photo, folder, out, do):
    photo("a.png"), photo("b.png")
    running = run_plan(make_plan(folder, out, WORK))
    while next(running).finished < 1:
        pass
    running.close()
    before = times(out)
    assert states(do()[1]) == [SKIPPED, DONE]
    assert times(out).items() > before.items()


def test_what_is_up_to_date_is_skipped_again_and_again(photo, do, out):
    photo("a.png")
    first = do()[1].rows[0]
    before = times(out)
    do()
    row = do()[1].rows[0]
    assert (row.state, row.classes, row.shares) == (SKIPPED, first.classes, first.shares)
    assert times(out) == before


def test_overwriting_does_all_again(photo, do, out):
    photo("a.png")
    do()
    before = times(out)
    assert states(do(overwriting())[1]) == [DONE]
    assert times(out) != before


def change_settings(path, out):
    return Work(Settings(components=2), products=("labels",))


def change_products(path, out):
    return Work(WORK.settings, products=("labels", "overlay"))


def change_image(path, out):
    os.utime(path, ns=(1, 1))
    return WORK


def choose_mixture(path, out):
    mixture = segment(read_image(path), WORK.settings).mixture
    return replace(WORK, mixture=mixture)


def choose_names(path, out):
    return replace(WORK, classes=(ClassStyle("Sky", (0, 0, 255)),))


def choose_page(path, out):
    return replace(WORK, page=1)


def lose_product(path, out):
    (out / "a_labels.png").unlink()
    return WORK


def damage_summary(path, out):
    (out / "segmenter_batch.json").write_text('{"files": [{"name": 3}], "earlier": []}')
    return WORK


@pytest.mark.parametrize(
    "change",
    [
        change_settings,
        change_products,
        change_image,
        choose_mixture,
        choose_names,
        choose_page,
        lose_product,
        damage_summary,
    ],
)
def test_what_is_not_up_to_date_is_done_again(photo, do, out, change):
    path = photo("a.png")
    with Pillow.open(path) as page:
        page.load()
    page.save(path, "TIFF", save_all=True, append_images=[page])
    do()
    assert states(do(change(path, out))[1]) == [DONE]


@pytest.mark.parametrize(
    "changes",
    [{"classes": np.array([0, 1, 1])}, {"noise": Noise(0.05, 1e-6)}],
    ids=["joined classes", "noise class"],
)
def test_a_mixture_that_makes_other_classes_does_all_again(photo, do, image, changes):
    photo("a.png")
    mixture = segment(image, WORK.settings).mixture
    do(replace(WORK, mixture=mixture))
    assert states(do(replace(WORK, mixture=mixture))[1]) == [SKIPPED]
    assert states(do(replace(WORK, mixture=replace(mixture, **changes)))[1]) == [DONE]


def test_another_version_does_all_again(photo, do, monkeypatch):
    photo("a.png")
    do()
    monkeypatch.setattr("segmenter.batch.ledger.__version__", "another")
    assert states(do()[1]) == [DONE]


def test_the_chosen_page_is_segmented(photo, do, out):
    path = photo("a.png")
    upright, turned = (Pillow.open(path).rotate(angle) for angle in (0, 180))
    upright.save(path, "TIFF", save_all=True, append_images=[turned])
    do(replace(WORK, page=1))
    expected = segment(read_image(path, page=1), WORK.settings).labels
    np.testing.assert_array_equal(np.asarray(Pillow.open(out / "a_labels.png")), expected)


def test_classes_without_a_chosen_name_get_a_default_one(photo, do, out):
    photo("a.png")
    sky = ClassStyle("Sky", (1, 2, 3))
    assert states(do(replace(WORK, classes=(sky,), products=("labels", "model")))[1]) == [DONE]
    classes = read_recipe(out / "a_model.json").classes
    assert classes == (sky, *default_classes(3)[1:])


def test_a_folder_that_cannot_be_read_is_a_row(photo, folder, out, run):
    plan = make_plan([folder, photo("a.png")], out, WORK)
    _, report = run(run_plan(plan))
    assert states(report) == [FAILED, DONE]
    assert "Cannot look into the folder" in report.rows[0].reason


def test_rows_of_other_images_stay_known(photo, out, run):
    one, two = photo("a.png"), photo("b.png")
    for path in (one, two):
        run(run_plan(make_plan([path], out, WORK)))
    _, report = run(run_plan(make_plan([one, two], out, WORK)))
    assert states(report) == [SKIPPED, SKIPPED]


def test_own_products_are_not_taken_for_images(photo, folder, run):
    photo("a.png"), photo("deep/b.png")
    for _ in range(2):
        plan = make_plan(folder, folder, overwriting(), recursive=True)
        _, report = run(run_plan(plan))
        assert [row.name for row in report.rows] == ["a", "deep/b"]


def test_products_in_a_former_output_folder_are_not_taken_for_images(photo, folder, out, run):
    photo("deep/a.png")
    run(run_plan(make_plan(folder, folder / "former", WORK, recursive=True)))
    plan = make_plan(folder, out, WORK, recursive=True)
    assert [job.path.name for job in plan.jobs] == ["a.png"]


def test_a_full_disk_ends_the_batch_and_says_so(photo, do, monkeypatch):
    def fail(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    for number in range(DISK_FULL_LIMIT + 2):
        photo(f"{number}.png")
    monkeypatch.setattr(os, "fsync", fail)
    _, report = do()
    assert states(report) == [FAILED] * DISK_FULL_LIMIT + [WAITING] * 2
    assert "No room" in report.problem
    assert "the disk is full" in report.rows[0].reason
    assert list(report.folder_out.iterdir()) == []


def test_a_disk_that_is_full_for_one_image_goes_on(photo, do, monkeypatch):
    from segmenter.files.export import products_written

    def fail_at_times(result, image, folder, products, **options):
        if image.path.stem in "013":
            raise OSError(errno.ENOSPC, "No space left on device")
        return products_written(result, image, folder, products, **options)

    for number in range(5):
        photo(f"{number}.png")
    monkeypatch.setattr("segmenter.batch.run.products_written", fail_at_times)
    _, report = do()
    assert states(report) == [FAILED, FAILED, DONE, FAILED, DONE]
    assert not report.problem


def test_a_summary_that_cannot_be_written_is_said(photo, do, out):
    photo("a.png")
    (out / "segmenter_batch.json").mkdir(parents=True)
    _, report = do()
    assert states(report) == [DONE]
    assert "Cannot write segmenter_batch.json" in report.problem


def test_a_mixture_labels_every_image_without_fitting(photo, do, image, run):
    photo("a.png"), photo("b.png", shift=9)
    mixture = segment(image, WORK.settings).mixture
    _, report = do(Work(WORK.settings, mixture, ("labels",)))
    assert states(report) == [DONE, DONE]
    assert report.rows[0].shares == pytest.approx(report.rows[1].shares, abs=1e-6)


def test_an_input_that_a_product_leads_to_is_refused_while_writing(photo, folder, out, run):
    one, two = photo("a.png"), photo("b.png", shift=7)
    plan = make_plan([one, two], out, replace(WORK, products=("masks", "labels")))
    before = two.read_bytes()
    (out / "a_labels.png").symlink_to(two)
    _, report = run(run_plan(plan))
    assert states(report) == [FAILED, DONE]
    assert "a_labels.png would replace an input image" in report.rows[0].reason
    assert two.read_bytes() == before
    assert not list(out.glob("a_mask_*"))


def test_an_image_that_does_not_fit_into_memory_is_a_row(photo, do, monkeypatch):
    photo("a.png")
    monkeypatch.setattr("segmenter.files.memory.available_bytes", lambda: 1000)
    monkeypatch.setattr("segmenter.files.decoded.available_bytes", lambda: None)
    assert "Choose fewer components" in do()[1].rows[0].reason


def masks(out):
    return sorted(path.name for path in out.glob("*_mask_*"))


def test_products_of_more_classes_from_an_earlier_run_are_removed(photo, do, out):
    photo("a.png")
    do(Work(Settings(components=3), products=("masks", "labels")))
    (out / "a_mask_4.png").write_bytes(b"not ours")
    do(Work(Settings(components=2), products=("masks",)))
    assert masks(out) == ["a_mask_1.png", "a_mask_2.png", "a_mask_4.png"]
    assert (out / "a_labels.png").is_file(), "another kind of product"


def test_noise_beside_the_most_components_is_a_product_too(photo, do, out):
    photo("a.png")
    do(Work(Settings(components=2), products=("masks",)))
    summary = out / "segmenter_batch.json"
    summary.write_text(summary.read_text().replace("a_mask_2.png", "a_mask_33.png"))
    (out / "a_mask_33.png").write_bytes(b"noise")
    do(Work(Settings(components=1), products=("masks",)))
    assert "a_mask_33.png" not in masks(out)


def test_a_cancelled_run_still_knows_what_an_earlier_one_wrote(photo, folder, do, out):
    photo("a.png")
    do(Work(Settings(components=3), products=("masks",)))
    running = run_plan(make_plan(folder, out, Work(Settings(components=2), products=("masks",))))
    next(running)
    running.close()
    do(Work(Settings(components=2), products=("masks",)))
    assert masks(out) == ["a_mask_1.png", "a_mask_2.png"]


def test_nothing_but_products_is_removed_whatever_the_summary_lists(photo, do, out, folder):
    path = photo("a.png")
    do()
    summary = out / "segmenter_batch.json"
    (out / "diary.txt").write_text("x")
    listed = f'"a_labels.png", "diary.txt", "{os.path.relpath(path, out)}"'
    summary.write_text(summary.read_text().replace('"a_labels.png"', listed))
    do(overwriting())
    assert path.is_file()
    assert (out / "diary.txt").is_file()


def test_a_batch_can_be_cancelled_between_two_files(photo, folder, out):
    photo("a.png")
    running = run_plan(make_plan(folder, out, replace(WORK, products=("labels", "overlay"))))
    while not (out / "a_labels.png").exists():
        next(running)
    running.close()
    assert not (out / "a_overlay.png").exists()


def test_the_ledger_counts_what_ends_and_takes_the_median(folder, out):
    jobs = tuple(Job(folder / f"{n}.png", out, f"{n}") for n in range(4))
    ledger = Ledger(Plan(jobs, out, WORK))
    assert (ledger.finished, ledger.remaining) == (0, None)
    for index, seconds in enumerate((9.0, 1.0, 2.0)):
        row = ledger.rows[index]
        ledger.put(index, replace(row, state=JobState.RUNNING))
        ledger.put(index, replace(row, state=DONE, seconds=seconds))
    assert (ledger.finished, ledger.remaining) == (3, 2.0)
    ledger.put(3, replace(ledger.rows[3], state=FAILED, seconds=50.0))
    assert (ledger.finished, ledger.remaining) == (4, 0.0)
