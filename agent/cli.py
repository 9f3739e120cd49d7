"""``kaiku-agent``: the command line of the kiosk."""

import asyncio
import io
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from agent.config import KioskConfig
from agent.told import ToldError

# Libraries are imported by the command that needs them: `decode` needs no broker, `run` no Pillow.
# ruff: noqa: PLC0415

T = TypeVar("T")


class _Commands(click.Group):
    """Says what to install where a part of the kiosk is not on this machine."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"{error.name} is missing. Install the kiosk's parts: pip install 'kaiku-kiosk[kiosk]'"
            ) from None


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="kaiku-kiosk", message="%(version)s")
def main() -> None:
    """The kiosk at the entrance: reads cards, answers by light, reports to the fleet."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


_config = click.option("--config", type=click.Path(path_type=Path), help="The kiosk.toml of this kiosk.")
_simulate = click.option(
    "--simulate", is_flag=True, help="No camera and no wires: pictures instead, lights said in words."
)
_pictures = click.argument("pictures", nargs=-1, type=click.Path(path_type=Path))
_insecure = click.option(
    "--insecure-demo", is_flag=True, help="Take a broker without mutual TLS, on loopback only."
)
_data = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("kiosk-data"),
    show_default=True,
    help="Where a simulated kiosk without a config keeps its files.",
)


@main.command()
@_config
@_simulate
@_pictures
@_data
@_insecure
def run(
    config: Path | None, simulate: bool, pictures: tuple[Path, ...], data: Path, insecure_demo: bool
) -> None:
    """Be a kiosk until Ctrl-C.

    PICTURES, files or folders, are held before the simulated camera one after another; without any,
    made-up cards are.
    """
    from agent.main import run as run_agent
    from agent.parts import Options

    settings, shown = _settings(config, simulate, pictures, data)
    options = Options(insecure_demo=insecure_demo, pictures=shown, say=_say)
    _guarded(lambda: asyncio.run(run_agent(settings, options)))


@main.command()
@_config
@_simulate
@_pictures
@_data
@_insecure
def selftest(
    config: Path | None, simulate: bool, pictures: tuple[Path, ...], data: Path, insecure_demo: bool
) -> None:
    """Try each part of the kiosk once. Exit code 1 where one does not work."""
    from agent.commands.selftest import selftest as test_all
    from agent.parts import Options

    settings, shown = _settings(config, simulate, pictures, data)
    options = Options(insecure_demo=insecure_demo, pictures=shown, say=_say)
    broken = _guarded(lambda: asyncio.run(test_all(settings, options)))
    if broken:
        raise click.ClickException(f"{broken} of the parts above do not work.")


@main.command()
@_config
@_simulate
@_pictures
@_data
@click.option("--seconds", type=click.FloatRange(min=0.1), help="How long; without it until Ctrl-C.")
def watch(
    config: Path | None, simulate: bool, pictures: tuple[Path, ...], data: Path, seconds: float | None
) -> None:
    """Say what the camera sees, for who mounts it: sharp or not, light, what is read, how fast.

    Of a code only its kind is said, never what is in it. A kiosk that runs has the camera: stop it first
    (sudo systemctl stop kaiku-agent), and run this as its user (sudo -u kaiku kaiku-agent watch ...).
    """
    from agent.commands.watch import watch as watch_camera
    from agent.parts import Options

    settings, shown = _settings(config, simulate, pictures, data)
    options = Options(insecure_demo=False, pictures=shown, say=_say)
    _guarded(lambda: asyncio.run(watch_camera(settings, options, seconds, sys.stdout)))


@main.command()
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path))
def decode(images: tuple[Path, ...]) -> None:
    """Say what is read in each of IMAGES, files or folders: one JSON line each."""
    from agent.adapters.engines import ENGINES, for_stills, open_engines
    from agent.commands.decode import decode_pictures

    def decode_all() -> int:
        engines = open_engines(ENGINES)
        for note in engines.notes:
            click.echo(note, err=True)
        return decode_pictures(images, for_stills(engines), sys.stdout, sys.stderr)

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # JSON is UTF-8 everywhere
    try:
        sys.exit(_guarded(decode_all))
    except OSError as error:
        raise click.ClickException(f"The output cannot be written: {error.strerror}.") from None


@main.command()
@click.option("--config", type=click.Path(path_type=Path), required=True, help="The kiosk's file.")
def prompts(config: Path) -> None:
    """Render the spoken prompts with espeak-ng, as the user that the kiosk runs as.

    A prompt that somebody recorded (recordings/LANGUAGE/ID.wav beside the file) is the one that is heard.
    """
    from agent.commands.prompts import make_prompts
    from agent.config import load

    _guarded(lambda: make_prompts(load(config), _say))


@main.command("staff-pin")
def staff_pin() -> None:
    """Ask for the staff's PIN twice, and say what to put into kiosk.toml for it. Nothing is stored."""
    from agent.pin import hash_pin

    pin = click.prompt("PIN (4 to 12 digits)", hide_input=True, confirmation_prompt="The same again")
    click.echo(f'[staff]\npin = "{_guarded(lambda: hash_pin(pin))}"')


@main.group()
def cards() -> None:
    """Cards to try a kiosk with."""


@cards.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new or empty folder.")
@click.option("--count", type=click.IntRange(1, 10_000), default=12, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same cards.")
def sample(out: Path, count: int, seed: int) -> None:
    """Make card pictures with QR and Code 39, to print or show on a phone, and their list."""
    from agent.adapters.system_clock import SystemClock
    from agent.commands.sample_cards import make_sample_cards

    today = SystemClock(trusted=True).now().wall_utc.date()
    files = _guarded(lambda: make_sample_cards(out, count, seed, today))
    click.echo(
        f"{len(files)} files in {out}. The list goes in with: kaiku-server cards import {out}/cards.csv"
    )


@cards.command("test")
@click.option("--config", type=click.Path(path_type=Path), required=True, help="The kiosk's file.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The picture to make, a PNG.")
def test_card(config: Path, out: Path) -> None:
    """Make the picture of the fleet's test card, to print: the staff hold it up to see that a kiosk works."""
    from agent.commands.test_card import make_test_card
    from agent.config import load

    _guarded(lambda: make_test_card(load(config), out))
    click.echo(f"{out}: print it at 300 dpi. All kiosks of the fleet know it, and count nobody for it.")


def _settings(
    config: Path | None, simulate: bool, pictures: tuple[Path, ...], data: Path
) -> tuple[KioskConfig, tuple[Path, ...]]:
    from agent.adapters.system_clock import SystemClock
    from agent.config import load

    if not simulate:
        if config is None:
            raise click.UsageError("Name the kiosk's file with --config FILE, or try it out with --simulate.")
        if pictures:
            raise click.UsageError("Pictures are for --simulate only.")
        return _guarded(lambda: load(config)), ()
    from agent.simulate import sample_pictures, simulated, stand_alone

    if config is not None:
        return simulated(_guarded(lambda: load(config))), pictures
    if missing := [picture for picture in pictures if not picture.exists()]:
        raise click.ClickException(f"{missing[0]} does not exist. Check the name.")
    today = SystemClock(trusted=True).now().wall_utc.date()
    settings = _guarded(lambda: stand_alone(data))
    return settings, pictures or _guarded(lambda: sample_pictures(data, today))


def _guarded(work: Callable[[], T]) -> T:
    """What the world or the person did wrong ends as one sentence; our own faults keep their trace."""
    try:
        return work()
    except ToldError as error:
        raise click.ClickException(str(error)) from None


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
