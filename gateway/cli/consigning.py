"""`minori consign`: who may take in one's goods as they come, and what came without that."""

from typing import Annotated, Any, Final

import typer

from chaincode.base.canonical import Json
from gateway.cli import acts, answering, arguments, kinds, known, own_choices, town_time
from gateway.cli.arguments import ArgumentError
from gateway.cli.filling import mass
from gateway.cli.naming import Naming
from gateway.cli.options import Again, Gateway, KeyName, Later
from gateway.cli.said import WORDS
from gateway.cli.sending import send_or_keep
from gateway.cli.shell import Shell
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.client import ApiError
from gateway.device.keyring import Key
from gateway.words import speaking

GRANT: Final = "consignment.grant"
REVOKE: Final = "consignment.revoke"

Me = dict[str, Any]

consign_app = Shell(
    no_args_is_help=True,
    help="""Say who may take one's goods in as they come, and answer for what came without that.

A shop books a delivery as consigned only where its producer has agreed, from a day until a day.
Anything else is a claim: nothing of it is sold before the producer accepts it.""",
)


@consign_app.command("list")
def list_agreed(key: KeyName = "", gateway: Gateway = "") -> None:
    """Show who may take in whose goods, and the claims that wait for an answer."""
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as asker:
        me = _known(asker)
        for one in me["consignments"]:
            word = "from" if one["shop"] == asker.party else "to"
            other = "producer" if one["shop"] == asker.party else "shop"
            period = {"since": one["since"], "until": one["until"]}
            speaking.say(WORDS[f"consigning.{word}"], name=_name(one, other), **period)
        for one in me["claims"]:
            _show_claim(one, me, asker.party)
        if not (me["consignments"] or me["claims"]):
            speaking.say(WORDS["consigning.none"])


@consign_app.command()
def give(
    shop: Annotated[str, typer.Argument(help="Who may take the goods in: a partner, by name.")],
    until: Annotated[str, typer.Option(help="The last day, by the town's clock.")],
    since: Annotated[str, typer.Option(help="The first day; by default today.")] = "",
    key: KeyName = "",
    later: Later = False,
    again: Again = False,
    gateway: Gateway = "",
) -> None:
    """Let a shop or packing house take one's goods in as they come; both days are included.

    Given again, it is replaced: so it is prolonged, or made shorter.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        body: dict[str, Json] = {
            "producer": signer.party,
            "shop": Naming(signer).party("shop", shop),
            "since": town_time.planned_day(signer, since) if since else _today(signer),
            "until": town_time.planned_day(signer, until),
        }
        _act(signer, GRANT, body, {}, later=later, again=again)


@consign_app.command()
def end(
    partner: Annotated[str, typer.Argument(help="The other side, by name.")],
    key: KeyName = "",
    later: Later = False,
    gateway: Gateway = "",
) -> None:
    """End it, as the producer or as the shop. What came until then stays consigned."""
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        other = Naming(signer).party("shop", partner)
        pairs = ((signer.party, other), (other, signer.party))
        agreed = {(one["producer"], one["shop"]) for one in _known(signer)["consignments"]}
        found = [pair for pair in pairs if pair in agreed]
        if not found:
            raise ArgumentError(WORDS["consigning.not_agreed"], name=partner)
        for producer, shop in found:
            body: dict[str, Json] = {"producer": producer, "shop": shop}
            _act(signer, REVOKE, body, {}, later=True)
        send_or_keep(signer, later=later)


@consign_app.command()
def answer(
    lot: Annotated[str, typer.Argument(help="The lot that is claimed, as `list` shows it.")],
    accepted: Annotated[
        str, typer.Option(help="How much of it is one's own: all, nothing, or as 12.5kg.")
    ],
    holder: Annotated[
        str, typer.Option(help="Who claims it, by name; needed where several do.")
    ] = "",
    key: KeyName = "",
    later: Later = False,
    gateway: Gateway = "",
) -> None:
    """As the producer: say how much of what somebody claims is one's own; the rest is denied.

    What is accepted is from then on as if it had come on consignment: it leaves one's stock, and
    the holder may sell it.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        by = Naming(signer).party("holder", holder) if holder else ""
        one = _claimed(_known(signer), signer.party, lot, by)
        act = acts.name_of(answering.ACCEPT, one, accepted)
        if not acts.waiting(signer, act):
            acts.begin(signer, act, answering.sign(signer, one, accepted))
        send_or_keep(signer, later=later)


def is_agreed(signer: Key, producer: str) -> bool:
    """Whether a producer's goods may be taken in as consigned, as far as that is known.

    Where the gateway is away and nothing was kept, it is taken to be: the ledger decides.
    """
    try:
        me = _known(signer)
    except ApiError:
        return True
    if me["has_more_consignments"]:
        return True
    pairs = {(one["producer"], one["shop"]) for one in me["consignments"] if one["is_valid"]}
    return (producer, signer.party) in pairs


def _act(
    signer: Key,
    kind: str,
    body: dict[str, Json],
    closed: dict[str, Json],
    *,
    later: bool,
    again: bool = False,
) -> None:
    """Sign a command once, and send it or keep it."""
    act = acts.name_of(kind, body, closed)
    if again or not acts.waiting(signer, act):
        prepared = arguments.prepare(signer, kinds.of(signer, kind), body, closed)
        acts.begin(signer, act, prepared.sign(signer))
    send_or_keep(signer, later=later)


def _claimed(me: Me, party: str, lot: str, holder: str) -> Me:
    """Return the claim in one's own name that is meant.

    Raises:
        ArgumentError: There is none, or several parties claim that lot.
    """
    number = lot.replace("-", "").strip().upper()
    mine = [one for one in me["claims"] if one["producer"] == party]
    found = [
        one
        for one in mine
        if number.startswith(one["lot"]) or one["lot"].startswith(number)
        if holder in {"", one["holder"]}
    ]
    if len(found) != 1:
        listed = "\n".join(_claim_told(one, me) for one in found or mine) or "  —"
        raise ArgumentError(WORDS["consigning.which_claim"], lot=lot, listed=listed)
    one: Me = found[0]
    return one


def _show_claim(one: Me, me: Me, party: str) -> None:
    is_mine = one["holder"] == party
    word = WORDS["consigning.claims" if is_mine else "consigning.claimed"]
    speaking.say(word, told=_claim_told(one, me, "producer" if is_mine else "holder"))


def _claim_told(one: Me, me: Me, other: str = "holder") -> str:
    language = speaking.language()
    crops = own_choices.coded(me["choices"]["crops"])
    crop = next((each.said(language) for each in crops if each.value == one["crop"]), one["crop"])
    return f"  {one['lot']}  {crop} {mass(one['claimed_g'])}  {_name(one, other)}"


def _name(one: Me, side: str) -> str:
    named = one[f"{side}_name"]
    return str(named[speaking.language()] if named else one[side])


def _today(signer: Key) -> str:
    return str(_known(signer)["today"])


def _known(key: Key) -> Me:
    """Return what the gateway says now; where it is away, what it said last, and tell that."""
    there, error = known.latest(key)
    if error is not None:
        known.tell_away(there, error)
    return there.me
