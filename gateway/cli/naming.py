"""Names in place of numbers: `plot=A-01 crop=にんじん recipient=直売所A reason=計量`.

Every member that takes an id or a code takes what people call it, too: the office's code or name
of a plot, a partner's published name, a crop's name. What is meant is told before it is signed;
what is not understood is refused with what there is to choose from. Where there is no line, what
was known last will do (`gateway.cli.known`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args
from unicodedata import normalize

import typer

from chaincode.base import shapes
from chaincode.base.canonical import Json
from gateway.cli import at_hand, columns, known, own_choices
from gateway.cli.arguments import NAMED_BY
from gateway.cli.choosing import (
    SHORT_MIN,
    Candidate,
    ChoiceError,
    beginning,
    matching,
    matching_words,
    only,
)
from gateway.cli.kinds import Kind
from gateway.cli.known import Known
from gateway.cli.said import WORDS
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key
from gateway.typed import lot_numbers, member_names
from gateway.typed.lot_numbers import NumberError
from gateway.words import SaidError, speaking

Listing = Callable[[Client, dict[str, Any]], Iterator[list[Candidate]]]

PEOPLE: Final = frozenset({"actor", "agent", "principal"})
PLOTS: Final = frozenset({"plot"})
PARTIES: Final = frozenset({"holder", "owner", "party", "producer", "recipient", "sender", "shop"})
LOTS: Final = frozenset({"lot", "lots", "parents", "roots"})
SHIPMENTS: Final = frozenset({"brought_by", "shipment"})
KEYS: Final = frozenset({"device", "devices"})
LISTED: Final[Mapping[str, Listing]] = {
    **dict.fromkeys(LOTS, at_hand.listed_lots),
    **dict.fromkeys(SHIPMENTS, at_hand.listed_shipments),
    **dict.fromkeys(KEYS, at_hand.listed_keys),
    "recall": at_hand.listed_recalls,
    "roll": at_hand.listed_rolls,
    "proposal": at_hand.listed_proposals,
}
CODES: Final = {"crop": "crops", "grade": "grades", "district": "districts"}  # member: choices

_ON_BEHALF: Final = "on_behalf"
_EQUALS: Final = re.compile("[=\uff1d]")
_COMMA: Final = re.compile("[,\uff0c\u3001]")
_PSEUDONYM: Final = str(get_args(shapes.PseudonymId)[1].schema()["pattern"])
_COMMAND: Final = str(get_args(shapes.Sha256)[1].schema()["pattern"])
_KID: Final = str(get_args(shapes.Base64Url32)[1].schema()["pattern"])
_CODE: Final = str(get_args(shapes.Word)[1].schema()["pattern"])

_WHOLE: Final = {"proposal": _COMMAND, **dict.fromkeys(KEYS, _KID)}  # what is no lot's number


class NotKnownError(SaidError):
    """A name was typed, and nothing is known yet that could tell what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """Words of a command line with ids and codes in place of names.

    Attributes:
        words: `member=value` each.
        on_behalf: For whom, by pseudonym; empty for nobody.
        party: Whose command it is, as far as that is known: the signer's, or the principal's.
    """

    words: list[str]
    on_behalf: str
    party: str


