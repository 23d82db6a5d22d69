"""`minori town crops`, `name-crop`, `forget-crop`: name what farmers entered in their own words.

On the gateway's computer: the words are in a private file there (`MINORI_OTHER_CROPS_PATH`), which
a gateway reads anew each time. Nothing goes to the ledger.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import speaking
from gateway.cli.speaking import WORDS
from gateway.cli.telling import told

if TYPE_CHECKING:
    from gateway.names import Names

Which = Annotated[
    str, typer.Argument(metavar="WORDS", help="The words, or the code other-…, of the crop.")
]


def crops() -> None:
    """List the crops that farmers entered in their own words, those without a name first."""
    with told():
        names = _names()
        for one in names.others.all():
            when = datetime.fromtimestamp(one.entered_at, UTC).date().isoformat()
            words = one.words or WORDS["town_crops.forgotten"].say(speaking.language())
            typer.echo(f"{one.code}  {when}  {words}  {one.crop or '—'}")


def name_crop(
    which: Which,
    crop: Annotated[str, typer.Argument(help="The crop's code or name, as the town lists it.")],
) -> None:
    """Say which of the town's crops it is: pages and recall previews go by it from now on.

    A crop that the town does not have is added first: one row more on the workbook's sheet of
    crops, then `minori town apply`.
    """
    with told():
        names = _names()
        code = _crop(names, crop)
        for one in _meant(names, which):
            names.others.name(one, code)
            name = names.crop(one, speaking.language())
            speaking.say(WORDS["town_crops.named"], which=which, code=one, name=name)


def forget_crop(which: Which) -> None:
    """Erase the words of such a crop; what it was named as stays, and so does its code."""
    with told():
        names = _names()
        for one in _meant(names, which):
            names.others.forget(one)
            speaking.say(WORDS["town_crops.erased"], code=one)


def _names() -> "Names":
    from gateway.catalogue import Catalogue  # noqa: PLC0415 - as in `gateway.cli.town`
    from gateway.names import Names  # noqa: PLC0415 - as above
    from gateway.other_crops import OtherCrops  # noqa: PLC0415 - as above
    from gateway.settings import Settings  # noqa: PLC0415 - as above

    settings = Settings()
    return Names(
        settings.site.names_path,
        Catalogue(settings.site.catalogue_path),
        others=OtherCrops(settings.other_crops_path),
    )


def _meant(names: "Names", which: str) -> list[str]:
    from gateway.other_crops import OtherCropError  # noqa: PLC0415 - as above

    found = [one.code for one in names.others.called(which)]
    if not found and names.others.find(which) is None:
        raise OtherCropError(WORDS["town_crops.unknown"], which=which)
    return found or [which]


def _crop(names: "Names", typed: str) -> str:
    """Return the code of one of the town's crops, by code or name."""
    from gateway.other_crops import OtherCropError, is_other  # noqa: PLC0415 - as above
    from gateway.plausibility.goods import called, nearest  # noqa: PLC0415 - as above
    from gateway.same_name import fold  # noqa: PLC0415 - as above

    known = called(names.known())
    meant = fold(typed)
    found = [code for code, texts in known.items() if meant in map(fold, (code, *texts))]
    if len(found) == 1 and not is_other(found[0]):
        return found[0]
    near = ", ".join(found or nearest(typed, known))
    raise OtherCropError(WORDS["town_crops.no_crop"], crop=typed, near=near or "—")
