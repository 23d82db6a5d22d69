"""`python -m network` is `minori`."""

from network.cli import main

if __name__ == "__main__":
    main()
