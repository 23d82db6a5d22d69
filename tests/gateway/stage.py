"""A gateway on an embedded ledger in this process, a town on it, and readers at its doors."""

import asyncio
import atexit
import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from chaincode.base.envelope import base64url_decode
from chaincode.contract import MinoriContract
from gateway.demo.founding import Founding, found
from gateway.demo.town import Person, Town
from gateway.device.signing import Device, jws
from gateway.http.gateway import Gateway
from gateway.ledgers.embedded import ORGANISATIONS, EmbeddedLedger
from gateway.ledgers.port import Block, DryRun, Receipt
from gateway.running.app import create_app
from gateway.running.node import open_gateway
from gateway.settings import (
    LedgerSettings,
    LimitSettings,
    ListenSettings,
    SessionSettings,
    Settings,
    SiteSettings,
)

URL = "http://127.0.0.1:8000"
PHONE = "0985-00-1234"
PROOF = "minori-session+jws"
LEDGER = "ledger.sqlite"

_FOUNDED: dict[bool, tuple[Path, Town]] = {}


class HeldLedger:
    """The ledger, with a hand on the door: nothing is ordered or tried while it is held."""

    def __init__(self, ledger: EmbeddedLedger) -> None:
        self._ledger = ledger
        self.opened = asyncio.Event()
        self.opened.set()
        self.failure: Exception | None = None
        self.refusal: Exception | None = None  # of what is submitted, and of nothing else
        self.queried: list[str] = []  # every key, each time
        self.heights_asked = 0

    def hold(self) -> None:
        self.opened.clear()

    def release(self) -> None:
        self.opened.set()

    async def submit(self, commands: Sequence[bytes], *, at: int | None = None) -> Receipt:
        await self.opened.wait()
        if self.refusal is not None:
            raise self.refusal
        return await self._ledger.submit(commands, at=at)

    async def query(self, keys: Sequence[str]) -> dict[str, Any]:
        self._fail()
        self.queried += keys
        return await self._ledger.query(keys)

    async def dry_run(self, commands: Sequence[bytes]) -> DryRun:
        self._fail()
        await self.opened.wait()
        return await self._ledger.dry_run(commands)

    def blocks(self, start: int) -> AsyncIterator[Block]:
        return self._ledger.blocks(start)

    async def height(self) -> int:
        self.heights_asked += 1
        self._fail()
        return await self._ledger.height()

    async def close(self) -> None:
        """Do nothing: the stage closes the ledger itself."""

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass(slots=True, kw_only=True)
class Stage:
    """Everything that a test of the HTTP side plays with."""

    town: Town
    gateway: Gateway
    ledger: HeldLedger
    app: FastAPI
    client: httpx2.AsyncClient
    names: Path
    clock: "Clock"
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)

    def person(self, handle: str) -> Person:
        return self.town.people[handle]

    async def send(
        self, *wires: bytes, wait: int = 10, again: bool = False, **headers: str
    ) -> httpx2.Response:
        """Send commands as a client does; `again`: although the same entries came before."""
        meant = {"again": True} if again else {}
        return await self.client.post(
            "/api/commands",
            json={"commands": [command_json(wire) | meant for wire in wires]},
            headers={"Prefer": f"wait={wait}", **headers},
        )

    async def done(self, *wires: bytes, again: bool = False) -> list[dict[str, Any]]:
        """Send commands that must all be accepted, and wait until they can be read."""
        response = await self.send(*wires, again=again)
        assert response.status_code == 200, response.text
        answers = response.json()["commands"]
        assert [one["status"] for one in answers] == ["accepted"] * len(wires), answers
        last = max(one["block"] for one in answers)
        assert await self.gateway.follower.wait_for_height(last + 1, timeout_s=10)
        return answers

    async def proof(self, handle: str, **changes: Any) -> str:
        """Return a signed challenge of a person's device; `changes` override the payload."""
        device = self.person(handle).device
        made = await self.client.post("/api/sessions/challenge", json={"kid": device.kid})
        payload = {
            "audience": made.json()["audience"],
            "challenge": made.json()["challenge"],
            "kid": device.kid,
            "ledger": self.town.ledger,
            **changes,
        }
        return jws(device.key, payload, typ=PROOF)

    async def reader(self, handle: str) -> dict[str, str]:
        """Return the headers of a person's session, opened at the first use."""
        if handle not in self.sessions:
            opened = await self.client.post("/api/sessions", json={"jws": await self.proof(handle)})
            assert opened.status_code == 201, opened.text
            self.client.cookies.clear()
            self.sessions[handle] = {"Authorization": f"Bearer {opened.json()['token']}"}
        return self.sessions[handle]

    async def get(self, path: str, handle: str = "", **headers: str) -> httpx2.Response:
        """Get a path, as a person or as nobody."""
        session = await self.reader(handle) if handle else {}
        return await self.client.get(path, headers={**session, **headers})


