"""The page's frame, filled in once a start: languages, sizes in millimetres, first words, token."""

from html import escape
from pathlib import Path
from string import Template
from typing import Final

import msgspec

from agent.config import ScreenConfig
from agent.wire.screen import Language
from kiosk_ui.messages import page_setup
from kiosk_ui.texts import NAMES

FRAME: Final = Path(__file__).parent / "page.html"
ROOMY_LONG_MM: Final = 195
ROOMY_SHORT_MM: Final = 105
"""From here on a screen is roomy (10 inches and up): larger type and keys for the same distance."""


def page(config: ScreenConfig, token: str) -> str:
    return Template(FRAME.read_text(encoding="utf-8")).substitute(
        language=config.languages[0],
        token=escape(token),
        setup=escape(msgspec.json.encode(page_setup(config)).decode()),
        roomy=_roomy(config.mm_per_px),
        languages="".join(_language_button(language) for language in config.languages),
    )


def size_stylesheet(config: ScreenConfig) -> str:
    """Every size on the screen is in millimetres; this is how many pixels one of them is."""
    return f":root{{--mm:{1 / config.mm_per_px:.4f}px}}"


def _roomy(mm_per_px: float) -> str:
    long, short = round(ROOMY_LONG_MM / mm_per_px), round(ROOMY_SHORT_MM / mm_per_px)
    return f"(min-width:{long}px) and (min-height:{short}px), (min-width:{short}px) and (min-height:{long}px)"


def _language_button(language: Language) -> str:
    name, short = NAMES[language]
    return (
        f'<button type="button" lang="{language}" data-press="language" data-value="{language}">'
        f'<span class="short">{short}</span> <span class="long">{name}</span></button>'
    )
