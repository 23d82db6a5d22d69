"""`minori town`: set a town up from a workbook.

What takes long to import is imported when it is needed: the other commands stay quick.
"""

import asyncio
import contextlib
import errno
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.asking import ask_back
from gateway.cli.options import Yes
from gateway.cli.said import WORDS
from gateway.cli.shell import Shell
from gateway.cli.telling import tell, told
from gateway.words import speaking

if TYPE_CHECKING:
    from gateway.setup.faults import Fault
    from gateway.setup.places import TownFiles
    from gateway.setup.planning import Line, Plan
    from gateway.setup.reading import Reading

TOWN_FOLDER = Path("var/town")
LINES_SHOWN = 20  # of each kind

town_app = Shell(
    no_args_is_help=True,
    help="""Set a town up from one Excel workbook, and keep it up to date with it.

`template` writes an empty workbook, `check` says what is wrong in a filled one and what it would
do, `apply` does it. The ledger is the one that `minori serve` would open (`MINORI_LEDGER__…`).""",
)

Workbook = Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The workbook.")]
Folder = Annotated[
    Path, typer.Option("--directory", "-d", help="Holds register, keys, names and catalogue.")
]
Admins = Annotated[
    list[Path] | None,
    typer.Option("--admin", help="Fabric: connection.json of an organisation to found; repeat."),
]
Through = Annotated[
    str,
    typer.Option(
        "--gateway",
        "-g",
        help="Send commands to this address; by default to the gateway that has the ledger open, "
        "else straight to the ledger.",
    ),
]


@town_app.command()
def template(file: Workbook) -> None:
    """Write an empty workbook: headings, drop-downs, a sheet of help, an example in each sheet."""
    from gateway.setup.template import write_template  # noqa: PLC0415 - see above

    with told():
        if file.exists():
            raise FileExistsError(errno.EEXIST, "", file)
        write_template(file)
    speaking.say(WORDS["town.filled"], file=file)


@town_app.command()
def check(file: Workbook, folder: Folder = TOWN_FOLDER) -> None:
    """Say what is wrong in a workbook, or what applying it would do. Nothing is changed."""
    from gateway.cli.town_doors import doors  # noqa: PLC0415 - see above
    from gateway.settings import Settings  # noqa: PLC0415 - see above
    from gateway.setup.applying import preview  # noqa: PLC0415 - see above
    from gateway.setup.places import TownFiles  # noqa: PLC0415 - see above

    with _told():
        settings, reading = Settings(), _read(file)

        async def run() -> "Plan":
            async with doors(settings.ledger, reading.book, is_new=False) as there:
                files = TownFiles.within(folder, settings.site)
                return await preview(reading, files, there, now=time.time())

        _show(asyncio.run(run()), reading)
        for line in _doubtful(reading):
            typer.echo(f"?  {line}", err=True)


@town_app.command()
def apply(
    file: Workbook,
    folder: Folder = TOWN_FOLDER,
    admin: Admins = None,
    gateway: Through = "",
    yes: Yes = False,
    renewed: Annotated[
        list[str] | None,
        typer.Option("--invite", metavar="CODE", help="Another invitation for a person; repeat."),
    ] = None,
) -> None:
    """Make the town as the workbook has it; what is there already is left alone.

    A new ledger is founded first. A gateway may serve meanwhile: then commands go by way of it.
    """
    from gateway.cli.town_doors import doors  # noqa: PLC0415 - see above
    from gateway.settings import Settings  # noqa: PLC0415 - see above
    from gateway.setup.applying import apply_workbook, preview  # noqa: PLC0415 - see above
    from gateway.setup.places import TownFiles  # noqa: PLC0415 - see above

    with _told():
        settings, reading = Settings(), _read(file)
        files = TownFiles.within(folder, settings.site)

        asyncio.run(preview(reading, files, None, now=time.time()))  # before a ledger is made
        ask_back(_doubtful(reading), is_sure=yes)

        async def run() -> None:
            async with doors(
                settings.ledger, reading.book, admin or (), gateway=gateway, is_new=True
            ) as there:
                assert there is not None  # noqa: S101 - a ledger in use is an error here
                _show(await preview(reading, files, there, now=time.time()), reading)
                outcome = await apply_workbook(
                    reading,
                    files,
                    there,
                    gateway=settings.base_url,
                    now=time.time(),
                    renewed=renewed or (),
                    progress=lambda text: typer.echo(text, err=True),
                )
                speaking.say(WORDS["town.commands"], count=outcome.commands)

        asyncio.run(run())
    _show_addressed(files, reading, settings.base_url)
    speaking.say(WORDS["town.register"], path=files.register)
    speaking.say(WORDS["town.names"], path=files.names)
    speaking.say(WORDS["town.catalogue"], path=files.catalogue)