class Naming:
    """Reads names for one key, and tells what it read."""

    def __init__(self, key: Key, *, is_aside: bool = False) -> None:
        """Read for a key; `is_aside`: what was understood goes to standard error."""
        self._key = key
        self._is_aside = is_aside
        self._latest: Known | None = None
        self._party = key.party  # whose plots are meant

    def command(self, kind: Kind, words: Sequence[str], *, on_behalf: str = "") -> Understood:
        """Return the words of a command as the contract's types take them.

        Raises:
            ChoiceError: A name is not understood, or means several.
            NotKnownError: It can't be, for nothing is known yet and the gateway can't be asked.
        """
        members = kind.members
        found = list(words)
        if on_behalf:
            on_behalf = self._principal(on_behalf)
            is_said = any(word.startswith("party=") for word in words)
            if "party" in members and self._party != self._key.party and not is_said:
                found.append(f"party={self._party}")
        read = [self._word(kind.name, members, word) for word in found]
        return Understood(words=read, on_behalf=on_behalf, party=self._party)

    def value(self, type_name: str, member: str, typed: str, pattern: str) -> str:
        """Return what a member gets for what was typed; what is not a name comes back as it is.

        Raises:
            ChoiceError, NotKnownError: As `command`.
        """
        if not typed:
            return typed
        if own_choices.terms(type_name, member):
            return self.term(type_name, member, typed)
        if member in LISTED:
            # What a command begins has no name yet; a roll has, once some of it is on a lot.
            is_begun = member != "roll" and NAMED_BY.get(type_name) == member
            return typed if is_begun else self._number(member, typed)
        if member == "crop" and _is_named_otherwise(typed):
            return typed
        choices = self._choices(member)
        return (
            self._of_me(member, typed, choices, is_fit=_fits(pattern, typed)) if choices else typed
        )

    def term(self, type_name: str, member: str, typed: str) -> str:
        """Return the contract's word that a member of a type gets for what was typed."""
        words = own_choices.terms(type_name, member)
        return self._chosen(member, typed, matching(typed, words), words)

    def role(self, typed: str) -> str:
        """Return a role for what was typed; a code that has no name comes back as it is."""
        roles = own_choices.roles()
        found = matching(typed, roles)
        if not found and (not typed or _fits(_CODE, typed)):
            return typed
        return self._chosen("role", typed, found, roles)

    def lot(self, typed: str) -> str:
        """Return the lot's number that was typed, or that of the only lot that is called so.

        Raises:
            ChoiceError, NotKnownError: As `command`.
        """
        return self._number("lot", typed)

    def coming(self, typed: str) -> str:
        """Return the number of a lot that a delivery brings, as `lot`."""
        return self._number("lot", typed, at_hand.coming_lots)

    def recall(self, typed: str) -> str:
        """Return a recall's number for what was typed, as `lot`."""
        return self._number("recall", typed)

    def sent(self, typed: str, client: Client) -> str:
        """Return the id of a command, typed whole, or the beginning of one that this key has sent.

        Raises:
            ChoiceError: None of the latest begins so, or several do.
            ApiError: The gateway can't be asked.
        """
        if _fits(_COMMAND, typed):
            return typed
        seen: list[Candidate] = []
        for listed in at_hand.sent_commands(self._key, client, known.ask(self._key, client).me):
            seen += listed
            found = beginning(typed, listed)
            if found or (listed and len(typed.strip()) < SHORT_MIN):
                return self._chosen("command", typed, found, seen)
        raise ChoiceError("command", typed, seen)

    def party(self, member: str, typed: str) -> str:
        """Return a party's pseudonym for what was typed."""
        return self.value("", member, typed, _PSEUDONYM)

    def person(self, member: str, typed: str) -> str:
        """Return a person's pseudonym for what was typed."""
        return self.value("", member, typed, _PSEUDONYM)

    def crop(self, typed: str) -> str:
        """Return a crop's code for what was typed."""
        return self.value("", "crop", typed, _CODE)

    def _word(self, type_name: str, members: Mapping[str, Json], word: str) -> str:
        name, equals, typed = _EQUALS.sub("=", word, count=1).partition("=")
        name = member_names.meant(normalize("NFKC", name).strip(), members)
        schema = members.get(name)
        if not equals or not isinstance(schema, dict):
            return word
        if schema["type"] == "array" and isinstance(schema["items"], dict):
            pattern = schema["items"].get("pattern")
            if pattern is None:
                return f"{name}={typed}"
            parts = [part.strip() for part in _COMMA.split(typed) if part.strip()]
            read = [self.value(type_name, name, part, str(pattern)) for part in parts]
            return f"{name}={','.join(read)}"
        if schema["type"] == "boolean":
            return f"{name}={self._truth(name, typed)}"
        if schema["type"] != "string":
            return f"{name}={typed}"
        return f"{name}={self.value(type_name, name, typed, str(schema['pattern']))}"

    @staticmethod
    def _truth(member: str, typed: str) -> str:
        """Return `true` or `false` for yes and no in either language."""
        candidates = own_choices.answers()
        one = only(member, typed, matching(typed, candidates))
        if one is None:
            raise ChoiceError(member, typed, candidates)
        return one.value

    def _choices(self, member: str) -> Callable[[dict[str, Any]], list[Candidate]] | None:
        """Return how to find what a member may name, out of what is known; `None`: nothing."""
        if member in PLOTS:
            return lambda me: own_choices.plots(me, self._party)
        if member in PARTIES:
            return own_choices.parties
        if member in PEOPLE:
            return own_choices.people
        if member in CODES:
            return lambda me: own_choices.coded(me["choices"][CODES[member]])
        return None

    def _of_me(
        self,
        member: str,
        typed: str,
        choices: Callable[[dict[str, Any]], list[Candidate]],
        *,
        is_fit: bool,
    ) -> str:
        """Read a name by what is known; what could be an id or a code itself is taken as such."""
        there = known.kept(self._key) if is_fit else self._known()
        candidates = choices(there.me) if there else []
        found = only(member, typed, matching(typed, candidates))
        if found is None and is_fit:
            return typed
        return self._chosen(member, typed, [found] if found else [], candidates)

    def _principal(self, typed: str) -> str:
        """Return for whom, and have that one's plots and party meant from now on."""
        is_fit = _fits(_PSEUDONYM, typed)
        there = known.kept(self._key) if is_fit else self._known()
        held = own_choices.principals(there.me) if there else {}
        candidates = [one for one, _ in held.values()]
        found = only(_ON_BEHALF, typed, matching(typed, candidates))
        if found is None and is_fit:
            return typed
        actor = self._chosen(_ON_BEHALF, typed, [found] if found else [], candidates)
        self._party = held[actor][1]
        return actor

    def _number(self, member: str, typed: str, listing: Listing | None = None) -> str:
        """Return a number as it was typed, or of the only record that is called so.

        Args:
            member: Of a lot, a shipment, a recall, a roll, a proposal or a key.
            typed: How it is called.
            listing: Lists what it may be; by default as the member says.
        """
        whole = _WHOLE.get(member)
        if _fits(whole, typed) if whole else _is_number(typed):
            return typed
        there = self._known()
        waiting = list(at_hand.waiting_lots(self._key, there.me)) if member in LOTS else []
        found, candidates = matching_words(typed, waiting), waiting
        if not found:
            listing = listing or LISTED[member]
            found, candidates = self._listed(listing, typed, waiting, there.me)
        return self._chosen(member, typed, found, candidates)

    def _listed(
        self, listing: Listing, typed: str, waiting: list[Candidate], me: dict[str, Any]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """Return what is called so in the first list that has any such, and all that was looked at.

        Args:
            listing: Asks for the lists.
            typed: How it is called.
            waiting: What is not sent yet, so that no list has it.
            me: What is known.
        """
        seen = {one.value: one for one in waiting}
        try:
            with Client(self._key.address) as client:
                client.open_session(self._key)
                for listed in listing(client, me):
                    found = matching_words(typed, listed)
                    seen |= {one.value: one for one in listed}
                    if found:
                        return found, list(seen.values())
        except ApiError as error:
            speaking.say(
                WORDS["naming.unlisted"], is_aside=True, error=error.say(speaking.language())
            )
        return [], list(seen.values())

    def _chosen(
        self,
        member: str,
        typed: str,
        found: Sequence[Candidate],
        candidates: Sequence[Candidate],
    ) -> str:
        """Return the value of the only one that was found, and tell what it is."""
        one = only(member, typed, found)
        if one is None:
            raise ChoiceError(member, typed, candidates)
        if one.value != typed:
            language = speaking.language()
            label = columns.padded(member_names.label(member).say(language))
            told = f"{label} {one.said(language)}  {one.value}"
            typer.echo(told, err=self._is_aside)
        return one.value

    def _known(self) -> Known:
        """Return what is known, asked for once."""
        if self._latest is None:
            try:
                self._latest, error = known.latest(self._key)
            except ApiError as failure:
                raise NotKnownError(
                    WORDS["naming.unknown"], error=failure.say(speaking.language())
                ) from None
            if error is not None:
                known.tell_away(self._latest, error)
        return self._latest


def _fits(pattern: str, typed: str) -> bool:
    return re.fullmatch(pattern, typed, re.ASCII) is not None


def _is_number(typed: str) -> bool:
    try:
        lot_numbers.read(typed)
    except NumberError as error:
        return error.fault is lot_numbers.NumberFault.CHECK_WRONG  # whoever reads it says so
    return True


def _is_named_otherwise(typed: str) -> bool:
    """Whether a crop is entered in words of its own: `other:へべす`."""
    return ":" in normalize("NFKC", typed)
