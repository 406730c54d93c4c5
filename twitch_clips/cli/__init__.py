"""The command line (extra `cli`)."""

import click

from .top import top


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twitch-clips")
def main() -> None:
    """Twitch clips from the command line.

    Credentials come from TWITCH_CLIENT_ID with TWITCH_CLIENT_SECRET or TWITCH_ACCESS_TOKEN. With --sandbox none are
    needed: an embedded Helix with invented clips answers.
    """


main.add_command(top)
