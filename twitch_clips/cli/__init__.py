"""The command line (extra `cli`)."""

import click

from .backfill import backfill
from .exits import Commands
from .get import get
from .probe import probe
from .sandbox import sandbox
from .sync import sync
from .top import top
from .watch import watch


@click.group(
    "twitch-clips",
    cls=Commands,
    invoke_without_command=True,
    subcommand_metavar="COMMAND ...",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: twitch-clips top --sandbox",
)
@click.version_option(package_name="twitch-clips")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Twitch clips from the command line.

    Credentials come from TWITCH_CLIENT_ID with TWITCH_CLIENT_SECRET or TWITCH_ACCESS_TOKEN. With --sandbox none are
    needed: an embedded Helix with invented clips answers.

    A terminal gets what a person reads, a pipe gets JSON Lines. The exit status is 0 when all went well, 1 for a
    failure, 2 for a wrong argument, 3 when a backfill or a sync has gaps, 130 after Ctrl-C.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for _command in (top, get, backfill, sync, watch, probe, sandbox):
    main.add_command(_command)
