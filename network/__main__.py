"""Where `minori` starts; `python -m network` is the same."""

from gateway.running import collector


def main() -> None:
    """Run the command line, once it is imported."""
    with collector.paused():
        from network import cli  # noqa: PLC0415 - the import is what takes long
    cli.main()


if __name__ == "__main__":
    main()
