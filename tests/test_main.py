"""The entry point."""

import subprocess
import sys

import pytest

from twitch_clips.__main__ import main


def test_the_module_runs_the_command_line() -> None:
    """`python -m twitch_clips` is `twitch-clips`."""
    command = [sys.executable, "-m", "twitch_clips", "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  (our own)
    assert shown == "twitch-clips, version 0.1.0\n"


def test_the_command_line_gets_the_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The console script."""
    monkeypatch.setattr(sys, "argv", ["twitch-clips", "--help"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 0
    assert "Twitch clips from the command line." in capsys.readouterr().out


@pytest.mark.parametrize("library", ["click", "rich"])
def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """No traceback."""
    for name in [name for name in sys.modules if name.split(".")[0] == library or name.startswith("twitch_clips.cli")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SystemExit, match=rf"{library} is missing; .* pip install 'twitch-clips\[cli\]'"):
        main()


def test_ctrl_c_while_it_loads_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit status is what a shell reports for it."""

    class Interrupted:
        def find_spec(self, *_about: object) -> None:
            raise KeyboardInterrupt

    for name in [name for name in sys.modules if name.startswith("twitch_clips.cli")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Interrupted()])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 130


def test_another_missing_module_is_a_bug_and_shown_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback that names it."""
    monkeypatch.delitem(sys.modules, "twitch_clips.cli", raising=False)
    monkeypatch.setitem(sys.modules, "twitch_clips.cli", None)
    with pytest.raises(ModuleNotFoundError, match=r"twitch_clips\.cli"):
        main()
