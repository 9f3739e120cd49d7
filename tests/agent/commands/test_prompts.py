"""``kaiku-agent prompts``: the screen's words as speech, a person's voice before the machine's."""

import shutil
import wave
from array import array
from pathlib import Path
from typing import Final, get_args

import pytest
from msgspec.structs import replace

from agent.commands.prompts import MORE_TIME, VOICES, PromptsError, make_prompts, prompts_of, spoken_text
from agent.config import CardsConfig, KioskConfig, PlaceConfig, ScreenConfig, SoundConfig
from agent.core.actions import Ask, Ref, Show
from agent.parts import make_speaker, prompts_there
from agent.sound import PEAK, Sound, read_wav, write_wav
from agent.speaker import SPOKEN, prompt_of
from agent.wire.screen import About, Language, ScreenState
from kiosk_ui.messages import screen_message
from tests.players import program

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
VOICE: Final = Sound(array("h", [100, -200, 300]))
SPEAKER: Final = (
    'echo "$@" >> "$0.said"; cat >> "$0.said"; echo >> "$0.said"; for last; do :; done; cp "$0.wav" "$last"'
)
"""A program in the place of espeak-ng: it notes what it is to say, and gives a sound for it."""


@pytest.fixture
def config(tmp_path: Path) -> KioskConfig:
    return KioskConfig(
        kiosk="k-abcdefghij",
        venue="v-102",
        data=tmp_path / "data",
        cards=CardsConfig(list_key=tmp_path / "x", sealing_key=tmp_path / "y"),
        sound=SoundConfig(recordings=tmp_path / "recordings"),
    )


