"""`minori mandates`: who may sign for whom, in words."""

import json

import pytest

from tests.gateway.cli.terminal import minori

UNTIL = "2098-12-31"


@pytest.mark.usefixtures("stage")
def test_both_sides_and_their_registrar_read_them_in_words():
    assert "There are no mandates." in minori("mandates", "-k", "farm-b")
    me = json.loads(minori("query", "me", "-k", "farm-b"))
    agent = json.loads(minori("query", "me", "-k", "packing-house"))
    assert me["suspension"] is None
    minori(
        *("submit", "mandate.grant", f"principal={me['actor']}", f"agent={agent['actor']}"),
        *("types=lot.harvest", "since=2020-04-01", f"until={UNTIL}", "-k", "farm-b"),
    )
    for key in ("farm-b", "packing-house", "registrar-coop"):
        told = minori("mandates", "-k", key)
        assert f"({agent['actor']}) signs for {me['party']['id']} ({me['actor']})" in told
        assert f"2020-04-01 to {UNTIL}  lot.harvest" in told
        assert "not in force" not in told
        ja = minori("mandates", "-k", key, "--lang", "ja")
        assert f"2020-04-01から{UNTIL}まで" in ja
        (one,) = json.loads(minori("mandates", "-k", key, "--json"))
        assert (one["principal"], one["until"]) == (me["actor"], UNTIL)
    assert "There are no mandates." in minori("mandates", "-k", "farm-a")
