"""The zip that a workbook is: its sheets, strings and formats, and files that are none."""

import posixpath
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from gateway.setup.excel.formats import BUILT_IN, GENERAL
from gateway.setup.excel.markup import Attributes, MarkupError, is_true, parse, unescaped
from gateway.setup.faults import Fault, FaultKind, WorkbookError

MIB: Final = 1024 * 1024
FILE_BYTES_MAX: Final = 16 * MIB
UNPACKED_BYTES_MAX: Final = 512 * MIB  # sheets are read as a stream: it costs time, not memory
PART_BYTES_MAX: Final = 64 * MIB  # of strings, styles and the like, which are kept
CHUNK_BYTES: Final = MIB
TEXT_CHARACTERS_MAX: Final = 262_144  # of a cell: Excel has 32,767, each as _xHHHH_ at worst

DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, IndexError),
    *(RuntimeError, NotImplementedError, MarkupError),
)

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OPEN_DOCUMENT: Final = b"application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """A sheet, still packed."""

    title: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class Package(AbstractContextManager["Package"]):
    """A workbook, open; use as a context manager.

    Raises:
        WorkbookError: It is none, or too large.
        OSError: The file can't be read.
    """

    path: Path
    sheets: list[SheetPart] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    is_1904: bool = False
    _zip: zipfile.ZipFile = field(init=False)
    _names: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        if self.path.stat().st_size > FILE_BYTES_MAX:
            raise too_large(f"{FILE_BYTES_MAX // MIB} MiB")
        try:
            self._zip = zipfile.ZipFile(self.path)
        except DAMAGE:
            raise WorkbookError([Fault(kind=_other_file(self.path))]) from None
        try:
            self._open()
        except DAMAGE:
            self._zip.close()
            raise not_a_workbook() from None
        except WorkbookError:
            self._zip.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def stream(self, part: str) -> Generator[bytes, None, None]:
        """Yield a part, unpacked, in chunks."""
        with self._zip.open(self._names[part.lower()]) as packed:
            yield from _chunks(packed)

    def _open(self) -> None:
        entries = self._zip.infolist()
        if sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
            raise too_large(f"{UNPACKED_BYTES_MAX // MIB} MiB")
        self._names = {one.filename.replace("\\", "/").lower(): one.filename for one in entries}
        self._check_kind()
        (workbook, *_) = [
            target
            for kind, target in self._relationships("").values()
            if kind.endswith("/officeDocument")
        ]
        parts = self._relationships(workbook)
        self._read_workbook(workbook, parts)
        for kind, target in parts.values():
            if kind.endswith("/sharedStrings"):
                self._read_strings(target)
            elif kind.endswith("/styles"):
                self._read_styles(target)

    def _check_kind(self) -> None:
        """Tell other zips by name."""
        if "mimetype" in self._names:
            with self._zip.open(self._names["mimetype"]) as packed:
                if packed.read(200).startswith(_OPEN_DOCUMENT):
                    raise WorkbookError([Fault(kind=FaultKind.IS_ODS)])
        if "xl/workbook.bin" in self._names:
            raise WorkbookError([Fault(kind=FaultKind.IS_XLSB)])

    def _part(self, part: str) -> Generator[bytes, None, None]:
        """Yield a part that is kept in memory."""
        if self._zip.getinfo(self._names[part.lower()]).file_size > PART_BYTES_MAX:
            raise too_large(f"{PART_BYTES_MAX // MIB} MiB")
        return self.stream(part)

    def _relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """Return, by id, the kind and the part of what a part names; of "" the package's own."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def one(attributes: Attributes) -> None:
            target = attributes["Target"].replace("\\", "/")
            whole = target if target.startswith("/") else posixpath.join("/", folder, target)
            there = posixpath.normpath(whole).lstrip("/")
            found[attributes["Id"]] = (attributes["Type"], there)

        there = posixpath.join(folder, "_rels", f"{name}.rels")
        parse(self._part(there), starts={"Relationship": one}, ends={})
        return found

    def _read_workbook(self, part: str, parts: dict[str, tuple[str, str]]) -> None:
        def sheet(attributes: Attributes) -> None:
            (named, *_) = [value for key, value in attributes.items() if key.endswith(" id")]
            kind, target = parts[named]
            if kind.endswith("/worksheet"):  # a chart's sheet has no cells
                self.sheets.append(
                    SheetPart(
                        title=unescaped(attributes["name"]),
                        part=target,
                        is_hidden=attributes.get("state", "visible") != "visible",
                    )
                )

        def properties(attributes: Attributes) -> None:
            self.is_1904 = is_true(attributes.get("date1904"))

        parse(self._part(part), starts={"sheet": sheet, "workbookPr": properties}, ends={})
        if not self.sheets:
            raise not_a_workbook()

    def _read_strings(self, part: str) -> None:
        collected = Text()

        def end() -> None:
            self.strings.append(collected.take())

        parse(
            self._part(part),
            starts=collected.starts,
            ends={**collected.ends, "si": end},
            text=collected.add,
        )

    def _read_styles(self, part: str) -> None:
        codes = dict(BUILT_IN)
        is_of_cells = False

        def number_format(attributes: Attributes) -> None:
            codes[int(attributes["numFmtId"])] = unescaped(attributes["formatCode"])

        def begin(_attributes: Attributes) -> None:
            nonlocal is_of_cells
            is_of_cells = True

        def end() -> None:
            nonlocal is_of_cells
            is_of_cells = False

        def style(attributes: Attributes) -> None:
            if is_of_cells:
                named = int(attributes.get("numFmtId", "0"))
                self.formats.append(codes.get(named, GENERAL))

        starts = {"numFmt": number_format, "cellXfs": begin, "xf": style}
        parse(self._part(part), starts=starts, ends={"cellXfs": end})


