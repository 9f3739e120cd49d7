"""Every word on the screen, by language: short, what to do next, and nobody's standing explained.

A ``~`` keeps two words on one line, so that lines end where a phrase does. ``{to}`` and ``{at}`` are the
venue's place to go, ``{farewell}`` its own last words. A field of these classes that a language lacks is an
error of the type checker, so no language can miss a text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agent.config import PlaceConfig
from agent.wire.screen import Language, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """Names of the buttons for those who hear the page; on the screen they are signs and numbers."""

    name: str
    short: str
    languages: str
    size: str
    contrast: str
    children: str
    more: str
    fewer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """All texts of one language. ``question`` stands in for ``accepted`` where children are asked about."""

    controls: Controls
    place: PlaceConfig
    farewell: str
    starting: Texts
    idle: Texts
    accepted: Texts
    question: Texts
    thanks: Texts
    ask_staff: Texts
    out_of_order: Texts


FINNISH: Final = Wording(
    controls=Controls(
        name="Suomi",
        short="FI",
        languages="Kieli",
        size="Tekstin koko",
        contrast="Suuri kontrasti",
        children="Lasten määrä",
        more="Enemmän",
        fewer="Vähemmän",
    ),
    place=PlaceConfig(to="kassalle", at="kassalta"),
    farewell="Mukavaa käyntiä.",
    starting=Texts(headline="Hetki vain", text="Laite käynnistyy.", label="Käynnistyy"),
    idle=Texts(headline="Näytä kortti", text="lukijalle oikealla", label="Odottaa korttia"),
    accepted=Texts(headline="Tervetuloa", text="Käy sisään.", label="Kortti luettu"),
    question=Texts(headline="Tervetuloa", text="Onko~lapsia mukana?", label="Kortti luettu, kysymys"),
    thanks=Texts(headline="Kiitos", text="{farewell}", label="Vastaus saatu"),
    ask_staff=Texts(headline="Tule {to}", text="Henkilökunta auttaa.", label="Henkilökunta auttaa"),
    out_of_order=Texts(headline="Ei käytössä nyt", text="Pääset sisään {at}.", label="Ei käytössä"),
)

SWEDISH: Final = Wording(
    controls=Controls(
        name="Svenska",
        short="SV",
        languages="Språk",
        size="Textstorlek",
        contrast="Hög kontrast",
        children="Antal barn",
        more="Fler",
        fewer="Färre",
    ),
    place=PlaceConfig(to="till kassan", at="via~kassan"),
    farewell="Trevligt besök.",
    starting=Texts(headline="Ett ögonblick", text="Apparaten startar.", label="Startar"),
    idle=Texts(headline="Visa kortet", text="för~läsaren till~höger", label="Väntar på kort"),
    accepted=Texts(headline="Välkommen", text="Stig in.", label="Kortet är läst"),
    question=Texts(headline="Välkommen", text="Har~du~barn med~dig?", label="Kortet är läst, fråga"),
    thanks=Texts(headline="Tack", text="{farewell}", label="Svaret är mottaget"),
    ask_staff=Texts(headline="Kom~{to}", text="Personalen hjälper~dig.", label="Personalen hjälper"),
    out_of_order=Texts(headline="Inte i~bruk nu", text="Du kommer in {at}.", label="Inte i bruk"),
)

ENGLISH: Final = Wording(
    controls=Controls(
        name="English",
        short="EN",
        languages="Language",
        size="Text size",
        contrast="High contrast",
        children="Number of children",
        more="More",
        fewer="Fewer",
    ),
    place=PlaceConfig(to="to the~desk", at="at~the~desk"),
    farewell="Enjoy your~visit.",
    starting=Texts(headline="One moment", text="Starting~up.", label="Starting"),
    idle=Texts(headline="Show your~card", text="to~the~reader on~the~right", label="Waiting for a card"),
    accepted=Texts(headline="Welcome", text="Please come~in.", label="Card read"),
    question=Texts(headline="Welcome", text="Children with~you?", label="Card read, question"),
    thanks=Texts(headline="Thank~you", text="{farewell}", label="Answer received"),
    ask_staff=Texts(headline="Come~{to}", text="Our~staff will~help.", label="Our staff will help"),
    out_of_order=Texts(headline="Not in~use now", text="You can enter {at}.", label="Not in use"),
)

WORDINGS: Final[Mapping[Language, Wording]] = {"fi": FINNISH, "sv": SWEDISH, "en": ENGLISH}
