"""From what is wished to signed commands, and with them to the ledger, in stages.

Parties, people, keys, plots, consignments: each stage needs the one before. A stage is worked out
from what the ledger has, signed in batches, and submitted in order.
"""

import asyncio
import time as clock
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.registry.records import REGISTRAR, Actor, Grant
from gateway.device.signing import FILE, new_nonce, new_pseudonym
from gateway.ledgers.port import LedgerConflictError, Receipt
from gateway.setup import founding
from gateway.setup.checking import LAND_REGISTRAR
from gateway.setup.consigning import REGISTER, Consigning
from gateway.setup.faults import WORDS, LedgerSaysNoError, RegisterError, SetupError
from gateway.setup.inviting import Inviting
from gateway.setup.keys import Keys
from gateway.setup.ledger_view import Doors, read, refresh
from gateway.setup.planning import SHEETS
from gateway.setup.register import Entry, Register
from gateway.setup.sheets import INVITE, MAKE, Book
from gateway.setup.wishes import CONSIGNMENTS, Wish, differing, draw_up, resolved
from gateway.words import Text, joined, speaking

BATCH: Final = 50  # commands per transaction
TRIES: Final = 5  # of a transaction that lost a race
RETRY_AFTER_S: Final = 0.2
REFUSALS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One command to sign: for which row, and by the key of the person with which code."""

    wish: Wish
    signer: str
    type_name: str
    body: dict[str, Json]


@dataclass(slots=True, kw_only=True)
class Submission:
    """One application of a workbook to a ledger; `run` it once."""

    book: Book
    register: Register
    keys: Keys
    doors: Doors
    wanted: Sequence[Wish]
    at: int | None
    today: str
    inviting: Inviting
    renewed: frozenset[str]
    progress: Callable[[str], None]
    _standing: set[str] = field(default_factory=set)
    _signers: dict[tuple[str, str], str] = field(default_factory=dict)

    async def run(self) -> int:
        """Bring to the ledger what it lacks, and return the number of commands submitted.

        Raises:
            SetupError: One of its leaves.
            LedgerError: The ledger failed; apply again.
        """
        self._check_renewed()
        self._draw()
        self.keys.make(self._of("people"))
        count = 0
        try:
            count += await founding.found(
                self.book,
                self.register,
                self.keys,
                self.doors,
                at=self.at,
                today=self.today,
                progress=self.progress,
            )
            for name, stage in (
                ("parties", self._parties),
                ("people", self._people),
                ("keys", self._enrolments),
                ("plots", self._plots),
            ):
                await refresh(self.doors.ledger, self.register)
                count += await self._submit_all(name, list(stage()))
            count += await self._consign()
        finally:
            self.keys.save()
        await refresh(self.doors.ledger, self.register)
        self._keep_private()
        return count

    def _draw(self) -> None:
        """Draw constitution and pseudonyms, and keep them before anything is signed."""
        if self.register.constitution is None:
            self.register.found(draw_up(self.book, new_nonce()))
        self.register.put(
            Entry(sheet=wish.sheet, code=wish.code, id=new_pseudonym(), details=wish.details)
            for wish in self.wanted
            if wish.sheet != CONSIGNMENTS
            if (wish.sheet, wish.code) not in self.register.entries
        )

    def _of(self, sheet: str) -> Iterator[Wish]:
        return (wish for wish in self.wanted if wish.sheet == sheet)

    def _entry(self, wish: Wish) -> Entry:
        return self.register.entries[wish.sheet, wish.code]

    def _parties(self) -> Iterator[Act]:
        for wish in self._of("parties"):
            entry = self._entry(wish)
            if entry.ledger is None:
                body: dict[str, Json] = {"party": entry.id, "kind": wish.record["kind"]}
                yield self._act(wish, "party.register", body)

    def _people(self) -> Iterator[Act]:
        for wish in self._of("people"):
            entry = self._entry(wish)
            record = resolved(wish, self.register.entries)
            body: dict[str, Json] = {"actor": entry.id, "roles": record["roles"]}
            if entry.ledger is None:
                yield self._act(wish, "actor.register", {**body, "party": record["party"]})
            elif differing(wish, entry, self.register.entries):
                body["devices"] = list(_person(entry.ledger).reached)
                yield self._act(wish, "actor.grant", body)

    def _enrolments(self) -> Iterator[Act]:
        for wish in self._of("people"):
            entry = self._entry(wish)
            if wish.key == MAKE and not entry.is_enrolled:
                device, nonce = self.keys.device(wish.code), new_nonce()
                yield self._act(
                    wish,
                    "key.enrol",
                    {
                        "actor": entry.id,
                        "jwk": shapes.write(device.jwk),
                        "kept": FILE,
                        "invitation": nonce,
                        "proof": device.prove_enrolment(nonce),
                    },
                )

    def _plots(self) -> Iterator[Act]:
        for wish in self._of("plots"):
            entry = self._entry(wish)
            if differing(wish, entry, self.register.entries):
                record = resolved(wish, self.register.entries)
                yield Act(
                    wish=wish,
                    signer=self._signer(LAND_REGISTRAR),
                    type_name="plot.register",
                    body={"plot": entry.id, **record},
                )

    async def _consign(self) -> int:
        """Propose the consignments that the ledger lacks, and say whose registrar signs them."""
        consigning = Consigning(register=self.register, wanted=tuple(self._of(CONSIGNMENTS)))
        consigning.draw()
        await refresh(self.doors.ledger, self.register)
        now = int(clock.time()) if self.at is None else self.at
        lacking = await consigning.lacking(self.doors.ledger, now=now)
        for wish, body in lacking:
            act = self._act(wish, REGISTER, body)
            await self._submit_all(CONSIGNMENTS, [act])
            consigning.proposed(wish, self.keys.device(act.signer).prev)
        organisation_of = {row.code: row.organisation for row in self.book.parties}
        consigning.tell(organisation_of, self.progress)
        return len(lacking)

    def _act(self, wish: Wish, type_name: str, body: dict[str, Json]) -> Act:
        signer = self._signer(REGISTRAR, wish.organisation)
        return Act(wish=wish, signer=signer, type_name=type_name, body=body)

    def _signer(self, role: str, organisation: str = "") -> str:
        """Return whose key here gives commands in a role; the ledger's word on roles counts."""
        known = self._signers.get((role, organisation))
        if known is not None:
            return known
        for (sheet, code), entry in sorted(self.register.entries.items()):
            record = entry.ledger
            if sheet != "people" or not entry.is_enrolled or record is None:
                continue
            is_theirs = organisation in {"", record["organisation"]}
            if is_theirs and self._has_role(record, role):
                self._signers[role, organisation] = code
                return code
        raise RegisterError(WORDS["submitting.no_key"], role=role, organisation=organisation)

    def _has_role(self, record: dict[str, Json], role: str) -> bool:
        roles = record["roles"]
        assert isinstance(roles, list)  # noqa: S101 - the ledger's record
        grants = [shapes.read(Grant, one) for one in roles if isinstance(one, dict)]
        return any(one.role == role and one.is_valid_on(self.today) for one in grants)

    async def _submit_all(self, name: str, acts: Sequence[Act]) -> int:
        refused: list[Text] = []
        for start in range(0, len(acts), BATCH):
            batch = acts[start : start + BATCH]
            receipt = await self._submit(batch)
            for act, result in zip(batch, receipt.results, strict=True):
                if result["code"] != "ACCEPTED":
                    refused.append(_refusal(act, str(result["code"])))
            self.progress(
                WORDS["submitting.done"].say(
                    speaking.language(),
                    stage=WORDS[f"submitting.stage.{name}"],
                    done=start + len(batch),
                    total=len(acts),
                )
            )
            if refused:
                raise LedgerSaysNoError(joined(refused[:REFUSALS_SHOWN], "; "))
        return len(acts)

    async def _submit(self, batch: Sequence[Act]) -> Receipt:
        """Sign and submit one transaction, again if it loses a race."""
        await self._stand({act.signer for act in batch})
        wires = [
            self.keys.device(act.signer).sign(act.type_name, act.body, at=self.at) for act in batch
        ]
        for _ in range(TRIES - 1):
            try:
                return await self.doors.ledger.submit(wires, at=self.at)
            except LedgerConflictError:
                await asyncio.sleep(RETRY_AFTER_S)
        return await self.doors.ledger.submit(wires, at=self.at)

    async def _stand(self, signers: set[str]) -> None:
        """Ask the ledger, once, where each signer's device stands."""
        for code in sorted(signers - self._standing):
            key = f"device/{self.register.entries['people', code].kid}"
            self.keys.stand(code, (await read(self.doors.ledger, [key]))[key])
            self._standing.add(code)

    def _check_renewed(self) -> None:
        invited = {wish.code for wish in self.wanted if wish.key == INVITE}
        unknown = ", ".join(sorted(self.renewed - invited))
        if unknown:
            raise SetupError(WORDS["submitting.not_invited"], codes=unknown)

    def _keep_private(self) -> None:
        """Keep what the office wrote now, and write the invitations that are to be written."""
        changed = []
        for wish in self.wanted:
            if wish.sheet == CONSIGNMENTS:
                continue  # its entry has what was proposed
            entry = self._entry(wish)
            invites = wish.key == INVITE and (not entry.is_invited or wish.code in self.renewed)
            if invites:
                self.inviting.invite(wish)
            now = replace(entry, details=wish.details, is_invited=entry.is_invited or invites)
            if now != entry:
                changed.append(now)
        self.register.put(changed)


def _person(record: dict[str, Json]) -> Actor:
    return shapes.read(Actor, {name: value for name, value in record.items() if name != "v"})


def _refusal(act: Act, code: str) -> Text:
    sheet = SHEETS[act.wish.sheet]
    return WORDS["submitting.refused"].filled(
        sheet=Text(sheet.ja, sheet.en), row=act.wish.row, command=act.type_name, code=code
    )
