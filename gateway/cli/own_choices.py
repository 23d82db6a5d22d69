"""What a person may choose from, out of what is known of them: plots, partners, people, crops."""

from collections.abc import Iterable
from typing import Any, Final

from gateway.cli.choosing import Candidate
from gateway.town.vocabulary import ROLES, VOCABULARIES

Me = dict[str, Any]

_KINDS: Final = {
    term.word: term for one in VOCABULARIES if one.member == "kind" for term in one.terms
}


def plots(me: Me, party: str) -> list[Candidate]:
    """Return the plots of a party that one may know of."""
    return [
        Candidate(
            value=one["id"],
            labels=(one["code"] or "", one["name"] or ""),
            ja=_joined(one["code"], one["name"], _in(one["district_name"], "ja")),
            en=_joined(one["code"], one["name"], _in(one["district_name"], "en")),
        )
        for one in me["plots"]
        if one["party"] == party
    ]


def parties(me: Me) -> list[Candidate]:
    """Return oneself, those for whom and by whom one signs, and everyone with a published name."""
    own, found = me["party"], {}
    kind = own["kind"]
    found[own["id"]] = _party(own["id"], own["code"], own["name"], kind)
    for one in me["mandates"]:
        for side in ("principal", "agent"):
            party = one[f"{side}_party"]
            code, name = one[f"{side}_party_code"], one[f"{side}_party_name"]
            found.setdefault(party, _party(party, code, name, ""))
    for one in me["partners"]:
        before = found.get(one["id"])
        code = before.labels[0] if before else None
        found[one["id"]] = _party(one["id"], code, one["name"], one["kind"])
    return list(found.values())


def people(me: Me) -> list[Candidate]:
    """Return the people of one's own party, and both sides of one's mandates."""
    found = {
        one["id"]: Candidate(
            value=one["id"],
            labels=(one["code"] or "",),
            ja=_joined(one["code"], *(role["name"]["ja"] for role in one["roles"])),
            en=_joined(one["code"], *(role["name"]["en"] for role in one["roles"])),
        )
        for one in me["people"]
    }
    for one in me["mandates"]:
        for side in ("principal", "agent"):
            found.setdefault(one[side], _side(one, side))
    return list(found.values())


def principals(me: Me) -> dict[str, tuple[Candidate, str]]:
    """Return for whom one may sign today, each with its party, by pseudonym."""
    return {
        one["principal"]: (_side(one, "principal"), one["principal_party"])
        for one in me["mandates"]
        if one["agent"] == me["actor"] and one["is_valid"]
    }


def coded(choices: Iterable[Me]) -> list[Candidate]:
    """Return choices that have a code and a name: crops, classes, districts."""
    return [
        Candidate(
            value=one["code"],
            labels=(one["name"]["ja"], one["name"]["en"], *one["also"]),
            ja=one["name"]["ja"],
            en=one["name"]["en"],
        )
        for one in choices
    ]


def terms(type_name: str, member: str) -> list[Candidate]:
    """Return the words that a member of a type takes, if it takes certain words alone."""
    return [
        Candidate(
            value=term.word,
            labels=(term.ja, term.en, *term.also),
            ja=term.ja,
            en=term.en,
        )
        for one in VOCABULARIES
        if one.member == member and type_name in one.types
        for term in one.terms
    ]


def answers() -> list[Candidate]:
    """Return yes and no, as commands have them."""
    return [
        Candidate(value="true", labels=("はい", "yes", "y", "○", "1"), ja="はい", en="yes"),
        Candidate(value="false", labels=("いいえ", "no", "n", "×", "0"), ja="いいえ", en="no"),
    ]


def roles() -> list[Candidate]:
    """Return the roles that have a name; a constitution may grant others."""
    return [Candidate(value=code, labels=(name,), ja=name, en=code) for code, name in ROLES.items()]


def _party(party: str, code: str | None, name: dict[str, str] | None, kind: str) -> Candidate:
    term = _KINDS.get(kind)
    return Candidate(
        value=party,
        labels=(code or "", _in(name, "ja"), _in(name, "en")),
        ja=_joined(code, _in(name, "ja"), term.ja if term else kind),
        en=_joined(code, _in(name, "en"), term.en.lower() if term else kind),
    )


def _side(mandate: Me, side: str) -> Candidate:
    """Return a person of a mandate: called by the own code, and by what the party is called."""
    name = mandate[f"{side}_party_name"]
    codes = (mandate[f"{side}_code"] or "", mandate[f"{side}_party_code"] or "")
    return Candidate(
        value=mandate[side],
        labels=(*codes, _in(name, "ja"), _in(name, "en")),
        ja=_joined(codes[0], _in(name, "ja")),
        en=_joined(codes[0], _in(name, "en")),
    )


def _in(name: dict[str, str] | None, language: str) -> str:
    return (name or {}).get(language) or (name or {}).get("ja") or ""


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
