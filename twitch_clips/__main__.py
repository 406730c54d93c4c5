"""`twitch-clips` and `python -m twitch_clips`: the command line, or how to install it."""

import sys


def main() -> None:
    """Run the command line; its libraries are an extra."""
    try:
        from .cli import main as run  # noqa: PLC0415  (an optional dependency)
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.exit(
            f"twitch-clips: {error.name} is missing; the command line is an extra: pip install 'twitch-clips[cli]'"
        )
    run()


if __name__ == "__main__":
    main()
