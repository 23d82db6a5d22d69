"""What the public is told of recalls: found by the hash that was signed, or not at all."""

import json

import pytest
from typer.testing import CliRunner

from gateway.cli.town import town_app
from gateway.town.explanations import Explanations, publish


def test_a_text_is_found_by_its_hash_until_it_is_changed(tmp_path):
    path = tmp_path / "explanations.json"
    explanations = Explanations(path)
    content, digest = publish(path, ja="取りちがえ", en="Swapped")
    assert explanations.find(digest) is None
    path.write_text(content, encoding="utf-8")
    assert explanations.find(digest).en == "Swapped"
    assert explanations.find(None) is None
    path.write_text(content.replace("Swapped", "Nothing"), encoding="utf-8")
    assert explanations.find(digest) is None
    path.write_text("{", encoding="utf-8")
    assert explanations.find(digest) is None


def test_an_empty_text_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 1 character"):
        publish(tmp_path / "explanations.json", ja="", en="Swapped")


def test_explain_adds_a_text_and_prints_its_hash(tmp_path):
    path = tmp_path / "explanations.json"
    for number in (1, 2):
        said = ["--ja", f"説明{number}", "--en", f"Reason {number}", "-d", str(tmp_path)]
        done = CliRunner().invoke(town_app, ["explain", *said])
        assert done.exit_code == 0, done.output
        digest = done.output.strip()
        assert Explanations(path).find(digest).ja == f"説明{number}"
    assert len(json.loads(path.read_text(encoding="utf-8"))["texts"]) == 2
