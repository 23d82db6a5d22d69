"""Asking as a person of the town: a session, the inspector's flags, a shop's own stock list."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx2

from gateway.demo.town import Town
from gateway.device.signing import jws

PROOF = "minori-session+jws"


async def session_of(client: httpx2.AsyncClient, town: Town, handle: str) -> dict[str, str]:
    """Open a session with a person's key, and return its headers."""
    device = town.people[handle].device
    made = (await client.post("/api/sessions/challenge", json={"kid": device.kid})).json()
    payload = {
        "audience": made["audience"],
        "challenge": made["challenge"],
        "kid": device.kid,
        "ledger": town.ledger,
    }
    proof = jws(device.key, payload, typ=PROOF)
    opened = await client.post("/api/sessions", json={"jws": proof})
    assert opened.status_code == 201, opened.text
    client.cookies.clear()
    return {"Authorization": f"Bearer {opened.json()['token']}"}


def latest_block(answers: Sequence[dict]) -> int:
    """Return the last block that any of these commands is in."""
    return max(one["block"] for one in answers)


async def flags_for_inspectors(
    client: httpx2.AsyncClient, town: Town, *, since_block: int
) -> list[dict]:
    """Return what an inspector is told to look at, once that block is shown."""
    headers = await session_of(client, town, "inspector")
    headers |= {"Minori-Min-Block": str(since_block), "Accept-Language": "en"}
    found, cursor = [], ""
    while True:
        path = f"/api/flags?limit=100{cursor}"
        response = await client.get(path, headers=headers)
        assert response.status_code == 200, response.text
        answer = response.json()
        found += answer["flags"]
        if answer["next"] is None:
            return found
        cursor = f"&cursor={answer['next']}"


def brief(flags: Sequence[dict]) -> list[tuple[str, str, str]]:
    """Return (code, subject, party) of each flag, sorted."""
    return sorted((one["code"], one["subject"], one["party"]) for one in flags)


def by_entry(flags: Sequence[dict]) -> list[dict]:
    """Return the flags as any ledger has them that took the same entries: at whatever time."""
    timeless = [{name: value for name, value in one.items() if name != "at"} for one in flags]
    return sorted(timeless, key=lambda one: (one["entry"], one["code"]))


async def stock_of(client: httpx2.AsyncClient, town: Town, handle: str) -> Counter[str]:
    """Return what a shop still has of each lot, as its own stock list says."""
    answer = await client.post(
        "/api/sales/preparations",
        json={"receipts": []},
        headers=await session_of(client, town, handle),
    )
    return Counter({one["lot"]: one["free_g"] for one in answer.json()["stock"]})


def publish_usual_yields(folder: Path, *, plots: dict[str, int], yields: dict[str, int]) -> None:
    """Tell a gateway how large plots are and what crops usually yield.

    Args:
        folder: The gateway's.
        plots: Square metres by plot.
        yields: Kilograms per 10 a by crop.
    """
    (folder / "areas.json").write_text(json.dumps({"plots": plots}))
    norms = [
        {
            "crop": crop,
            "measure": "yield-kg-per-10a",
            "value_tenths": 10 * kg,
            "since": "2020-01-01",
        }
        for crop, kg in yields.items()
    ]
    (folder / "catalogue.json").write_text(json.dumps({"norms": norms}))
