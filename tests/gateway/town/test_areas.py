"""The private file of plots' areas: read again when it changes, and nothing when it can't be."""

import json
import os

from gateway.town.areas import Areas

PLOT = "P4M9X2B0KTD7"


def write(path, content):
    path.write_text(content)
    os.utime(path, ns=(0, hash(content) % 10**9))  # the same second may see several versions


def test_areas_are_read_again_when_the_file_changes(tmp_path):
    path = tmp_path / "areas.json"
    areas = Areas(path)
    assert dict(areas.current) == {}
    write(path, json.dumps({"plots": {PLOT: 3_000}}))
    assert dict(areas.current) == {PLOT: 3_000}
    write(path, json.dumps({"plots": {PLOT: 2_900}}))
    assert dict(areas.current) == {PLOT: 2_900}
    path.unlink()
    assert dict(areas.current) == {}


def test_a_file_of_another_form_says_nothing(tmp_path):
    path = tmp_path / "areas.json"
    areas = Areas(path)
    write(path, json.dumps({"plots": {PLOT: 3_000}}))
    assert areas.current
    for content in ("{", '{"plots": {"X": 0}}', '{"plots": {"X": 1.5}}', '{"fields": {}}'):
        write(path, content)
        assert dict(areas.current) == {}, content


def test_without_a_path_there_are_none():
    assert dict(Areas().current) == {}
