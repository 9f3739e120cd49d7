"""The page's frame, filled in once a start: languages, sizes in millimetres, first words, token."""

from html import escape
from pathlib import Path
from string import Template
from typing import Final

import msgspec

from agent.config import ScreenConfig
from agent.wire.screen import Language
from kiosk_ui.messages import LEAST_MM, page_setup, too_small
from kiosk_ui.reader_drawing import drawing, start
from kiosk_ui.texts import NAMES

FRAME: Final = Path(__file__).parent / "page.html"
ROOMY_LONG_MM: Final = 195
ROOMY_SHORT_MM: Final = 105
"""From here on a screen is roomy (10 inches and up): larger type and keys for the same distance."""
LETTER_MM: Final = 5.6
"""On average, in the bar."""
AROUND_NAME_MM: Final = 6.0
SIGNS_MM: Final = 62.0
"""Size and contrast, and what lies between them and the names."""


def page(config: ScreenConfig, token: str) -> str:
    return Template(FRAME.read_text(encoding="utf-8")).substitute(
        language=config.languages[0],
        token=escape(token),
        setup=escape(msgspec.json.encode(page_setup(config)).decode()),
        roomy=roomy(config.mm_per_px),
        motion="not all" if config.motion == "off" else "(prefers-reduced-motion: no-preference)",
        named=_named(config),
        languages="".join(_language_button(language) for language in config.languages),
        **drawing(config.reader_side),
    )


def size_stylesheet(config: ScreenConfig) -> str:
    """Every size on the screen is in millimetres; this is how many pixels one of them is.

    On a screen that is too small what says so is drawn as if it were large enough.
    """
    level, upright = (f"--mm:min(100vw/{across},100vh/{down})" for across, down in (LEAST_MM[::-1], LEAST_MM))
    small = too_small(config)
    return (
        f":root{{--mm:{1 / config.mm_per_px:.4f}px;--start:{start(config.reader_side)}}}"
        f"@media {small}{{:root{{{level}}}}}"
        f"@media {small}{{@media (orientation:portrait){{:root{{{upright}}}}}}}"
    )


def roomy(mm_per_px: float) -> str:
    long, short = round(ROOMY_LONG_MM / mm_per_px), round(ROOMY_SHORT_MM / mm_per_px)
    return f"(min-width:{long}px) and (min-height:{short}px), (min-width:{short}px) and (min-height:{long}px)"


def _named(config: ScreenConfig) -> str:
    """Where the languages' names fit into the bar: beside the signs, or in a row of their own if upright."""
    names = sum(LETTER_MM * len(NAMES[language].long) + AROUND_NAME_MM for language in config.languages)
    upright, beside = (round(width / config.mm_per_px) for width in (names, names + SIGNS_MM))
    return (
        f"(orientation:landscape) and (min-width:{beside}px),"
        f" (orientation:portrait) and (min-width:{upright}px)"
    )


def _language_button(language: Language) -> str:
    name = NAMES[language]
    # What is read is part of what is heard (WCAG 2.5.3).
    short = f'<span class="short">{name.short}</span> ' if name.short != name.long else ""
    long = f'<span class="long">{name.long}</span>' if short else name.long
    full = f' <span class="heard">{name.full}</span>' if name.full != name.long else ""
    return (
        f'<button type="button" lang="{language}" data-press="language" data-value="{language}">'
        f"{short}{long}{full}</button>"
    )
