"""Options that many commands share."""

from typing import Annotated

import typer

KeyName = Annotated[
    str, typer.Option("--key", "-k", help="A key of `minori keys list`, or a path to its file.")
]
Gateway = Annotated[
    str,
    typer.Option("--gateway", envvar="MINORI_GATEWAY", help="A gateway to use, not the key's own."),
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="What would be asked back is meant as it is.")
]
Later = Annotated[bool, typer.Option("--later", help="Sign and keep; the next submit sends it.")]
Again = Annotated[
    bool,
    typer.Option("--again", help="Sign another although the same is waiting to be sent."),
]
