"""`twitch-clips` and `python -m twitch_clips`: the command line, or how to install it."""

import sys

_INTERRUPTED = 130  # as a shell reports SIGINT


def main() -> None:
    """Run the command line; its libraries are an extra."""
    try:
        from .cli import main as run  # noqa: PLC0415  (an optional dependency)
    except ModuleNotFoundError as error:
        library = str(error.name).partition(".")[0]
        if library not in {"click", "rich"}:
            raise
        sys.exit(f"twitch-clips: {library} is missing; the command line is an extra: pip install 'twitch-clips[cli]'")
    except KeyboardInterrupt:  # from here on the command line hears it itself
        sys.exit(_INTERRUPTED)
    run(prog_name="twitch-clips")


if __name__ == "__main__":
    main()
