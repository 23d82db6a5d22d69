"""An invitation as a code: four lines of twelve characters, each with a check character.

    1   version, the ledger's first 40 bits, the last day
    2   the person's pseudonym on the ledger
    3   that person's party
    4   60 random bits

Characters are those of lots' numbers (Crockford's base32), in groups of four; capitals, width,
blanks and hyphens don't matter, O is 0, I and L are 1. A line that is mistyped is named.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self
from urllib.parse import urlsplit

from chaincode.base import canonical
from chaincode.base.canonical import Json
from gateway.typed.lot_numbers import ALPHABET, check_character, grouped, plain
from gateway.words import SaidError, load

WORDS: Final = load(__file__)

DAYS_DEFAULT: Final = 14
DAYS_MAX: Final = 365
LINES: Final = 4
CHARACTERS: Final = 12  # of a line, without its check character
PATH: Final = "/join"  # of a gateway, before the code

_VERSION: Final = "1"
_MARK_CHARACTERS: Final = 8  # 40 bits of the ledger's id
_DAY_CHARACTERS: Final = 3  # days since 2020-01-01
_FIRST_DAY: Final = date(2020, 1, 1)


class InvitationError(SaidError):
    """An invitation can't be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation.

    Attributes:
        mark: Eight characters of the ledger's id: for this town, and no other.
        actor: The person's pseudonym.
        party: Their party's.
        secret: Twelve characters that nobody can guess.
        until: The last day, by the town's clock.
    """

    mark: str
    actor: str
    party: str
    secret: str
    until: date

    @classmethod
    def draw(cls, *, ledger: str, actor: str, party: str, until: date) -> Self:
        """Return a new invitation to a ledger, given by its id."""
        secret = "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))
        return cls(mark=mark_of(ledger), actor=actor, party=party, secret=secret, until=until)

    @property
    def nonce(self) -> str:
        """What `key.enrol` carries: 32 hexadecimal digits, another for every change."""
        parts: list[Json] = ["minori-invitation", *self.lines]
        return canonical.digest(canonical.encode(parts))[:32]

    @property
    def lines(self) -> tuple[str, ...]:
        """The four lines, with their check characters."""
        days = _digits((self.until - _FIRST_DAY).days, _DAY_CHARACTERS)
        first = _VERSION + self.mark + days
        parts = (first, self.actor, self.party, self.secret)
        return tuple(part + _check(part, number) for number, part in enumerate(parts, start=1))

    @property
    def typed(self) -> tuple[str, ...]:
        """The lines as they are printed, to be typed: groups of four, then the check character."""
        return tuple("-".join(grouped(line)) for line in self.lines)

    def address(self, gateway: str) -> str:
        """Return what the QR code has: the gateway's address, then the code.

        The code stands behind `#`: a browser sends that to nobody.
        """
        return f"{gateway.rstrip('/')}{PATH}#{'-'.join(self.lines)}"


def read(text: str) -> tuple[Invitation, str]:
    """Read a code, typed or as an address.

    Returns:
        The invitation, and the gateway's address; empty where there was none.

    Raises:
        InvitationError: It is none, or a line is mistyped.
    """
    before, sign, after = text.partition("#")
    gateway = ""
    if sign:
        parts = urlsplit(before.strip())
        gateway = f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
    code = plain(after if sign else text)
    size = CHARACTERS + 1
    lines = [code[start : start + size] for start in range(0, len(code), size)]
    if len(code) != LINES * size:
        raise InvitationError(WORDS["code.length"], count=len(code), wanted=LINES * size)
    for number, line in enumerate(lines, start=1):
        if set(line) - set(ALPHABET) or _check(line[:-1], number) != line[-1]:
            raise InvitationError(WORDS["code.line"], number=number, line="-".join(grouped(line)))
    first, actor, party, secret = (line[:-1] for line in lines)
    if first[0] != _VERSION:
        raise InvitationError(WORDS["code.version"])
    until = _FIRST_DAY + timedelta(days=_number(first[-_DAY_CHARACTERS:]))
    mark = first[1 : 1 + _MARK_CHARACTERS]
    return (
        Invitation(mark=mark, actor=actor, party=party, secret=secret, until=until),
        gateway,
    )


def mark_of(ledger: str) -> str:
    """Return the characters of a ledger's id (hexadecimal) that an invitation carries."""
    return _digits(int(ledger[:10], 16), _MARK_CHARACTERS)


def _check(line: str, number: int) -> str:
    """Return a line's check character; another in another place, so that none change places."""
    return check_character(ALPHABET[number] + line)


def _digits(number: int, count: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number << 5 | ALPHABET.index(digit)
    return number
