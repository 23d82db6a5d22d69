"""What waits for a reader's signature as answers: what it is, who signed first, what follows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from chaincode.base import times
from chaincode.base.canonical import Json
from chaincode.registry.records import Constitution
from gateway.answers import visibility
from gateway.answers.visibility import Role, cut
from gateway.api.lots_in_words import lots_in_words
from gateway.lookups.awaited import ACCEPT, CONFIRM, Awaited
from gateway.lookups.proposals import Proposed
from gateway.town.names import Names
from gateway.town.vocabulary import VOCABULARIES
from gateway.typed import written
from gateway.words.language import Language

Answer = dict[str, Any]

# What it is, and what follows from the second signature: Japanese, then English.
WORDS: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "recall.declare": (
        (
            "回収の決定（{kind}、{cause}）：{lots}",
            "Declare a recall ({kind}, {cause}) of {lots}",
        ),
        (
            "署名するとすぐに公表され、対象のロットは出荷も販売もできなくなります。",
            "It is published at once, and these lots can be neither shipped nor sold.",
        ),
    ),
    "recall.confirm": (
        (
            "ひとりで署名された回収{recall}の確認（{kind}、{cause}）：{lots}",
            "Confirm the recall {recall} that one person signed alone ({kind}, {cause}): {lots}",
        ),
        (
            "二人で決定した回収として公表され、対象のロットは止まったままです。",
            "It is published as declared by two, and these lots stay stopped.",
        ),
    ),
    "recall.widen": (
        (
            "回収{recall}（{kind}、{cause}）への追加：{lots}",
            "Add to the recall {recall} ({kind}, {cause}): {lots}",
        ),
        (
            "署名するとすぐに公表され、追加したロットは出荷も販売もできなくなります。",
            "It is published at once, and these lots can be neither shipped nor sold.",
        ),
    ),
    "recall.lift": (
        (
            "回収{recall}（{kind}、{cause}）の取り消し（理由：{reason}）：{lots}",
            "Lift the recall {recall} ({kind}, {cause}; {reason}) of {lots}",
        ),
        (
            "まちがいの回収だったと公表され、対象のロットはまた出荷・販売できます。",
            "It is published as a mistake, and its lots can be shipped and sold again.",
        ),
    ),
    "recall.close": (
        (
            "回収{recall}（{kind}、{cause}）の終了：{lots}",
            "Close the recall {recall} ({kind}, {cause}) of {lots}",
        ),
        (
            "品物はすべて確認ずみと公表され、対象のロットを止めることはなくなります。",
            "All goods are published as accounted for, and it stops its lots no more.",
        ),
    ),
    "lot.open": (
        (
            "台帳より前の在庫の立会い：{party}の{crop} {quantity_g}",
            "Witness stock from before this ledger: {quantity_g} of {crop} at {party}",
        ),
        (
            "その量が在庫として台帳に載り、出荷・販売できるようになります。",
            "That much is entered as stock, and can be shipped and sold.",
        ),
    ),
    "lot.settle": (
        (
            (
                "差のある荷の決着：ロット{lot}、送り主へ{to_sender_g}、受け手へ{to_recipient_g}、"
                "目減り{lost_g}"
            ),
            (
                "Settle a disputed shipment of lot {lot}: {to_sender_g} to the sender, "
                "{to_recipient_g} to the recipient, {lost_g} lost"
            ),
        ),
        (
            "その量がそれぞれの在庫に入り、この荷についての争いは終わります。",
            "These go into both sides' stock, and the dispute is over.",
        ),
    ),
    "lot.accept_claim": (
        (
            "{holder}の申し出：あなたの{crop} {claimed_g}が届いた（ロット{lot}）",
            "{holder} says that {claimed_g} of your {crop} came there: lot {lot}",
        ),
        (
            (
                "認めた分は、委託した品としてあなたの在庫から移り、販売できるようになります。"
                "残りは否認となり、この申し出は終わります。"
            ),
            (
                "What you accept leaves your stock as consigned, and can be sold there. "
                "The rest is denied, and the claim is over."
            ),
        ),
    ),
    "mandate.register": (
        (
            "代理の登録（{count}件、{since}から{until}まで）：{pairs}",
            "Register mandates ({count}, {since} to {until}): {pairs}",
        ),
        (
            "その期間、代理の人が署名した記録が本人のものとして台帳に載ります。",
            "In that time, what an agent signs is entered as the principal's.",
        ),
    ),
    "consignment.register": (
        (
            "委託の取り決め：{producer}の品を{shop}が預かる（{since}から{until}まで）",
            "A consignment: {shop} takes in {producer}'s goods ({since} to {until})",
        ),
        (
            "その期間、届いた品は、生産者の署名がなくても委託品として台帳に載ります。",
            "In that time, what comes is booked as consigned without the producer's signature.",
        ),
    ),
    "auditor.register": (
        ("監査人の登録：{actor}", "Register an auditor: {actor}"),
        (
            "その人の鍵が台帳に登録され、監査人の役割をもちます。",
            "That person's key is enrolled, with the roles named.",
        ),
    ),
    "auditor.grant": (
        ("監査人{actor}の役割：{roles}", "Roles of the auditor {actor}: {roles}"),
        (
            "その人は、ここにある役割だけをもつようになります。",
            "That person then has the roles named, and no others.",
        ),
    ),
    "auditor.enrol": (
        ("監査人{actor}の端末の追加", "Enrol another device of the auditor {actor}"),
        ("その端末でも署名できるようになります。", "That person can sign with it as well."),
    ),
    "key.revoke_jointly": (
        ("{actor}の端末{device}の失効", "Revoke the device {device} of {actor}"),
        (
            "その端末の署名は、ここで除くと書いたものを別にして、受け付けられなくなります。",
            "Nothing more that it signs is taken, but for what is named as spared.",
        ),
    ),
    "constitution.amend": (
        ("憲章の変更：{title}", "Amend the constitution of {title}"),
        (
            "組織と、組織が与える役割が、その内容に変わります。",
            "Organisations, and the roles they grant, become as it says.",
        ),
    ),
    "rules.activate": (
        ("規則の第{rules}版の施行", "Put version {rules} of the rules in force"),
        ("この後の記録は、その版で判断されます。", "What comes after is judged by that version."),
    ),
}

PAIR: Final[Mapping[Language, str]] = {
    "ja": "{agent}が{principal}の代わりに",
    "en": "{agent} for {principal}",
}
ROLE: Final[Mapping[Language, str]] = {
    "ja": "{role}（{since}から{until}）",
    "en": "{role} ({since} to {until})",
}
AND: Final[Mapping[Language, str]] = {"ja": "、", "en": ", "}
NO_ROLE: Final[Mapping[Language, str]] = {"ja": "なし", "en": "none"}

_TERMS: Final[Mapping[tuple[str, str, str], dict[Language, str]]] = {
    (kind, one.member, term.word): {"ja": term.ja, "en": term.en.lower()}
    for one in VOCABULARIES
    for kind in one.types
    for term in one.terms
}
_DECLARE: Final = "recall.declare"  # what kind and cause of any recall are called
_NOT_ON_RECORD: Final[Mapping[Language, str]] = {"ja": "記録なし", "en": "not on record"}


class WaitingRecords:
    """Writes them in a language, by the town's clock.

    Args:
        names: Published names.
        constitution: The town's.
        language: Of the texts.
    """

    def __init__(self, names: Names, constitution: Constitution, language: Language) -> None:
        self._names = names
        self._constitution = constitution
        self._language = language

    def waiting(self, awaited: Awaited) -> Answer:
        """Return a proposal, recall or claim to whoever may sign it, confirm it or answer it."""
        one = awaited.proposed
        is_english = self._language == "en"
        what, follows = WORDS[one.kind.name]
        facts = self._facts(one) | self._recall_facts(awaited)
        organisation = self._constitution.organisation(one.organisation)
        record: Answer = {
            "id": one.command.id,
            "type": one.kind.name,
            "recall": str(one.body["recall"]) if one.kind.name == CONFIRM else None,
            "claim": _claim(one) if one.kind.name == ACCEPT else None,
            "text": what[is_english].format(**facts),
            "follows": follows[is_english].format(**facts),
            "proposed_at": times.timestamp(one.command.ledger_time),
            "proposed_on": written.of_moment(
                one.command.ledger_time,
                utc_offset_minutes=self._constitution.utc_offset_minutes,
                language=self._language,
            ),
            "expires": None if one.expires is None else times.timestamp(one.expires),
            "actor": one.command.actor,
            "on_behalf": one.command.on_behalf,
            "party": one.party,
            "party_name": self._names.party(one.party, self._language),
            "organisation": one.organisation,
            "organisation_title": organisation.title if organisation else one.organisation,
        }
        return cut(visibility.WAITING, record, {Role.PARTY})

    def _facts(self, one: Proposed) -> dict[str, str]:
        """Return the members of a command as its sentence needs them."""
        members = {**one.body, **one.closed}
        facts = {name: self._fact(one.kind.name, name, value) for name, value in members.items()}
        constitution = members.get("constitution")
        if isinstance(constitution, dict):
            facts["title"] = str(constitution["title"])
        if one.kind.name == "mandate.register":
            facts |= self._mandates(members["mandates"])
        if one.kind.name == "auditor.grant":
            facts["roles"] = self._roles(members["roles"])
        return facts

    def _mandates(self, pairs: Json) -> dict[str, str]:
        """Return who enters for whom, all of a list: a registrar signs for every line of it."""
        said = [
            PAIR[self._language].format(**one)
            for one in (pairs if isinstance(pairs, list) else [])
            if isinstance(one, dict)
        ]
        return {"count": str(len(said)), "pairs": AND[self._language].join(said)}

    def _roles(self, grants: Json) -> str:
        """Return roles with their dates."""
        said = [
            ROLE[self._language].format(**{"until": "", **one})
            for one in (grants if isinstance(grants, list) else [])
            if isinstance(one, dict)
        ]
        return AND[self._language].join(said) or NO_ROLE[self._language]

    def _recall_facts(self, awaited: Awaited) -> dict[str, str]:
        """Return what a recall is of, and why; nothing of another command."""
        name, of = awaited.proposed.kind.name, awaited.recall
        if not name.startswith("recall."):
            return {}
        lots = lots_in_words(awaited.roots, awaited.lots, self._names, self._language)
        if name == _DECLARE:
            return {"lots": lots}
        said = {"kind": of.kind, "cause": of.cause} if of else {}
        absent = dict.fromkeys(("kind", "cause"), _NOT_ON_RECORD[self._language])
        return {
            "lots": lots,
            **absent,
            **{member: self._fact(_DECLARE, member, value) for member, value in said.items()},
        }

    def _fact(self, kind: str, member: str, value: Json) -> str:
        if isinstance(value, int) and member.endswith("_g"):
            return f"{value / 1_000:,.3f}".rstrip("0").rstrip(".") + " kg"
        text = str(value)
        term = _TERMS.get((kind, member, text))
        if term is not None:
            return term[self._language]
        named: dict[str, Callable[[str, Language], str | None]] = {
            **dict.fromkeys(("party", "producer", "shop", "holder"), self._names.party),
            "crop": self._names.crop,
        }
        return (named[member](text, self._language) if member in named else None) or text


def _claim(one: Proposed) -> Answer:
    """Return what an answer to a claim has to name."""
    record: Answer = {
        "lot": one.body["lot"],
        "holder": one.closed["holder"],
        "claimed_g": one.closed["claimed_g"],
    }
    return cut(visibility.CLAIM, record, {Role.PARTY})
