"""What is asked back of goods at the command line: unknown crops and lots, unlikely packs.

The rules are the gateway's own (`gateway.plausibility.goods`), judged by its catalogue. Where it
can't be reached, nothing can be judged: that is said, and what is signed is flagged later.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from chaincode.base import times
from chaincode.base.canonical import Json
from gateway.cli.said import WORDS
from gateway.cli.town_time import clock_of
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key
from gateway.plausibility import Doubt, FlagCode, doubts, text_of
from gateway.town.catalogue import PACK_UNITS, CatalogueFile
from gateway.town.other_crops import OTHER, code_of, new_salt, tidy
from gateway.typed import lot_numbers
from gateway.typed.lot_numbers import TypedNumber
from gateway.typed.my_number import has_my_number
from gateway.typed.same_name import fold
from gateway.words import SaidError, speaking

REFUSED: Final = "INVALID_REQUEST"  # what no later attempt would change
ARRIVE: Final = "lot.arrive"
CLAIM: Final = "lot.claim"
_SPEAKS_OF_GOODS: Final = frozenset({"crop", "children", "packs", "counted_g", "quantity_g"})


def entered(key: Key, crop: str, *, is_trial: bool = False) -> str:
    """Return the code of a crop that is entered in words of its own: `other:へべす`.

    The words stay with the gateway, but not in a trial; anything else is returned as it is. Where
    the gateway can't take them now, the key keeps them until the command is sent.

    Raises:
        ApiError: The gateway does not take them.
        SaidError: It is no such crop, or no words for one.
    """
    kind, colon, words = normalize("NFKC", crop).partition(":")
    if not colon:
        return crop
    if kind.strip().lower() not in {OTHER, "その他", "ほか"}:
        raise SaidError(WORDS["goods.no_such_kind"], typed=crop)
    if is_trial:
        return OTHER
    kept = _fit(words)
    try:
        with Client(key.address) as client:
            client.open_session(key)
            code = str(client.post("/api/other-crops", {"words": kept})["code"])
    except ApiError as error:
        if error.code == REFUSED:
            raise
        code = _keep(key, kept)
        why = error.say(speaking.language())
        speaking.say(WORDS["goods.entered_later"], is_aside=True, words=kept, code=code, why=why)
        return code
    speaking.say(WORDS["goods.entered"], is_aside=True, words=kept, code=code)
    return code


def hand_over(key: Key, client: Client) -> None:
    """Give the gateway the words that were entered where there was no line.

    Raises:
        ApiError: It can't take them now; they are kept.
    """
    if not key.words:
        return
    client.open_session(key)
    for code, (words, salt) in list(key.words.items()):
        try:
            client.post("/api/other-crops", {"words": words, "salt": salt})
        except ApiError as error:
            if error.code != REFUSED:
                raise
            why = error.say(speaking.language())
            speaking.say(WORDS["goods.refused"], is_aside=True, words=words, code=code, why=why)
        del key.words[code]
        key.save()


def _fit(words: str) -> str:
    """Return words as a gateway keeps them.

    Raises:
        SaidError: No gateway would.
    """
    kept = tidy(words)
    if has_my_number(kept):
        raise SaidError(WORDS["goods.my_number"])
    return kept


def _keep(key: Key, words: str) -> str:
    """Keep words in the key's file, durably, and return their code; the same words: the same."""
    for code, (kept, _) in key.words.items():
        if fold(kept) == fold(words):
            return code
    salt = new_salt()
    code = code_of(salt, words)
    key.words[code] = (words, salt)
    key.save()
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A command that is about to be signed."""

    kind: str
    body: Mapping[str, Json]
    closed: Mapping[str, Json]


def questions(key: Key, drafts: Sequence[Draft], *, event_time: int | None) -> list[str]:
    """Return what to ask back of commands before they are signed, a line each.

    Args:
        key: Whose gateway is asked.
        drafts: The commands.
        event_time: When it happened; `None`: now.
    """
    judged = [one for one in drafts if _SPEAKS_OF_GOODS & (one.body.keys() | one.closed.keys())]
    if not judged:
        return []
    try:
        with Client(key.address) as client:
            town = clock_of(key, client)
            catalogue = CatalogueFile.model_validate(client.get("/api/catalogue"))
            crops = [_crop(client, one) for one in judged]
    except ApiError as error:
        speaking.say(WORDS["goods.unasked"], is_aside=True, error=error.say(speaking.language()))
        return []
    day = times.local_date(event_time or int(time.time()), town.utc_offset_minutes)
    return [
        _said(doubt, catalogue)
        for one, crop in zip(judged, crops, strict=True)
        for doubt in doubts(one.kind, one.body, one.closed, catalogue=catalogue, day=day, crop=crop)
    ]


def unknown_lots(key: Key, numbers: Iterable[TypedNumber]) -> Iterator[str]:
    """Yield what to ask back of lots that an arrival would found, a line each.

    A number that a check character or a scanned code vouches for is not doubted: goods may well
    come before their record.

    Args:
        key: Whose gateway is asked.
        numbers: As they were typed.
    """
    doubtful = [one for one in numbers if not one.is_sure]
    if not doubtful:
        return
    with Client(key.address) as client:
        for one in doubtful:
            try:
                client.get(f"/api/lots/{one.lot}")
            except ApiError as error:
                word = "lot" if error.code == "LOT_NOT_FOUND" else "lot_unasked"
                number = "-".join(lot_numbers.grouped(one.lot))
                yield WORDS[f"goods.{word}"].say(speaking.language(), number=number)


def founded_by(draft: Draft, words: Sequence[str]) -> list[TypedNumber]:
    """Return the lot that a command would found without its record, as it was typed."""
    lot = draft.body.get("lot")
    if draft.kind not in {ARRIVE, CLAIM} or not isinstance(lot, str):
        return []
    typed = [text for name, _, text in (word.partition("=") for word in words) if name == "lot"]
    return [lot_numbers.read(typed[-1])] if typed else [TypedNumber(lot=lot, is_sure=False)]


def _crop(client: Client, draft: Draft) -> str:
    """Return what a command's lot is of; empty where it says it, or where it may not be known."""
    lot = draft.body.get("lot")
    if "crop" in draft.body or "crop" in draft.closed or not isinstance(lot, str):
        return ""
    try:
        return str(client.get(f"/api/lots/{lot}").get("crop", ""))
    except ApiError:
        return ""  # not on record yet, or not to be told


def _said(doubt: Doubt, catalogue: CatalogueFile) -> str:
    language = speaking.language()
    crops = {code: one.name.text(language) for code, one in catalogue.crops.items()}
    units = PACK_UNITS if language == "ja" else {}
    classes = {code: one.text(language) for code, one in catalogue.classes.items()}
    parts = [text_of(doubt, language, crops)]
    if doubt.choices:
        named = {**classes, **crops, **units}
        choices = ", ".join(
            code if named.get(code, code) == code else f"{named[code]} {code}"
            for code in doubt.choices
        )
        word = "units" if doubt.code is FlagCode.PACK_UNIT_UNUSUAL else "choices"
        parts.append(WORDS[f"goods.{word}"].say(language, choices=choices))
    if doubt.code is FlagCode.CROP_UNKNOWN:
        parts.append(WORDS["goods.other"].say(language))
    return " ".join(parts) if language == "en" else "".join(f"{part}　" for part in parts).strip()
