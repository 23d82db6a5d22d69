"""`minori town crops`, `name-crop`, `forget-crop`: name what farmers entered in their own words.

On the gateway's computer the words are in a private file (`MINORI_OTHER_CROPS_PATH`), which a
gateway reads anew each time; from elsewhere a registrar's key asks the gateway. Nothing goes to the
ledger.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import known, own_choices
from gateway.cli.choosing import ChoiceError, matching, only
from gateway.cli.options import Gateway
from gateway.cli.said import WORDS
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.client import Client
from gateway.device.keyring import Key
from gateway.words import speaking

if TYPE_CHECKING:
    from gateway.town.names import Names

Office = Annotated[
    str, typer.Option("--key", "-k", help="A registrar's key; none: on the gateway's computer.")
]
Which = Annotated[
    str, typer.Argument(metavar="WORDS", help="The words, or the code other-…, of the crop.")
]


def crops(key: Office = "", gateway: Gateway = "") -> None:
    """List the crops that farmers entered in their own words, those without a name first.

    On the gateway's computer, or with a registrar's --key from any.
    """
    with told():
        if key:
            with _at_gateway(key, gateway) as (_, client):
                listed = client.get("/api/other-crops")["crops"]
            for one in listed:
                _show(one["code"], one["entered_at"][:10], one["words"], one["crop"])
            return
        for kept in _names().others.all():
            when = datetime.fromtimestamp(kept.entered_at, UTC).date().isoformat()
            _show(kept.code, when, kept.words, kept.crop)


def _show(code: str, when: str, words: str | None, crop: str | None) -> None:
    said = words or WORDS["town_crops.forgotten"].say(speaking.language())
    typer.echo(f"{code}  {when}  {said}  {crop or '—'}")


def name_crop(
    which: Which,
    crop: Annotated[str, typer.Argument(help="The crop's code or name, as the town lists it.")],
    key: Office = "",
    gateway: Gateway = "",
) -> None:
    """Say which of the town's crops it is: pages and recall previews go by it from now on.

    On the gateway's computer, or with a registrar's --key from any. A crop that the town does not
    have is added first: one row more on the workbook's sheet of crops, then `minori town apply`.
    """
    with told():
        if key:
            _name_at_gateway(which, crop, key, gateway)
            return
        names = _names()
        code = _crop(names, crop)
        for one in _meant(names, which):
            names.others.name(one, code)
            name = names.crop(one, speaking.language())
            speaking.say(WORDS["town_crops.named"], which=which, code=one, name=name)


def forget_crop(which: Which, key: Office = "", gateway: Gateway = "") -> None:
    """Erase the words of such a crop; what it was named as stays, and so does its code.

    On the gateway's computer, or with a registrar's --key from any.
    """
    with told():
        if key:
            with _at_gateway(key, gateway) as (_, client):
                codes = _listed(client, which)
                for code in codes:
                    client.post("/api/other-crops/erasures", {"code": code})
                    speaking.say(WORDS["town_crops.erased"], code=code)
            return
        names = _names()
        for one in _meant(names, which):
            names.others.forget(one)
            speaking.say(WORDS["town_crops.erased"], code=one)


def _name_at_gateway(which: str, crop: str, key: str, gateway: str) -> None:
    with _at_gateway(key, gateway) as (registrar, client):
        crops = own_choices.coded(known.ask(registrar, client).me["choices"]["crops"])
        chosen = only("crop", crop, matching(crop, crops))
        if chosen is None:
            raise ChoiceError("crop", crop, crops)
        for code in _listed(client, which):
            named = client.post("/api/other-crops/names", {"code": code, "crop": chosen.value})
            name = named["crop_name"]
            speaking.say(WORDS["town_crops.named"], which=which, code=code, name=name)


def _listed(client: Client, which: str) -> list[str]:
    """Return the codes that some words have at a gateway, or the one code that is meant.

    Raises:
        OtherCropError: There is none.
    """
    from gateway.town.other_crops import OtherCropError  # noqa: PLC0415 - as below
    from gateway.typed.same_name import fold  # noqa: PLC0415 - as below

    listed = client.get("/api/other-crops")["crops"]
    meant = [one for one in listed if one["words"] and fold(one["words"]) == fold(which)]
    meant = meant or [one for one in listed if one["code"] == which]
    if not meant:
        raise OtherCropError(WORDS["town_crops.unknown"], which=which)
    return [one["code"] for one in meant]


@contextlib.contextmanager
def _at_gateway(name: str, elsewhere: str) -> Iterator[tuple[Key, Client]]:
    """Open a registrar's session."""
    registrar = Key.load(keyring.find(name), elsewhere=elsewhere)
    with Client(registrar.address) as client:
        client.open_session(registrar)
        yield registrar, client


def _names() -> "Names":
    from gateway.settings import Settings  # noqa: PLC0415 - as above
    from gateway.town.catalogue import Catalogue  # noqa: PLC0415 - as in `gateway.cli.town`
    from gateway.town.names import Names  # noqa: PLC0415 - as above
    from gateway.town.other_crops import OtherCrops  # noqa: PLC0415 - as above

    settings = Settings()
    return Names(
        settings.site.names_path,
        Catalogue(settings.site.catalogue_path),
        others=OtherCrops(settings.other_crops_path),
    )


def _meant(names: "Names", which: str) -> list[str]:
    from gateway.town.other_crops import OtherCropError  # noqa: PLC0415 - as above

    found = [one.code for one in names.others.called(which)]
    if not found and names.others.find(which) is None:
        raise OtherCropError(WORDS["town_crops.unknown"], which=which)
    return found or [which]


def _crop(names: "Names", typed: str) -> str:
    """Return the code of one of the town's crops, by code or name."""
    from gateway.plausibility.goods import called, nearest  # noqa: PLC0415 - as above
    from gateway.town.other_crops import OtherCropError, is_other  # noqa: PLC0415 - as above
    from gateway.typed.same_name import fold  # noqa: PLC0415 - as above

    known = called(names.known())
    meant = fold(typed)
    found = [code for code, texts in known.items() if meant in map(fold, (code, *texts))]
    if len(found) == 1 and not is_other(found[0]):
        return found[0]
    near = ", ".join(found or nearest(typed, known))
    raise OtherCropError(WORDS["town_crops.no_crop"], crop=typed, near=near or "—")
