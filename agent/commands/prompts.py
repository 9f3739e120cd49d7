"""``kaiku-agent prompts``: the screen's own texts as speech, by espeak-ng where nobody recorded them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, get_args

from agent.adapters.prompt_files import SUFFIX, PromptFiles, prompt_files
from agent.config import KioskConfig
from agent.parts import prompts_folder
from agent.ports.screen import View
from agent.sound import NoSoundError, at_full_level, read_wav, write_wav
from agent.told import ToldError
from agent.wire.lettering import SOFT_HYPHEN
from agent.wire.screen import About, Language, Question, ScreenState
from kiosk_ui.messages import more_time_text, screen_message

ESPEAK: Final = "espeak-ng"
VOICES: Final[Mapping[str, str]] = {"fi": "fi", "sv": "sv", "en": "en-gb"}
"""It speaks no Northern Sámi: a language that is not here stays tone and text."""
WORDS_A_MINUTE: Final = "145"
"""A little slower than it speaks by itself: who hears badly, or is old, has more of it."""
RENDER_S: Final = 30.0


MORE_TIME: Final = "more_time"


class PromptsError(ToldError):
    """The prompts cannot be made. The text says what to do."""


def prompts_of() -> dict[str, View]:
    """Every prompt's id, and the view whose words it says; :data:`MORE_TIME` says those of a key on it."""
    return {
        MORE_TIME: View("accepted", _any_question("children")),
        **{state: View(state) for state in get_args(ScreenState)},
        **{about: View("accepted", _any_question(about)) for about in get_args(About)},
        "to_staff": View("accepted", to_staff=True),
        "thanks_to_staff": View("thanks", to_staff=True),
    }


def _any_question(about: About) -> Question:
    return Question(epoch="0" * 32, seq=0, about=about, most=1)


def spoken_text(prompt: str, language: Language, config: KioskConfig) -> str:
    """What the screen says, as one would read it out. What is heard can also be seen."""
    if prompt == MORE_TIME:
        return f"{more_time_text(language)}?"
    texts = screen_message(prompts_of()[prompt], config.screen).texts[language]
    seen = (texts.headline, texts.text)
    parts = (" ".join(part.replace(SOFT_HYPHEN, "").split()) for part in seen)
    return " ".join(part if part[-1] in ".?!" else f"{part}." for part in parts if part)


def make_prompts(config: KioskConfig, say: Callable[[str], None], voices: Mapping[str, str] = VOICES) -> None:
    """Render what nobody recorded, in the venue's languages, and again what has another text by now.

    Raises :class:`PromptsError`.
    """
    recorded = prompt_files((config.sound.recordings,))
    _check(recorded)
    for language in config.screen.languages:
        wanted = [prompt for prompt in prompts_of() if (language, prompt) not in recorded]
        by_people = len(prompts_of()) - len(wanted)
        if language not in voices:
            say(f"{language}: {by_people} recorded; espeak-ng does not speak it, the others stay text")
            continue
        folder = prompts_folder(config) / language
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for prompt in wanted:
                _render(folder, prompt, spoken_text(prompt, language, config), voices[language])
        except OSError as error:
            raise PromptsError(
                f"{folder} cannot be written to ({error.strerror}). Is this the kiosk's user?"
            ) from None
        say(f"{language}: {by_people} recorded, {len(wanted)} by espeak-ng in {folder}")


def _check(recorded: PromptFiles) -> None:
    known = set(prompts_of())
    for (_, prompt), path in recorded.items():
        if prompt not in known:
            raise PromptsError(f"{path} is no prompt. There are: {', '.join(sorted(known))}.")
        try:
            read_wav(path.read_bytes())
        except NoSoundError as error:
            raise PromptsError(f"{path} {error}. Save it as WAV, PCM, 16 bit.") from None
        except OSError as error:
            raise PromptsError(f"{path} cannot be read ({error.strerror}).") from None


def _render(folder: Path, prompt: str, text: str, voice: str) -> None:
    """The text lies beside its sound, and comes after it: a rendering that was cut short is done again."""
    said, heard = folder / f"{prompt}.txt", folder / f"{prompt}{SUFFIX}"
    if heard.exists() and said.exists() and said.read_text(encoding="utf-8") == text:
        return
    said.unlink(missing_ok=True)
    draft = folder / f"{prompt}.new"
    _speak_into(draft, text, voice)
    try:
        sound = at_full_level(read_wav(draft.read_bytes() if draft.exists() else b""))
    except NoSoundError as error:
        raise PromptsError(f"What {ESPEAK} gave {error}. Install it anew.") from None
    with draft.open("wb") as file:
        file.write(write_wav(sound))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(heard)
    said.write_text(text, encoding="utf-8")


def _speak_into(file: Path, text: str, voice: str) -> None:
    program = shutil.which(ESPEAK)
    if program is None:
        raise PromptsError(
            "espeak-ng is not on this machine, and not all prompts are recorded: sudo apt-get install"
            " espeak-ng. Without it the kiosk works, with tones and text."
        )
    command = (program, "-v", voice, "-s", WORDS_A_MINUTE, "--stdin", "-w", str(file))
    try:
        subprocess.run(  # noqa: S603  (a fixed command; the text goes in by its standard input)
            command, input=text.encode(), capture_output=True, timeout=RENDER_S, check=True
        )
    except subprocess.CalledProcessError as error:
        words = error.stderr.decode(errors="replace").strip()
        raise PromptsError(f"espeak-ng does not speak {voice} ({words}). Install it anew.") from None
    except subprocess.TimeoutExpired:
        raise PromptsError(f"espeak-ng took more than {RENDER_S:g} s for a sentence. Try again.") from None
