"""The private file of the office's codes: read again when it changes, nothing when it can't be."""

import json
import os

from gateway.town.office_codes import OfficeCodes, PlotWords

PLOT = "P4M9X2B0KTD7"
FARM = "Q7M49X2B0KTD"


def write(path, content):
    path.write_text(content)
    os.utime(path, ns=(0, hash(content) % 10**9))  # the same second may see several versions


def test_codes_are_read_again_when_the_file_changes(tmp_path):
    path = tmp_path / "office-codes.json"
    office = OfficeCodes(path)
    assert office.plot(PLOT) is None
    for name in ("上の畑", "裏の畑"):
        write(path, json.dumps({"plots": {PLOT: {"code": "A-01", "name": name}}}))
        assert office.plot(PLOT) == PlotWords(code="A-01", name=name)
    write(path, json.dumps({"parties": {FARM: "F-1"}, "people": {FARM: "P-1"}}))
    assert office.plot(PLOT) is None
    assert (office.party(FARM), office.person(FARM)) == ("F-1", "P-1")
    path.unlink()
    assert office.party(FARM) is None


def test_a_file_of_another_form_says_nothing(tmp_path):
    path = tmp_path / "office-codes.json"
    office = OfficeCodes(path)
    for content in (
        "{",
        '{"plots": {"X": "A-01"}}',
        '{"plots": {"X": {}}}',
        '{"fields": {}}',
        "[]",
    ):
        write(path, json.dumps({"plots": {PLOT: {"code": "A-01"}}}))
        assert office.plot(PLOT)
        write(path, content)
        assert office.plot(PLOT) is None, content


def test_without_a_path_there_are_none():
    assert OfficeCodes().plot(PLOT) is None