def _show_addressed(files: "TownFiles", reading: "Reading", served: str) -> None:
    """Say where keys and slips are, and which address is in them: each organisation's own."""
    from gateway.invitations.addresses import is_loopback  # noqa: PLC0415 - see above
    from gateway.setup.inviting import address_in  # noqa: PLC0415 - see above
    from gateway.setup.sheets import INVITE, MAKE  # noqa: PLC0415 - see above

    kinds = {row.key for row in reading.book.people}
    if MAKE in kinds:
        speaking.say(WORDS["town.keys"], path=files.key("*"))
    if files.invitation("any").parent.exists():
        speaking.say(WORDS["town.invitations"], path=files.slip("*"))
    if not kinds & {MAKE, INVITE}:
        return
    for one in reading.book.organisations:
        address = address_in(reading.book, one.code, served=served)
        speaking.say(WORDS["town.address"], organisation=one.title, address=address)
        if is_loopback(address):
            speaking.say(WORDS["town.address_here"])
        elif is_loopback(served):
            speaking.say(WORDS["town.address_served"], address=address)


@town_app.command()
def explain(
    ja: Annotated[str, typer.Option(help="The text in Japanese.")],
    en: Annotated[str, typer.Option(help="The same in English.")],
    folder: Folder = TOWN_FOLDER,
) -> None:
    """Publish why a recall was declared or lifted; print the hash for its `explanation`."""
    from gateway.settings import Settings  # noqa: PLC0415 - see above
    from gateway.setup.places import TownFiles, replace_file  # noqa: PLC0415 - see above
    from gateway.town.explanations import publish  # noqa: PLC0415 - see above

    with _told():
        path = TownFiles.within(folder, Settings().site).explanations
        content, digest = publish(path, ja=ja, en=en)
        replace_file(path, content, mode=0o644)
    typer.echo(digest)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what can go wrong into lines for people and exit code 1."""
    from gateway.setup.faults import WorkbookError  # noqa: PLC0415 - see above

    with told():
        try:
            yield
        except WorkbookError as error:
            _say(error.faults)
            raise
        except ValueError as error:  # of a file that somebody changed by hand, whatever it is
            tell(error)
            raise typer.Exit(1) from None


def _say(faults: "Iterable[Fault]") -> None:
    for fault in faults:
        typer.echo(fault.text(speaking.language()), err=True)


def _doubtful(reading: "Reading") -> list[str]:
    """Return what is asked back of a workbook, a line each."""
    from gateway.setup.doubts import doubts  # noqa: PLC0415 - see above

    return [one.text(speaking.language()) for one in doubts(reading.book.packings)]


def _sheet(key: str) -> str:
    """Return what a sheet is called."""
    from gateway.setup.schema import SHEETS  # noqa: PLC0415 - see above

    ja = next((sheet.ja for sheet in SHEETS if sheet.key == key), key)
    return ja if speaking.language() == "ja" else key


def _read(file: Path) -> "Reading":
    """Read a workbook, and say what in it nobody sees in Excel."""
    from gateway.setup.reading import read_workbook  # noqa: PLC0415 - see above

    reading = read_workbook(file)
    _say(reading.notes)
    return reading


def _show(plan: "Plan", reading: "Reading") -> None:
    for name in reading.passed_over:
        speaking.say(WORDS["town.not_read"], is_aside=True, name=name)
    if plan.founds:
        speaking.say(WORDS["town.founded"])
    _list("created", plan.created)
    _list("changed", plan.changed)
    _list("waiting", plan.waiting)
    _list("left", plan.left)
    speaking.say(WORDS["town.same"], count=plan.same)


def _list(title: str, lines: "Sequence[Line]") -> None:
    if not lines:
        return
    counts = Counter(line.sheet for line in lines)
    summary = ", ".join(f"{_sheet(sheet)} {count}" for sheet, count in counts.items())
    speaking.say(WORDS[f"town.{title}"], summary=summary)
    for line in lines[:LINES_SHOWN]:
        members = f"  ({', '.join(line.members)})" if line.members else ""
        typer.echo(f"  {_sheet(line.sheet)} {line.what}{members}")
    if len(lines) > LINES_SHOWN:
        speaking.say(WORDS["town.more"], count=len(lines) - LINES_SHOWN)
