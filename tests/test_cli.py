import re
import signal

import numpy as np
import pytest
from PIL import Image as Pillow
from rich.text import Text

from segmenter import __version__, cli, segment
from segmenter.batch.lock import locked
from segmenter.engine.parameters import parameters
from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle
from segmenter.engine.threads import set_thread_count, thread_count
from segmenter.files.images import read_image
from segmenter.files.products import PRODUCTS
from segmenter.files.recipes import Recipe, read_recipe, write_recipe


@pytest.fixture
def segmenter(capsys, monkeypatch, tmp_path):
    """Run the command line in an empty folder: (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")

    def command(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, Text.from_ansi(out).plain, Text.from_ansi(err).plain

    yield command
    set_thread_count(0)


@pytest.fixture
def labels(tmp_path):
    def read(name):
        with Pillow.open(tmp_path / name) as labels:
            return np.asarray(labels)

    return read


def wrote(files, folder):
    return f"Wrote {files} and a report of the run to {folder}/\n"


# ---- What it says ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "batch"])
def test_the_help_lists_every_setting_with_its_words(segmenter, command):
    code, out, _ = segmenter(command, "--help")
    assert code == 0
    words = re.sub(r"[\s│]+", " ", out)
    for parameter in parameters():
        assert f"--{parameter.name.replace('_', '-')} " in words
        assert parameter.help in words


def test_the_help_lists_every_product(segmenter):
    words = re.sub(r"[\s│]+", " ", segmenter("run", "--help")[1])
    assert ", ".join(PRODUCTS) in words


def test_the_help_shows_both_ways_to_use_it(segmenter):
    code, out, _ = segmenter("--help")
    assert code == 0
    assert "segmenter [IMAGE]... opens the window" in out
    for name in cli.command_names():
        assert re.search(rf"│ {name} ", out)


def test_the_version_is_said(segmenter):
    assert segmenter("--version") == (0, f"segmenter {__version__}\n", "")


def test_the_doctor_names_versions_and_folders(segmenter):
    code, out, _ = segmenter("doctor")
    assert code == 0
    for word in ("Python:", "numba:", "Cache folder:", "Qt platform:", "Missing libraries:"):
        assert word in out


# ---- What it does ------------------------------------------------------------------------------


def test_run_writes_what_segment_finds_and_says_where(segmenter, image_file, labels):
    code, out, err = segmenter("run", image_file, "--components", 3, "--covariance", "tied")
    assert (code, out) == (0, wrote("2 files for 1 image", "segmented"))
    assert "[1/1] done: three kinds.png: 3 classes, converged" in err
    expected = segment(read_image(image_file), Settings(components=3, covariance="tied"))
    written = labels("segmented/three kinds_labels.png")
    np.testing.assert_array_equal(written, expected.labels)


def test_run_says_all_that_it_wrote(segmenter, image_file, tmp_path):
    assert segmenter("run", image_file)[1] == wrote("2 files for 1 image", "segmented")
    there = {path.name for path in (tmp_path / "segmented").iterdir()}
    report = {"segmenter_batch.json", "segmenter_batch.csv"}
    assert there == {"three kinds_labels.png", "three kinds_soft.tif"} | report


@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_threads_gives_the_same_bytes(segmenter, image_file, tmp_path, threads):
    segmenter("run", image_file, "--out", "a", "--products", "labels,soft,model")
    segmenter(
        "run", image_file, "--out", "b", "--products", "labels,soft,model", "--threads", threads
    )
    for path in (tmp_path / "a").glob("three kinds_*"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_run_does_again_what_is_there(segmenter, image_file):
    segmenter("run", image_file)
    assert segmenter("run", image_file)[1].startswith("Wrote 2 files")


def test_features_are_separated_by_commas(segmenter, image_file, tmp_path):
    segmenter("run", image_file, "--features", "rgb, position", "--products", "model")
    settings = read_recipe(tmp_path / "segmented/three kinds_model.json").settings
    assert settings.features == ("rgb", "position")


def test_options_override_the_settings_of_a_recipe(segmenter, image_file, tmp_path):
    write_recipe(tmp_path / "r.json", Recipe(Settings(components=5, seed=7)))
    arguments = ("--recipe", "r.json", "--components", 2, "--products", "model")
    assert segmenter("run", image_file, *arguments)[0] == 0
    settings = read_recipe(tmp_path / "segmented/three kinds_model.json").settings
    assert (settings.components, settings.seed) == (2, 7)


def test_a_recipe_with_a_mixture_labels_without_fitting(segmenter, image_file, labels):
    segmenter("run", image_file, "--components", 3, "--products", "labels,model", "--out", "a")
    recipe = "a/three kinds_model.json"
    code, _, err = segmenter("run", image_file, "--recipe", recipe, "--out", "b")
    assert code == 0
    assert "by the given mixture" in err
    np.testing.assert_array_equal(*(labels(f"{x}/three kinds_labels.png") for x in "ab"))


def test_options_that_change_a_recipe_fit_again_and_say_so(segmenter, image_file):
    segmenter("run", image_file, "--components", 3, "--products", "model")
    recipe = "segmented/three kinds_model.json"
    _, _, err = segmenter("run", image_file, "--recipe", recipe, "--components", 2)
    assert "fitted by itself" in err
    assert "2 classes, converged" in err


def test_settings_are_saved_as_a_recipe_that_gives_the_same(segmenter, image_file, tmp_path):
    options = ("--components", 3, "--covariance", "tied", "--products", "labels")
    saving = ("--save-recipe", "mine.json")
    assert segmenter("run", image_file, *options, *saving, "--out", "a")[0] == 0
    recipe = read_recipe(tmp_path / "mine.json")
    assert (recipe.settings, recipe.mixture) == (Settings(components=3, covariance="tied"), None)
    using = ("--recipe", "mine.json", "--products", "labels", "--out", "b")
    assert segmenter("run", image_file, *using)[0] == 0
    one, two = (next((tmp_path / name).glob("*.png")) for name in "ab")
    assert one.read_bytes() == two.read_bytes()


def test_batch_goes_on_where_it_stopped_unless_forced(segmenter, image_file, tmp_path):
    batch = ("batch", tmp_path, "--out", "out")
    assert segmenter(*batch)[1] == wrote("2 files for 1 image", "out")
    assert segmenter(*batch)[1].endswith("1 image skipped, up to date\n")
    assert segmenter(*batch, "--force")[1] == wrote("2 files for 1 image", "out")


def test_batch_uses_pattern_and_sub_folders(segmenter, image_file, tmp_path):
    (tmp_path / "in/deep").mkdir(parents=True)
    for name in ("in/a.png", "in/deep/b.png", "in/deep/c.bmp"):
        (tmp_path / name).write_bytes(image_file.read_bytes())
    arguments = ("--out", "out", "--pattern", "*.png", "--recursive", "--products", "labels")
    assert segmenter("batch", "in", *arguments)[0] == 0
    written = {str(path.relative_to(tmp_path / "out")) for path in tmp_path.glob("out/**/*.png")}
    assert written == {"a_labels.png", "deep/b_labels.png"}


def test_names_that_look_like_options_or_markup_work(segmenter, image_file, tmp_path):
    for name in ("-rf.png", "[bold]x[bold].png", "a\nb.png"):
        (tmp_path / name).write_bytes(image_file.read_bytes())
    code, out, err = segmenter("run", "--", "-rf.png", "[bold]x[bold].png", "a\nb.png")
    assert (code, out) == (0, wrote("6 files for 3 images", "segmented"))
    assert "done: -rf.png" in err
    assert "done: [bold]x[bold].png" in err
    assert r"done: a\nb.png" in err


# ---- How it fails ------------------------------------------------------------------------------


def test_a_failed_image_is_listed_and_the_others_are_done(segmenter, image_file, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no image")
    code, out, err = segmenter("run", "bad.png", image_file, "gone.png")
    assert (code, out) == (1, wrote("2 files for 1 image", "segmented"))
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "[1/3] failed",
        "[2/3] done",
        "[3/3] failed",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run"], "IMAGE"),
        (["run", "x.png", "--components", "0"], "'components'"),
        (["run", "x.png", "--texture-scale", "0"], "texture_scale"),
        (["run", "x.png", "--features", "smell"], "features"),
        (["run", "x.png", "--products", "cake"], "There is no 'cake'"),
        (["run", "x.png", "--products", ","], "Choose of"),
        (["run", "."], "is a folder"),
        (["run", "x.png", "--sponge"], "--sponge"),
        (["run", "x.png", "--covariance", "round"], "round"),
        (["run", "x.png", "--spatial", "fields"], "'--spatial': 'fields' is not one of"),
        (["run", "x.png", "--save-recipe", "x.png"], "does not end in .json"),
        (["nothing"], "nothing"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_ends_with_2_and_one_line(segmenter, arguments, words):
    code, out, err = segmenter(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.startswith("segmenter: ")
    assert re.search(r"See: segmenter (run )?--help\n$", err)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["batch", "nothing"],
        ["batch", "empty"],
        ["run", "a.png", "--out", "a.png"],
        ["run", "a.png", "--recipe", "nothing.json"],
        ["batch", ".", "--fit", "a.png"],
    ],
    ids=["no folder", "empty folder", "output is a file", "no recipe", "no recipe inside"],
)
def test_what_cannot_start_ends_with_3_and_one_line(segmenter, tmp_path, arguments):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.png").write_bytes(b"x")
    code, out, err = segmenter(*arguments)
    assert (code, out) == (3, "")
    assert err.startswith("segmenter: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl+C", "term"]
)
def test_a_signal_ends_it_with_its_code(segmenter, image_file, monkeypatch, number, expected):
    def interrupt(*_, **__):
        signal.raise_signal(number)

    monkeypatch.setattr("segmenter.batch.run.read_image", interrupt)
    code, _, err = segmenter("run", image_file)
    assert code == expected
    assert "Traceback" not in err
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_page_and_the_names_of_a_recipe_are_used(segmenter, image_file, tmp_path):
    with Pillow.open(image_file) as page:
        page.save(tmp_path / "p.tif", save_all=True, append_images=[page.rotate(180)])
    sky = ClassStyle("Sky", (1, 2, 3))
    write_recipe(tmp_path / "r.json", Recipe(Settings(components=3), classes=(sky,)))
    options = ("--page", 1, "--recipe", "r.json", "--products", "labels,model")
    assert segmenter("run", "p.tif", *options)[0] == 0
    assert read_recipe(tmp_path / "segmented/p_model.json").classes[0] == sky
    expected = segment(read_image(tmp_path / "p.tif", page=1), Settings(components=3)).labels
    with Pillow.open(tmp_path / "segmented/p_labels.png") as written:
        np.testing.assert_array_equal(np.asarray(written), expected)


def test_the_noise_class_has_its_own_name(segmenter, image_file, tmp_path):
    options = ("--components", 3, "--noise-class", "on", "--products", "table")
    assert segmenter("run", image_file, *options)[0] == 0
    (table,) = (tmp_path / "segmented").glob("*_classes.csv")
    names = [line.split(",")[1] for line in table.read_text().splitlines()]
    assert names == ["name", "Class 1", "Class 2", "Class 3", "Outliers"]


def test_a_folder_in_use_ends_with_3_and_one_line(segmenter, image_file, tmp_path):
    (tmp_path / "out").mkdir()
    with locked(tmp_path / "out"):
        code, out, err = segmenter("run", image_file, "--out", "out")
    assert (code, out) == (3, "")
    assert "Another run" in err
    assert err.count("\n") == 1


def test_an_image_that_does_not_fit_into_memory_is_listed(segmenter, image_file, monkeypatch):
    monkeypatch.setattr("segmenter.files.memory.available_bytes", lambda: 1000)
    code, _, err = segmenter("run", image_file)
    assert code == 1
    assert "GB are free. Choose fewer components or features" in err


def test_the_threads_that_are_asked_for_are_used(segmenter, image_file):
    segmenter("run", image_file, "--threads", 3)
    assert thread_count() == 3


def test_scribbles_say_the_classes_of_their_pixels(segmenter, image_file, tmp_path, truth):
    drawn, out = tmp_path / "drawn.png", tmp_path / "out"
    numbers = np.zeros(truth.shape, np.uint8)
    numbers[2:6, 2:10], numbers[20:24, 45:53] = 2, 1
    Pillow.fromarray(numbers).save(drawn)
    order = ("run", image_file, "--scribbles", drawn, "--components", "3", "--out", out)
    assert segmenter(*order, "--products", "labels")[0] == 0
    labels = np.asarray(Pillow.open(out / f"{image_file.stem}_labels.png"))
    assert (labels[3, 3], labels[22, 50]) == (2, 1)
