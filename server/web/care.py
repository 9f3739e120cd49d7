"""What asks for a person's care, in sentences: troubles of kiosks, problems of records."""

from collections.abc import Mapping, Sequence
from typing import Final

from server.domain.alerts import LIST_KEY_ALERT, REVOKED_ALERT, ROW_ALERT
from server.domain.figures import KioskRow
from server.domain.troubles import CLOCK_OFF, CLOCK_UNKNOWN, NO_LIST, Problem, ProblemName, Trouble
from server.web.language import Spoken, mark
from server.web.language import gettext as _

_TROUBLES: Final[Mapping[str, str]] = Spoken(
    {
        REVOKED_ALERT: mark(
            "Kioskin tunnus on poistettu käytöstä, eikä palvelin vastaa sille."
            " Jos kioski on yhä yhteydessä, käynnistä MQTT-palvelin uudelleen."
        ),
        "storage-forgetful": mark(
            "Pois käytöstä: kioskin muisti ei säilytä kirjauksia. Tarkista muistikortti."
        ),
        "storage": mark("Kioski ei pysty kirjaamaan käyntejä. Tarkista muistikortti."),
        "camera": mark("Kioskin kamera ei toimi. Tarkista kamera ja sen johto."),
        "identity-twice": mark("Kaksi kioskia käyttää samaa tunnusta. Sammuta toinen."),
        ROW_ALERT: mark(
            "Palvelin ei pysty tallentamaan erästä kioskin kirjausta."
            " Se ja sen jälkeiset odottavat kioskissa. Syy on palvelimen lokissa."
        ),
        "list-old": mark(
            "Kioskin korttiluettelo on vanha: suljettu kortti voi vielä kelvata. Tarkista verkkoyhteys."
        ),
        LIST_KEY_ALERT: mark(
            "Kioski ei saa kortteja, koska luettelon avain on vaihtunut. Päivitä kioskin ohjelma."
        ),
        "outbox-old": mark("Kioskissa odottaa paljon kirjauksia lähetystä. Ne ovat tallessa."),
        CLOCK_UNKNOWN: mark("Kioski ei tiedä kellonaikaa. Tarkista verkkoyhteys."),
        NO_LIST: mark("Korttilista puuttuu. Kortteja ei vielä tarkisteta."),
    }
)
_PROBLEMS: Final[Mapping[ProblemName, str]] = Spoken(
    {
        "copied": mark(
            "Kioskeja, joiden muistikortti on kopioitu tai palautettu: {}. Kaikki kirjaukset on laskettu."
        ),
        "conflict": mark(
            "Kirjauksia, joilla on sama tunnus mutta eri sisältö: {}. Onko muistikortti kopioitu?"
        ),
        "misplaced": mark("Kirjauksia kohteesta, johon kioskia ei ole liitetty: {}. Ne eivät ole luvuissa."),
        "refused": mark(
            "Kirjauksia, joita palvelin ei osaa lukea: {}. Ne ovat tallessa, mutta eivät luvuissa."
        ),
    }
)
_UNITS: Final = (
    (86_400, mark("{n} vrk")),
    (3_600, mark("{n} h")),
    (60, mark("{n} min")),
)


def reason(kiosk: KioskRow) -> str:
    """What asks for attention; empty where nothing does."""
    told = _told(kiosk.troubles)
    if kiosk.state != "lost":
        return told
    if told:
        return _("Ei yhteyttä. Viimeksi kerrottu: {told}").format(told=told)
    return _("Ei yhteyttä. Kioski toimii luultavasti yksin.")


def problem(found: Problem) -> str:
    return _PROBLEMS[found.name].format(found.count)


def _told(troubles: Sequence[Trouble]) -> str:
    told = [_trouble(one) for one in troubles if _is_known(one)]
    if unknown := ", ".join(one.name for one in troubles if not _is_known(one)):
        told.append(_("Kioski ilmoittaa häiriöstä: {names}.").format(names=unknown))
    return " ".join(told)


def _is_known(trouble: Trouble) -> bool:
    return trouble.name in _TROUBLES or trouble.name == CLOCK_OFF


def _trouble(trouble: Trouble) -> str:
    if trouble.name != CLOCK_OFF:
        return _TROUBLES[trouble.name]
    off = _span(abs(trouble.ahead_s))
    if trouble.ahead_s > 0:
        return _("Kioskin kello käy {off} edellä. Tarkista sen aikapalvelin.").format(off=off)
    return _("Kioskin kello käy {off} jäljessä. Tarkista sen aikapalvelin.").format(off=off)


def _span(seconds: int) -> str:
    """In the largest unit that says it."""
    for unit, words in _UNITS:
        if seconds >= 2 * unit:
            return _(words).format(n=seconds // unit)
    return _("{n} s").format(n=seconds)
