"""People of a demo town doing one thing each; a day is a list of these, sent through HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from gateway.demo.town import Person, Town
from gateway.device.signing import new_nonce
from tests.scenarios.load import body_of

AT_ONCE = 100


@dataclass(slots=True)
class Cast:
    """A town's people, acting; each method signs one command and returns it."""

    town: Town

    def person(self, handle: str) -> Person:
        return self.town.people[handle]

    def party(self, handle: str) -> str:
        return self.town.people[handle].party

    def act(self, handle: str, type_name: str, body: dict, closed: dict | None = None) -> bytes:
        """Sign a command about something of one's own party."""
        person = self.person(handle)
        return person.device.sign(type_name, {"party": person.party, **body}, closed=closed)

    def named(self, handle: str, member: str, index: int = 0, nonce: str | None = None) -> dict:
        """Draw the members that name a new record."""
        person = self.person(handle)
        name = person.device.name_record(person.party, nonce=nonce, index=index)
        return {member: name.id, "id_nonce": name.nonce, "index": name.index}

    def harvest(self, farm: str, quantity_g: int, crop: str, *, name: dict | None = None) -> bytes:
        """An estimated harvest, as it is written down at dawn."""
        named = name or self.named(farm, "lot")
        body = {**named, "plot": self.town.plots[farm], "crop": crop, "channel": "phone"}
        return self.act(farm, "lot.harvest", body, {"quantity_g": quantity_g, "estimated": True})

    def two_sign(self, first: str, second: str, type_name: str, body: dict, closed: dict | None):
        """Propose and approve; return both commands."""
        if closed is not None:
            closed = {"salt": new_nonce(), **closed}
        proposer, approver = self.person(first).device, self.person(second).device
        proposal = proposer.sign(type_name, body, closed=closed)
        approval = {
            "proposal": proposer.prev,
            "proposer": {"device": proposer.kid, "actor": proposer.actor},
            "type": type_name,
            "body": body,
        }
        return [proposal, approver.sign("proposal.approve", approval, closed=closed)]


async def send(client: httpx2.AsyncClient, wires: Sequence[bytes]) -> list[dict]:
    """Send commands in order and return their final answers."""
    answers: list[dict] = []
    for start in range(0, len(wires), AT_ONCE):
        response = await client.post(
            "/api/commands",
            json=body_of(wires[start : start + AT_ONCE]),
            headers={"Prefer": "wait=60"},
        )
        assert response.status_code == 200, response.text
        answers += response.json()["commands"]
    return answers


async def accept(client: httpx2.AsyncClient, wires: Sequence[bytes]) -> list[dict]:
    """Send commands, each of which must be accepted."""
    answers = await send(client, wires)
    refused = [one for one in answers if one["code"] != "ACCEPTED"]
    assert refused == []
    return answers
