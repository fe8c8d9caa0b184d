"""The README's tables are made from the program: run this file to write them anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def settings_table() -> str:
    from segmenter.engine.parameters import parameters

    rows = ["| setting | values | default | what it does |", "| --- | --- | --- | --- |"]
    for parameter in parameters():
        default = "automatic" if parameter.many else parameter.spelled(parameter.default)
        rows.append(f"| `{parameter.name}` | {parameter.values} | {default} | {parameter.help} |")
    return "\n".join(rows)


def products_table() -> str:
    from segmenter.files.export import PRODUCTS

    rows = ["| product | file | content |", "| --- | --- | --- |"]
    for product in PRODUCTS.values():
        more = " …" if product.is_per_class else ""
        file = f"`NAME{product.ending.replace('#', '1')}`{more}"
        rows.append(f"| `{product.name}` | {file} | {product.help} |")
    return "\n".join(rows)


def shortcut_table() -> str:
    from segmenter.ui.actions import ACTIONS

    rows = ["| key | what it does |", "| --- | --- |"]
    rows += [f"| `{a.shortcut}` | {a.tip} |" for a in ACTIONS if a.shortcut]
    return "\n".join(rows)


TABLES = {"settings": settings_table, "products": products_table, "shortcuts": shortcut_table}


def block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_the_table_is_the_one_that_the_program_gives(name):
    found = block(name).search(README.read_text(encoding="utf-8"))
    assert found is not None
    assert found.group(0) == f"<!-- {name} -->\n{TABLES[name]()}\n<!-- end of {name} -->"


def test_every_file_the_readme_links_to_exists():
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / target).exists(), target


def test_every_file_the_readme_names_exists():
    text = README.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:engine|files|batch|app|ui)/\w+\.py)`", text):
        assert (README.parent / "segmenter" / name).exists(), name


def test_no_table_is_empty():
    blocks = re.findall(
        r"<!-- (\w+) -->\n(.*?)<!-- end of \1 -->", README.read_text("utf-8"), re.DOTALL
    )
    assert {name for name, _ in blocks} == {*TABLES, "speed", "quality"}
    for name, content in blocks:
        assert content.count("\n|") >= 3, name


def write_tables() -> None:
    text = README.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        made = table().replace("\\", r"\\")
        text = block(name).sub(rf"\g<1>{made}\n\g<2>", text)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_tables()
