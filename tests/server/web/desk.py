"""A person at the pages of cards, over the real register."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from server.ports import Register

HEAD = "Koodi;Laji;Jakaja;Alue;Myönnetty;Voimassa;Lapsia;Tila\n"
CODE = "A000000007"


def rows(*numbers: int, status: str = "") -> str:
    return "".join(
        f"A{number:09};henkilökohtainen;Seurakunta;Rovaniemi;1.1.2026;;2;{status}\n" for number in numbers
    )


@dataclass(frozen=True)
class Desk:
    page: Page
    url: str
    folder: Path
    register: Register

    def home(self) -> None:
        self.page.goto(f"{self.url}/cards")

    def check(self, text: str, *, withdraw: bool = False) -> None:
        file = self.folder / "kortit.csv"
        file.write_text(text)
        self.home()
        self.page.set_input_files("#file", file)
        if withdraw:
            self.page.get_by_label("Poista käytöstä").check()
        self.press("Tarkista tiedosto")

    def take(self, text: str) -> None:
        self.check(text)
        self.press("Tuo")

    def find(self, code: str) -> None:
        self.home()
        self.page.get_by_label("Kortin koodi").fill(code)
        self.press("Hae")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def says(self, text: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def kept(self) -> list[Path]:
        return list((self.folder / "uploads").iterdir())
