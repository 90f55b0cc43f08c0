"""Entry point of the `licheck` command and of `python -m licheck`."""


def main() -> None:
    """Run the command line; the import waits until it is called."""
    from licheck.cli.main import run

    run()


if __name__ == "__main__":
    main()
