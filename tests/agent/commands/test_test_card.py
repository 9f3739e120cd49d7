"""``kaiku-agent cards test``: a picture that the fleet's kiosks read as their test card."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.adapters.pictures import load_luma
from agent.adapters.zxing import ZxingDecoder
from agent.commands.test_card import NoTestCardError, make_test_card
from agent.config import CardsConfig, ConfigError, KioskConfig

TEXT = "ABCDEFGHIJKLMNOP"


@pytest.fixture
def config(tmp_path: Path) -> KioskConfig:
    (tmp_path / "test.card").write_text(TEXT + "\n")
    cards = CardsConfig(list_key=tmp_path / "x", sealing_key=tmp_path / "y", test_card=tmp_path / "test.card")
    return KioskConfig(kiosk="k-abcdefghij", venue="v-102", cards=cards)


def test_both_codes_of_the_picture_say_the_text(config: KioskConfig, tmp_path: Path) -> None:
    make_test_card(config, tmp_path / "card.png")
    found = ZxingDecoder().decode(load_luma(tmp_path / "card.png"))
    assert {(one.symbology, one.text) for one in found} == {("qr", TEXT), ("code39", TEXT)}


def test_nothing_is_overwritten(config: KioskConfig, tmp_path: Path) -> None:
    (tmp_path / "card.png").write_text("mine")
    with pytest.raises(NoTestCardError, match="there already"):
        make_test_card(config, tmp_path / "card.png")
    with pytest.raises(NoTestCardError, match="cannot be written"):
        make_test_card(config, tmp_path / "none" / "card.png")


def test_a_kiosk_without_one_says_what_to_do(config: KioskConfig, tmp_path: Path) -> None:
    none = replace(config, cards=replace(config.cards, test_card=None))
    with pytest.raises(NoTestCardError, match="Provision it anew"):
        make_test_card(none, tmp_path / "card.png")


@pytest.mark.parametrize("text", ["", "A999123453", "abcdefghijklmnop", "ABCDEFGHIJKLMNOP\nX"])
def test_a_text_that_could_be_guessed_or_not_be_read_is_refused(
    config: KioskConfig, tmp_path: Path, text: str
) -> None:
    (tmp_path / "test.card").write_text(text)
    with pytest.raises(ConfigError, match="no test card"):
        make_test_card(config, tmp_path / "card.png")
