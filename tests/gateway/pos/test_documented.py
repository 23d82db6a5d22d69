"""What `gateway/docs/tills.md` shows is read as it says; every member of a mapping stands there."""

import json
import re
from pathlib import Path

from gateway.pos import Item, PosMapping, read_file
from tests.gateway.pos.making import SHOP, TOWN, told

PAGE = (Path(__file__).parents[3] / "gateway" / "docs" / "tills.md").read_text("utf-8")


def block(kind):
    return re.search(rf"```{kind}\n(.+?)```", PAGE, re.DOTALL)[1]


def test_the_example_is_read_as_the_page_says():
    known = PosMapping.model_validate(json.loads(block("json")))
    for encoding in ("utf-8", "cp932"):
        content = block("csv").encode(encoding)
        reading = read_file(content, known, party=SHOP, town=TOWN)
        assert [line.quantity_g for line in reading.lines] == [600, 350]
        assert [line.entry.row for line in reading.cancelled] == [6]
        assert [line.entry.row for line in reading.returned] == [7]
        assert told(reading.passed) == [
            (1, "passed.titles"),
            (5, "passed.ignored"),
            (8, "passed.total"),
        ]
        assert reading.refused == ()


def test_every_member_of_a_mapping_is_described():
    fields = {name: field.alias or name for name, field in PosMapping.model_fields.items()}
    for name in (*fields.values(), *Item.model_fields):
        assert f"`{name}`" in PAGE, name


def test_what_is_saved_is_read_again(tmp_path):
    known = PosMapping.model_validate(json.loads(block("json")))
    path = tmp_path / "till.json"
    known.save(path)
    assert PosMapping.load(path) == known