class Espeak:
    """A stub of espeak-ng, first on the PATH."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = SPEAKER) -> None:
        folder.mkdir()
        self._path = Path(program(folder / "espeak-ng", text))
        Path(f"{self._path}.wav").write_bytes(write_wav(VOICE))
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def said(self) -> str:
        said = Path(f"{self._path}.said")
        text = said.read_text(encoding="utf-8") if said.exists() else ""
        said.unlink(missing_ok=True)
        return text


@pytest.fixture
def espeak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Espeak:
    return Espeak(tmp_path / "bin", monkeypatch)


def record(config: KioskConfig, name: str, data: bytes) -> Path:
    path = config.sound.recordings / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def silent(_: str) -> None:
    pass


@needs_espeak
def test_what_is_heard_can_also_be_seen_one_id_with_text_and_file(config: KioskConfig) -> None:
    make_prompts(config, silent)
    found = prompts_there(config)
    for language in config.screen.languages:
        for prompt, view in prompts_of().items():
            if prompt == MORE_TIME:
                continue  # its words are on a key
            path = found[language, prompt]
            text = path.with_suffix(".txt").read_text(encoding="utf-8")
            shown = screen_message(view, config.screen).texts[language]
            for words in (shown.headline, shown.text):
                assert " ".join(words.split()) in text
            sound = read_wav(path.read_bytes())
            assert 0.5 < sound.seconds < 6, (language, prompt)
            assert max(map(abs, sound.samples)) == round(PEAK)
    welcomes = {found[language, "accepted"].read_bytes() for language in config.screen.languages}
    assert len(welcomes) == len(config.screen.languages)


def test_every_view_has_its_prompt_and_no_prompt_is_more_than_a_view() -> None:
    asks = [None, *(Ask(Ref("0" * 32, 1), about, 3) for about in get_args(About))]
    ids = {
        prompt_of(Show(state, ask, hurry_s=hurry_s, to_staff=to_staff))
        for state in get_args(ScreenState)
        for ask in asks
        for hurry_s in (None, 20.0)
        for to_staff in (state in ("accepted", "thanks"), False)
    }
    assert ids == set(prompts_of())
    assert set(prompts_of()) >= SPOKEN


def test_words_are_read_out_as_sentences_without_their_hard_blanks(config: KioskConfig) -> None:
    assert spoken_text("children", "fi", config) == "Tervetuloa. Onko lapsia mukana?"
    assert spoken_text("thanks", "fi", config) == "Kiitos. Mukavaa käyntiä."
    place = replace(config, screen=ScreenConfig(place={"fi": PlaceConfig(to="neuvontaan", at="neuvonnasta")}))
    assert spoken_text("ask_staff", "fi", place) == "Tule neuvontaan. Henkilökunta auttaa."
    long = PlaceConfig(to="neuvontaan", at="asiakas\N{SOFT HYPHEN}palvelusta")
    divided = replace(config, screen=ScreenConfig(place={"fi": long}))
    assert spoken_text("out_of_order", "fi", divided).endswith("sisään asiakaspalvelusta.")


def test_the_text_goes_to_the_voice_by_its_standard_input(config: KioskConfig, espeak: Espeak) -> None:
    lines: list[str] = []
    make_prompts(config, lines.append)
    said = espeak.said()
    assert "-v fi -s 145 --stdin -w" in said
    assert "Tervetuloa. Onko lapsia mukana?" in said
    assert len(lines) == 3
    assert f"{len(prompts_of())} by espeak-ng" in lines[0]


def test_only_what_has_another_text_is_rendered_again(config: KioskConfig, espeak: Espeak) -> None:
    make_prompts(config, silent)
    espeak.said()
    make_prompts(config, silent)
    assert espeak.said() == ""
    other = replace(config, screen=ScreenConfig(farewell={"fi": "Mukavaa uintia."}))
    make_prompts(other, silent)
    assert espeak.said().splitlines()[1:] == ["Kiitos. Mukavaa uintia."]


def test_a_rendering_that_was_cut_short_is_done_again(config: KioskConfig, espeak: Espeak) -> None:
    make_prompts(config, silent)
    espeak.said()
    (config.data / "prompts" / "sv" / "thanks.txt").unlink()
    make_prompts(config, silent)
    assert espeak.said().count("--stdin") == 1


@pytest.mark.usefixtures("espeak")
def test_a_recorded_voice_goes_before_the_machine_s(config: KioskConfig) -> None:
    make_prompts(config, silent)
    recorded = record(config, "fi/thanks", write_wav(VOICE))
    assert make_speaker(config).prompts["fi", "thanks"] == recorded
    assert make_speaker(config).prompts["sv", "thanks"].is_relative_to(config.data)
    lines: list[str] = []
    make_prompts(config, lines.append)
    assert "fi: 1 recorded" in lines[0]
    assert recorded.read_bytes() == write_wav(VOICE)


def test_where_all_is_recorded_nothing_else_is_needed(
    config: KioskConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    config = replace(config, screen=ScreenConfig(languages=("fi",)))
    for prompt in prompts_of():
        record(config, f"fi/{prompt}", write_wav(VOICE))
    make_prompts(config, silent)


def test_a_machine_without_espeak_ng_says_how_to_get_it(
    config: KioskConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PromptsError, match="apt-get install espeak-ng"):
        make_prompts(config, silent)
    assert not prompts_there(config)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("echo 'no voice' >&2; exit 1", "does not speak fi .no voice."),
        ("exit 0", "no WAV"),
        ("""for last; do :; done; echo x > "$last" """, "no WAV"),
    ],
)
def test_a_voice_that_fails_leaves_no_prompt(
    config: KioskConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, says: str
) -> None:
    Espeak(tmp_path / "bin", monkeypatch, text)
    with pytest.raises(PromptsError, match=says):
        make_prompts(config, silent)
    assert not prompts_there(config)


@pytest.mark.usefixtures("espeak")
@pytest.mark.parametrize(
    ("name", "data", "says"),
    [("fi/goodbye", write_wav(VOICE), "is no prompt"), ("fi/thanks", b"ID3", "Save it as WAV, PCM, 16 bit")],
)
def test_a_recording_that_would_never_be_heard_is_told(
    config: KioskConfig, name: str, data: bytes, says: str
) -> None:
    record(config, name, data)
    with pytest.raises(PromptsError, match=says):
        make_prompts(config, silent)


@pytest.mark.usefixtures("espeak")
def test_a_language_that_espeak_ng_does_not_speak_stays_tone_and_text(config: KioskConfig) -> None:
    lines: list[str] = []
    make_prompts(config, lines.append, {"fi": "fi", "en": "en-gb"})
    assert lines[1].startswith("sv: 0 recorded; espeak-ng does not speak it")
    assert {language for language, _ in prompts_there(config)} == {"fi", "en"}


@pytest.mark.usefixtures("espeak")
def test_a_folder_that_cannot_be_written_to_is_a_sentence(config: KioskConfig) -> None:
    config.data.write_text("a file in its place")
    with pytest.raises(PromptsError, match="cannot be written to"):
        make_prompts(config, silent)


@pytest.mark.usefixtures("espeak")
def test_a_wav_of_the_real_shape_is_made(config: KioskConfig) -> None:
    make_prompts(config, silent)
    with wave.open(str(prompts_there(config)["fi", "accepted"])) as file:
        assert (file.getsampwidth(), file.getnchannels(), file.getframerate()) == (2, 1, 22_050)


def test_no_language_lacks_a_voice_but_the_one_that_nobody_made() -> None:
    assert set(get_args(Language)) - set(VOICES) <= {"se"}