class Clock:
    """Seconds since 1970, and as many more as a test wants."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


def command_id(wire: bytes) -> str:
    """Return a command's id."""
    return sha256(base64url_decode(wire.decode().split(".")[1])).hexdigest()


def command_json(wire: bytes) -> dict[str, Any]:
    """Return a command as the API takes it."""
    text, tilde, closed = wire.decode().partition("~")
    return {"jws": text, "closed": closed} if tilde else {"jws": text}


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Return settings with every file in a folder; `changes` replace members of `limits`."""
    return Settings(
        ledger=LedgerSettings(path=folder / LEDGER),
        database_url=f"sqlite:///{folder}/projection.sqlite",
        outbox_path=folder / "outbox.sqlite",
        scans_path=folder / "scans.sqlite",
        other_crops_path=folder / "other-crops.sqlite",
        listen=ListenSettings(port=8000),
        limits=LimitSettings(
            **{
                "requests_rate": "1000000/minute",
                "commands_rate": "1000000/minute",
                "address_commands_rate": "1000000/minute",
                "read_wait_s": 0.2,
                "height_kept_s": 0,
                **changes,
            }
        ),
        sessions=SessionSettings(path=folder / "sessions.sqlite"),
        site=SiteSettings(
            names_path=folder / "names.json",
            catalogue_path=folder / "catalogue.json",
            areas_path=folder / "areas.json",
            office_codes_path=folder / "office-codes.json",
            explanations_path=folder / "explanations.json",
            office_phone=PHONE,
        ),
    )


def write_names(path: Path, town: Town) -> None:
    """Publish the town's names."""
    named = {party: {"ja": ja, "en": en} for party, (ja, en) in town.names.items()}
    districts = {"45383-A": {"ja": "北川地区", "en": "Kitagawa"}}
    path.write_text(json.dumps({"parties": named, "districts": districts}), encoding="utf-8")


def write_office_codes(path: Path, town: Town) -> None:
    """Write what the office calls plots, parties and people."""
    plots = {
        plot: {"code": f"PL-{handle}", "name": f"屋号{handle}の畑"}
        for handle, plot in town.plots.items()
    }
    parties = {one.party: f"PA-{handle}" for handle, one in town.people.items()}
    people = {one.actor: f"PE-{handle}" for handle, one in town.people.items()}
    written = {"plots": plots, "parties": parties, "people": people}
    path.write_text(json.dumps(written), encoding="utf-8")


async def _founded(folder: Path, *, demo: bool) -> Town:
    """Put a founded ledger into a folder and return its town; founded once, and copied."""
    if demo not in _FOUNDED:
        kept = Path(tempfile.mkdtemp(prefix="minori-stage-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        town = Town.create(demo=demo)
        ledger = await EmbeddedLedger.open(kept / LEDGER, contract=MinoriContract())
        admins = {one: ledger.as_identity("admin", organisation=one) for one in ORGANISATIONS}
        await found(Founding.of(town), admins)
        await ledger.close()
        _FOUNDED[demo] = (kept, town)
    kept, town = _FOUNDED[demo]
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return replace(town, registrars=_copies(town.registrars), people=_copies(town.people))


def _copies(people: dict[str, Person]) -> dict[str, Person]:
    """Return the people with devices that stand where the founding left them."""
    return {
        handle: replace(person, device=_copy(person.device)) for handle, person in people.items()
    }


def _copy(device: Device) -> Device:
    return Device(
        key=device.key,
        ledger=device.ledger,
        actor=device.actor,
        seq=device.seq,
        prev=device.prev,
    )


@contextlib.asynccontextmanager
async def stage_in(
    folder: Path, *, demo: bool = False, database_url: str = "", **limits: Any
) -> AsyncIterator[Stage]:
    """Found a town and open a gateway in front of it."""
    town = await _founded(folder, demo=demo)
    embedded = await EmbeddedLedger.open(folder / LEDGER, contract=MinoriContract())
    try:
        write_names(folder / "names.json", town)
        write_office_codes(folder / "office-codes.json", town)
        settings = settings_in(folder, **limits)
        if database_url:
            settings = settings.model_copy(update={"database_url": database_url})
        ledger, clock = HeldLedger(embedded), Clock()
        async with open_gateway(settings, ledger=ledger) as gateway:
            gateway.sessions._clock = clock
            height = await embedded.height()
            assert await gateway.follower.wait_for_height(height, timeout_s=30)
            app = create_app(gateway)
            transport = httpx2.ASGITransport(app, client=("192.0.2.7", 40_000))
            async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
                stage = Stage(
                    town=town,
                    gateway=gateway,
                    ledger=ledger,
                    app=app,
                    client=client,
                    names=folder / "names.json",
                    clock=clock,
                )
                yield stage
                ledger.release()
    finally:
        await embedded.close()
