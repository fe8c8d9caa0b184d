import csv
import json
import os

import pytest

from segmenter.batch.summary import (
    SUMMARY_NAME,
    TABLE_NAME,
    JobState,
    Row,
    read_summary,
    write_summary,
)

ROW = Row(
    "a", "/in/a.png", JobState.DONE, shares=(0.25, 0.75), log_likelihood=-1.5, products=("a.x",)
)


def table(folder):
    with (folder / TABLE_NAME).open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file))


def test_rows_come_back_as_they_were(tmp_path):
    write_summary(tmp_path, [ROW], [], about={})
    assert read_summary(tmp_path) == {"a": ROW}


def test_earlier_rows_come_back_too(tmp_path):
    earlier = Row("b", "/in/b.png", JobState.SKIPPED)
    write_summary(tmp_path, [ROW], [earlier], about={})
    assert read_summary(tmp_path) == {"a": ROW, "b": earlier}


def test_the_table_has_a_column_per_share(tmp_path):
    write_summary(tmp_path, [ROW, Row("b", "b.png", JobState.FAILED, "Bad.")], [], about={})
    first, second = table(tmp_path)
    assert (first["share_1"], first["share_2"]) == ("0.250000", "0.750000")
    assert first["log_likelihood"] == "-1.5"
    assert (second["state"], second["reason"]) == ("failed", "Bad.")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t", "\r"])
def test_no_cell_of_the_table_is_a_formula(tmp_path, start):
    name = f"{start}HYPERLINK(1)"
    write_summary(tmp_path, [Row(name, f"{name}.png")], [], about={})
    assert table(tmp_path)[0]["name"] == f"'{name}"
    assert name in read_summary(tmp_path)


@pytest.mark.parametrize(
    "name",
    [os.fsdecode(b"\xff.png"), "a\nb", 'a"b;c,d', "é"],
    ids=["no text", "newline", "quotes", "accent"],
)
def test_hostile_names_survive(tmp_path, name):
    write_summary(tmp_path, [Row(name, name)], [], about={})
    assert name in read_summary(tmp_path)
    assert table(tmp_path)[0]["name"] == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        '{"files": 3, "earlier": []}',
        '{"files": [{}], "earlier": []}',
        "[" * 9999,
    ],
    ids=["empty", "cut", "list", "number", "no rows", "row without name", "deep"],
)
def test_a_damaged_summary_counts_as_none(tmp_path, text):
    (tmp_path / SUMMARY_NAME).write_text(text)
    assert read_summary(tmp_path) == {}


def test_a_row_of_wrong_types_counts_as_damaged(tmp_path):
    write_summary(tmp_path, [ROW], [], about={})
    summary = json.loads((tmp_path / SUMMARY_NAME).read_text())
    summary["files"][0]["products"] = [3]
    (tmp_path / SUMMARY_NAME).write_text(json.dumps(summary))
    assert read_summary(tmp_path) == {}
