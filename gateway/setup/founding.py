"""Found a town's ledger: each organisation's admin sets its first registrar's key."""

import asyncio
from collections.abc import Callable, Mapping

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.base.envelope import FIRST_PREVIOUS
from chaincode.registry.founding import BOOTSTRAP
from chaincode.registry.records import AUDITOR, HEAD, REGISTRAR, Registrar
from gateway.device.signing import FILE
from gateway.setup.checking import by_code, signers
from gateway.setup.faults import WORDS, LedgerSaysNoError, SetupError
from gateway.setup.keys import Keys
from gateway.setup.ledger_view import Doors, read
from gateway.setup.register import Register
from gateway.setup.sheets import Book, OrganisationRow, PersonRow
from gateway.words import speaking

SHOWN_PATIENCE_S = 30
SHOWN_EVERY_S = 0.1


def first_registrars(book: Book, *, today: str) -> Mapping[str, PersonRow]:
    """Return each organisation's first registrar; by `checking`, each has one."""
    offices = {row.code: row.organisation for row in book.parties if row.kind == "office"}
    party_of = {code: rows[0].party for code, rows in by_code(book.people).items()}
    found: dict[str, PersonRow] = {}
    for person in signers(book.people, book, REGISTRAR, today):
        found.setdefault(offices.get(party_of[person.code], ""), person)
    return found


async def found(
    book: Book,
    register: Register,
    keys: Keys,
    doors: Doors,
    *,
    at: int | None,
    today: str,
    progress: Callable[[str], None],
) -> int:
    """Bootstrap every organisation that has no registrar yet; return how many were.

    Raises:
        SetupError: An organisation's admin is not here, or the ledger refuses.
    """
    registrars = first_registrars(book, today=today)
    working = [row for row in book.organisations if row.kind != AUDITOR]
    state = await read(doors.ledger, [HEAD, *(Registrar.key(row.code) for row in working)])
    is_founded = state[HEAD] is not None
    count = 0
    for row in working:
        if state[Registrar.key(row.code)] is not None:
            continue
        if row.msp not in doors.admins:
            raise SetupError(WORDS["founding.no_admin"], msp=row.msp)
        progress(WORDS["founding.bootstrap"].say(speaking.language(), msp=row.msp))
        # As if never used: an earlier bootstrap that was signed and never ordered left no trace.
        keys.stand(registrars[row.code].code, {"next": 1, "prev": FIRST_PREVIOUS})
        device = keys.device(registrars[row.code].code)
        body = _bootstrap(row, registrars[row.code], book, register)
        body |= {"jwk": shapes.write(device.jwk), "kept": FILE}
        if not is_founded:
            assert register.constitution is not None  # noqa: S101 - drawn up before
            body["constitution"] = shapes.write(register.constitution)
            is_founded = True
        receipt = await doors.admins[row.msp].submit([device.sign(BOOTSTRAP, body, at=at)], at=at)
        code = str(receipt.results[0]["code"])
        if code != "ACCEPTED":
            raise LedgerSaysNoError(WORDS["founding.refused"], msp=row.msp, code=code)
        await _until_shown(doors, Registrar.key(row.code))
        count += 1
    return count


def _bootstrap(
    row: OrganisationRow, person: PersonRow, book: Book, register: Register
) -> dict[str, Json]:
    party = by_code(book.people)[person.code][0].party
    actor = register.entries["people", person.code]
    return {
        "organisation": row.code,
        "actor": actor.id,
        "party": register.entries["parties", party].id,
        "since": person.since,
    }


async def _until_shown(doors: Doors, key: str) -> None:
    """Wait until the own organisation's peer has it, too: the next command is checked there."""
    async with asyncio.timeout(SHOWN_PATIENCE_S):
        while (await doors.ledger.query([key]))[key] is None:  # noqa: ASYNC110 - another process
            await asyncio.sleep(SHOWN_EVERY_S)
