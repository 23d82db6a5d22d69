"""The catalogue as pages read it, and which word counts where."""

import json
import os

from gateway.town.catalogue import Catalogue
from gateway.town.names import Names


def write(path, **members):
    path.write_text(json.dumps({"version": 1, "changed_on": "2026-04-01", **members}))
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


CARROT = {"name": {"ja": "にんじん(町)", "en": ""}, "reading": "にんじん", "category": "root"}


def test_no_file_is_an_empty_catalogue(tmp_path):
    catalogue = Catalogue(tmp_path / "none.json")
    assert catalogue.crop("carrot", "ja") is None
    assert catalogue.current.version == 0


def test_a_changed_file_is_read_again_and_a_damaged_one_is_not(tmp_path):
    path = tmp_path / "catalogue.json"
    catalogue = Catalogue(path)
    assert catalogue.crop("carrot", "ja") is None
    write(path, crops={"carrot": CARROT})
    assert catalogue.crop("carrot", "ja") == "にんじん(町)"
    path.write_text("{")
    assert catalogue.crop("carrot", "ja") == "にんじん(町)"
    write(path)
    assert catalogue.crop("carrot", "ja") is None


def test_without_english_the_japanese_stands_in(tmp_path):
    path = tmp_path / "catalogue.json"
    write(path, crops={"carrot": CARROT}, districts={"1-A": {"ja": "北", "en": "Kita"}})
    catalogue = Catalogue(path)
    assert catalogue.crop("carrot", "en") == "にんじん(町)"
    assert (catalogue.district("1-A", "en"), catalogue.district("1-B", "en")) == ("Kita", None)


def test_a_packing_spec_counts_from_its_day_on(tmp_path):
    path = tmp_path / "catalogue.json"
    specs = [("2026-04-01", 500), ("2026-10-01", 450)]
    write(
        path,
        packings=[
            {"crop": "carrot", "unit": "bag", "grams": grams, "since": since}
            for since, grams in specs
        ],
    )
    catalogue = Catalogue(path)
    days = ("2026-03-31", "2026-04-01", "2026-09-30", "2026-10-01", "2030-01-01")
    found = [catalogue.packing("carrot", "bag", on=day) for day in days]
    assert [one and one.grams for one in found] == [None, 500, 500, 450, 450]
    assert catalogue.packing("carrot", "box", on="2026-04-01") is None


def test_the_file_of_names_outweighs_the_catalogue_and_it_the_built_in(tmp_path):
    path, named = tmp_path / "catalogue.json", tmp_path / "names.json"
    names = Names(named, Catalogue(path))
    assert names.crop("carrot", "ja") == "にんじん"
    write(path, crops={"carrot": CARROT})
    assert names.crop("carrot", "ja") == "にんじん(町)"
    named.write_text(json.dumps({"crops": {"carrot": {"ja": "人参", "en": "Carrot"}}}))
    assert names.crop("carrot", "ja") == "人参"
    assert names.crop("kabosu", "ja") == "品目「Kabosu」"
