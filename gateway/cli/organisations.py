"""`minori organisation`: how the organisations stand, and what they decide about each other."""

from typing import Annotated, Any, Final

import typer

from chaincode.base.canonical import Json
from gateway.cli import acts, own_choices, town_time
from gateway.cli.choosing import Candidate, ChoiceError, matching, only
from gateway.cli.columns import padded
from gateway.cli.naming import Naming
from gateway.cli.options import Gateway, KeyName, Later
from gateway.cli.said import WORDS
from gateway.cli.sending import send_or_keep
from gateway.cli.shell import Shell
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.client import DEFAULT_GATEWAY, Client
from gateway.device.keyring import Key
from gateway.words import speaking

SUSPEND: Final = "organisation.suspend"
REINSTATE: Final = "organisation.reinstate"
RENAME: Final = "organisation.rename_msp"

Which = Annotated[str, typer.Argument(help="The organisation: its code, or its title.")]

organisation_app = Shell(
    no_args_is_help=True,
    help="""Show how the organisations stand, and, as a registrar, vote on another one.

A majority of the others, two at least, suspends an organisation's offices for up to 90 days at a
time. What its people enter for themselves goes on.""",
)


@organisation_app.command("list")
def list_organisations(key: KeyName = "", gateway: Gateway = "") -> None:
    """Show the organisations, whose offices are suspended, who voted, and MSPs' new names."""
    with told():
        is_own = bool(key) or keyring.is_alone()
        address = Key.load(keyring.find(key)).gateway if is_own else DEFAULT_GATEWAY
        with Client(gateway or address) as client:
            ledger = client.get("/api/ledger")
        suspended = {one["organisation"]: one for one in ledger["suspensions"]}
        renamed = {one["organisation"]: one for one in ledger["successions"]}
        titles = {one["id"]: one["title"] for one in _organisations(ledger)}
        for one in _organisations(ledger):
            name = padded(one["id"], 12)
            speaking.say(WORDS["organisations.one"], id=name, title=one["title"], msp=one["msp"])
            if one["id"] in suspended:
                _show_suspension(suspended[one["id"]], titles)
            if one["id"] in renamed:
                _show_succession(renamed[one["id"]], titles)


@organisation_app.command()
def suspend(
    organisation: Which,
    reason: Annotated[
        str,
        typer.Option(help="key-stolen, silent, against-rules, dissolved or other."),
    ],
    until: Annotated[str, typer.Option(help="The last day, at most 90 days from today.")],
    key: KeyName = "",
    later: Later = False,
    gateway: Gateway = "",
) -> None:
    """As a registrar: vote to suspend another organisation's offices, or to go on until a day.

    One's newest vote replaces the one before.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        body: dict[str, Json] = {
            "organisation": _named(signer, organisation),
            "reason": Naming(signer).term(SUSPEND, "reason", reason),
            "until": town_time.planned_day(signer, until),
        }
        _vote(signer, SUSPEND, body, later=later)


@organisation_app.command()
def reinstate(
    organisation: Which, key: KeyName = "", later: Later = False, gateway: Gateway = ""
) -> None:
    """As a registrar: take one's vote back. Without a majority the suspension ends at once."""
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        _vote(signer, REINSTATE, {"organisation": _named(signer, organisation)}, later=later)


@organisation_app.command("rename-msp")
def rename_msp(
    organisation: Which,
    msp: Annotated[str, typer.Argument(help="The new MSP id, such as CoopMSP2.")],
    key: KeyName = "",
    later: Later = False,
    gateway: Gateway = "",
) -> None:
    """As a registrar: say that another organisation's MSP has a new name.

    When a second organisation has said the same, an admin of that MSP may set a registrar.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        body: dict[str, Json] = {"organisation": _named(signer, organisation), "msp": msp}
        _vote(signer, RENAME, body, later=later)


def _vote(signer: Key, type_name: str, body: dict[str, Json], *, later: bool) -> None:
    act = acts.name_of("organisation", type_name, body)
    if not acts.waiting(signer, act):
        acts.begin(signer, act, [signer.device.sign(type_name, body)])
    send_or_keep(signer, later=later)


def _named(signer: Key, typed: str) -> str:
    """Return the id of the organisation that was typed.

    Raises:
        ChoiceError: There is none of that name, or several.
        ApiError: The gateway, which knows them, can't be asked.
    """
    with Client(signer.address) as client:
        found = _organisations(client.get("/api/ledger"))
    candidates = [
        Candidate(value=one["id"], labels=(one["title"],), ja=one["title"], en=one["title"])
        for one in found
    ]
    chosen = only("organisation", typed, matching(typed, candidates))
    if chosen is None:
        raise ChoiceError("organisation", typed, candidates)
    return chosen.value


def _organisations(ledger: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the organisations; none before the ledger is founded."""
    constitution = ledger["constitution"]
    return list(constitution["organisations"]) if constitution else []


def _show_suspension(suspension: dict[str, Any], titles: dict[str, str]) -> None:
    if suspension["until"]:
        speaking.say(WORDS["organisations.suspended"], until=suspension["until"])
    reasons = {one.value: one for one in own_choices.terms(SUSPEND, "reason")}
    for vote in suspension["votes"]:
        speaking.say(
            WORDS["organisations.vote"],
            title=titles.get(vote["organisation"], vote["organisation"]),
            reason=reasons[vote["reason"]].said(speaking.language()),
            until=vote["until"],
        )


def _show_succession(succession: dict[str, Any], titles: dict[str, str]) -> None:
    if succession["msp"]:
        speaking.say(WORDS["organisations.renamed"], msp=succession["msp"])
    for naming in succession["namings"]:
        speaking.say(
            WORDS["organisations.naming"],
            title=titles.get(naming["organisation"], naming["organisation"]),
            msp=naming["msp"],
            until=naming["until"],
        )