class Text:
    """The text of a cell or shared string: all its runs, without how it is spoken (`rPh`)."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._count = 0
        self._is_text = False
        self._is_spoken = False
        self.starts = {"t": self._begin, "rPh": self._begin_spoken}
        self.ends = {"t": self._end, "rPh": self._end_spoken}

    def add(self, text: str) -> None:
        """Take what stands between the elements."""
        if self._is_text and not self._is_spoken:
            self._count += len(text)
            if self._count > TEXT_CHARACTERS_MAX:
                raise too_large(f"{TEXT_CHARACTERS_MAX:,}")
            self._said.append(text)

    def take(self) -> str:
        """Return the text, and begin the next."""
        text = unescaped("".join(self._said))
        self._said.clear()
        self._count = 0
        return text

    def _begin(self, _attributes: Attributes) -> None:
        self._is_text = True

    def _end(self) -> None:
        self._is_text = False

    def _begin_spoken(self, _attributes: Attributes) -> None:
        self._is_spoken = True

    def _end_spoken(self) -> None:
        self._is_spoken = False


def not_a_workbook() -> WorkbookError:
    """Return the fault of a file that is damaged, or something else."""
    return WorkbookError([Fault(kind=FaultKind.NOT_A_WORKBOOK)])


def too_large(limit: str) -> WorkbookError:
    """Return the fault of a workbook that is more than we read."""
    return WorkbookError([Fault(kind=FaultKind.WORKBOOK_TOO_LARGE, values={"limit": limit})])


def _chunks(packed: IO[bytes]) -> Iterator[bytes]:
    while chunk := packed.read(CHUNK_BYTES):
        yield chunk


def _other_file(path: Path) -> FaultKind:
    """Return which of the files that people take for a workbook this is."""
    content = path.read_bytes()
    if content.startswith(_OLE):
        return FaultKind.HAS_PASSWORD if _ENCRYPTED in content else FaultKind.IS_XLS
    if content.lstrip()[:5].lower() in {b"<?xml", b"<html"} and b"Excel" in content[:4096]:
        return FaultKind.IS_XLS  # what web systems and Excel 2003 save under that name
    return FaultKind.IS_TEXT if _is_text(content) else FaultKind.NOT_A_WORKBOOK


def _is_text(content: bytes) -> bool:
    if not content.strip() or content.startswith((b"PK", b"%PDF")):
        return False
    encodings = ("utf-16",) if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8", "cp932")
    for encoding in encodings:
        try:
            return "\0" not in content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return False
