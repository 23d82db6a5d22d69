"""README is true: its map, its commands and its table of settings."""

import re
from pathlib import Path

from pydantic import BaseModel
from typer.main import get_command

from gateway.settings import Settings
from network.cli import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def settings_table() -> str:
    """Every setting as README shows it: regenerate with `python -m tests.project.test_readme`."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]

    def add(model: type[BaseModel], prefix: str) -> None:
        for name, field in model.model_fields.items():
            default = field.get_default(call_default_factory=True)
            if isinstance(default, BaseModel):
                add(type(default), f"{prefix}{name.upper()}__")
            else:
                shown = "" if default in (None, "") else f"`{getattr(default, 'value', default)}`"
                lines.append(f"| `{prefix}{name.upper()}` | {shown} | {field.description} |")

    add(Settings, "MINORI_")
    return "\n".join(lines)


def test_every_setting_is_in_the_readme_as_it_is():
    assert settings_table() in README


def test_the_map_names_what_is_there():
    package = ROOT
    for line in README.split("## Map")[1].split("```")[1].strip().splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            package = path = ROOT / name
        else:
            path = package / name
        assert path.exists() or path.with_suffix(".py").is_file(), path


def test_make_has_every_target_that_the_readme_names():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE)) <= targets
    assert "make test" in (ROOT / ".ci/run").read_text()


def test_minori_has_every_command_that_the_readme_names():
    named = set(re.findall(r"minori ([a-z]+)", README))
    assert named
    assert named <= set(get_command(app).commands)


def test_units_of_systemd_call_commands_that_there_are():
    units = (ROOT / "gateway/docs/systemd.md").read_text()
    called = re.findall(r"^Exec\w+=\S+/minori (\w+)(?: (\w+))?", units, re.MULTILINE)
    assert called
    commands = get_command(app).commands
    for name, below in called:
        assert name in commands
        assert not below or below in commands[name].commands
    for name, value in re.findall(r"^Environment=MINORI_(\w+)=(\S+)", units, re.MULTILINE):
        group, _, member = name.lower().partition("__")
        assert member in Settings.model_fields[group].annotation.model_fields, value


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


if __name__ == "__main__":
    start = README.index("| variable | default |")
    end = README.index("\n\n", start)
    (ROOT / "README.md").write_text(README[:start] + settings_table() + README[end:])
