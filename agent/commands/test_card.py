"""``kaiku-agent cards test``: the picture of the fleet's test card."""

from pathlib import Path

from agent.adapters.simulated.card_picture import card_picture
from agent.config import KioskConfig
from agent.parts import read_test_card
from agent.told import ToldError


class NoTestCardError(ToldError):
    """There is nothing to make a picture of, or nowhere to put it. The text says what to do."""


def make_test_card(config: KioskConfig, out: Path) -> None:
    """Raises :class:`NoTestCardError` and :class:`agent.config.ConfigError`."""
    text = read_test_card(config)
    if not text:
        raise NoTestCardError("This kiosk knows no test card (cards.test_card). Provision it anew.")
    try:
        with out.open("xb") as file:
            card_picture(text).save(file, "PNG", dpi=(305, 305))
    except FileExistsError:
        raise NoTestCardError(f"{out} is there already. Name another file.") from None
    except OSError as error:
        raise NoTestCardError(f"{out} cannot be written ({error.strerror}). Name another file.") from error
