"""A town that is not the demo, and people at terminals: every word typed is in `--help` or README.

An office's folder, empty at first, with a real `minori serve`; beside it a folder for each person's
own device. Nothing is imported from the product: what happens is what a person would see.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx2
from openpyxl import load_workbook

ROOT = Path(__file__).parents[2]
MINORI = Path(sys.prefix) / "bin" / "minori"
TIMEOUT_S = 120

# By the Japanese name of each sheet, in the order of the template's columns.
ROWS = {
    "町": [["桜谷町", "本番", "+9:00", "{url}", "農林振興課", "Farming section", "0987-00-4321"]],
    "団体": [
        ["yakuba", "YakubaMSP", "役場", "桜谷町役場", "登録係、農地係、検査員、回収担当"],
        ["nokyo", "NokyoMSP", "農協", "桜谷農協", "登録係、生産者、回収担当"],
        ["shoko", "ShokoMSP", "商店会", "桜谷商工会", "登録係、販売者、回収担当"],
    ],
    "大字": [["45401-HIGASHI", "東", "Higashi"]],
    "事業者": [
        ["O1", "yakuba", "事務所", "町役場"],
        ["O2", "nokyo", "事務所", "農協本所"],
        ["O3", "shoko", "事務所", "商工会"],
        ["F001", "nokyo", "農園", "農家A", "Farm A", "はい", "0987-00-5678"],
        ["F002", "nokyo", "農園", "農家B", "Farm B", "はい", "0987-00-5679"],
        ["S001", "shoko", "店", "直売所A", "Shop A", "はい", "0987-00-7777"],
    ],
    "人": [
        ["R1", "O1", "登録係1", None, "登録係", "令和8年4月1日", None, "作成"],
        ["R2", "O2", "登録係2", None, "登録係", "令和8年4月1日", None, "作成"],
        ["R3", "O3", "登録係3", None, "登録係", "令和8年4月1日", None, "作成"],
        ["L1", "O1", "農地係1", None, "農地係", "令和8年4月1日", None, "作成"],
        ["Q1", "O1", "回収担当1", None, "回収担当", "令和8年4月1日", None, "招待"],
        ["Q2", "O2", "回収担当2", None, "回収担当", "令和8年4月1日", None, "招待"],
        ["P001", "F001", "農家Aの人", None, "生産者", "令和8年4月1日", None, "招待"],
        ["P002", "S001", "直売所Aの人", None, "販売者", "令和8年4月1日", None, "招待"],
    ],
    "畑": [
        ["A-01", "F001", "45401-HIGASHI", "山の下", "1反5畝"],
        ["A-02", "F001", "45401-HIGASHI", "川の前", "10a"],
        ["B-01", "F002", "45401-HIGASHI", "西田"],
    ],
    "品目": [
        ["carrot", "にんじん", "Carrot", "にんじん", "根菜"],
        ["daikon", "大根", "Daikon radish", "だいこん", "根菜"],
    ],
    "荷姿": [["carrot", "袋", "500", "令和8年4月1日"]],
}
# Each device's key by the code of its person, and the registrar who enrols it.
DEVICES = {
    "farm": ("P001", "R2"),
    "shop": ("P002", "R3"),
    "recall-1": ("Q1", "R1"),
    "recall-2": ("Q2", "R2"),
}


@dataclass(slots=True, kw_only=True)
class Terminals:
    """The office's computer and everybody's devices, in one language."""

    folder: Path
    port: int
    language: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        home = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "COLUMNS": "200"}
        return {**home, "MINORI_LANG": self.language, **more}

    @property
    def office(self) -> dict[str, str]:
        """What the office has set on its computer."""
        return {"MINORI_LISTEN__PORT": str(self.port)}

    def minori(self, *words: str, code: int = 0) -> str:
        """Run a command at the office, and return what it says."""
        return self._run(*words, code=code, answers="", settings=self.office)

    def _run(self, *words: str, code: int, answers: str, settings: dict[str, str]) -> str:
        check_written_down(words)
        ran = subprocess.run(
            [MINORI, *words],
            cwd=self.folder,
            env=self.environment(**settings),
            input=answers,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        said = ran.stdout + ran.stderr
        assert ran.returncode == code, f"minori {' '.join(words)}: {ran.returncode}\n{said}"
        assert "Traceback" not in said
        return said

    def device(self, name: str, *words: str, code: int = 0, answers: str = "") -> str:
        """Run a command on a person's own device; `answers` are typed on being asked.

        It has one key, so none has to be named.
        """
        home = {"MINORI_HOME": str(self.folder / "devices" / name)}
        return self._run(*words, code=code, answers=answers, settings=home)

    def page(self, path: str, **parameters: str) -> str:
        """Return a page's text as a reader of this language sees it, without any key."""
        with httpx2.Client(base_url=self.url, follow_redirects=True) as browser:
            response = browser.get(path, params={**parameters, "lang": self.language})
        assert response.status_code == 200, response.text
        return readable(response.text)

    def own_page(self, name: str, path: str, **parameters: str) -> str:
        """Return a page that a device's key opens, by the link that `minori pages` prints."""
        link = self.device(name, "pages", "--print").strip()
        with httpx2.Client(base_url=self.url, headers={"Origin": self.url}) as browser:
            entered = browser.post(link)
            assert entered.status_code == 303, entered.text
            cookie = entered.headers["set-cookie"].partition(";")[0]
            asked = {**parameters, "lang": self.language}
            response = browser.get(path, params=asked, headers={"Cookie": cookie})
        assert response.status_code == 200, response.text
        return readable(response.text)


def check_written_down(words: tuple[str, ...]) -> None:
    """Refuse an option that the command's help does not have."""
    command = tuple(word for word in words[:2] if re.fullmatch(r"[a-z-]+", word))
    for option in words:
        if option.startswith("--"):
            assert option in help_of(command), f"{option} of {command} is written nowhere"


@cache
def help_of(command: tuple[str, ...]) -> str:
    """Return the help of a command, or of its group where the last word is no command."""
    ran = subprocess.run(
        [MINORI, *command, "--help"],
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return ran.stdout if ran.returncode == 0 else help_of(command[:-1])


def readable(html: str) -> str:
    """Return a page's words, one run of blanks between them."""
    without_style = re.sub(r"<(style|script).*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without_style))


def fill_in(path: Path, *, url: str) -> None:
    """Type the town into the template's sheets, below the examples."""
    workbook = load_workbook(path)
    for name, rows in ROWS.items():
        (sheet,) = (one for one in workbook if one.title.split()[0] == name)
        for row in rows:
            sheet.append([cell if cell != "{url}" else url for cell in row])
    workbook.save(path)


def retype(path: Path, sheet_name: str, old: object, new: object) -> None:
    """Type over a cell of the workbook."""
    workbook = load_workbook(path)
    (sheet,) = (one for one in workbook if one.title.split()[0] == sheet_name)
    (cell,) = (cell for row in sheet.iter_rows(min_row=3) for cell in row if cell.value == old)
    cell.value = new
    workbook.save(path)


@contextmanager
def serving(town: Terminals) -> Iterator[None]:
    """Run `minori serve` in the office's folder."""
    with (town.folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [MINORI, "serve"],
            cwd=town.folder,
            env=town.environment(**town.office),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            until = time.monotonic() + TIMEOUT_S
            while not _is_ready(town.url):
                assert time.monotonic() < until, "the gateway does not become ready"
                assert process.poll() is None, "the gateway has ended"
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(TIMEOUT_S)


def _is_ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health").json().get("ready", False)
    except (httpx2.HTTPError, ValueError):
        return False
