"""Every page of the fleet in one language, over one web: what a person sees who goes through them all."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

import httpx

from agent.web_rules import LOOPBACK_HOSTS
from agent.wire.screen import Language
from server.adapters.simulated_figures import (
    SimulatedChanges,
    SimulatedFigures,
    SimulatedLetters,
    SimulatedMemoryCards,
)
from server.adapters.simulated_staff import SimulatedKioskStaff
from server.domain.completeness import Proof
from server.domain.figures import Unproved
from server.domain.troubles import Problem, Trouble
from server.ports import AtKiosks, Register
from server.web.app import create_app
from tests.server.web.fleet import NOW, copied_fleet, empty_fleet, letter, visit
from tests.server.web.test_staff_pages import KIOSK, STAFF

HEAD: Final = "code;kind;distributor;area;issued_on;valid_until;max_children;status\n"
OWN: Final = {"sec-fetch-site": "same-origin", "accept": "text/html"}
FORM: Final = {**OWN, "content-type": "application/x-www-form-urlencoded"}
FILE: Final = {**OWN, "content-type": "multipart/form-data; boundary=x"}
DOUBTS: Final = Proof(
    here=3, expected=4, doubts=("gap", "silent"), silent_since=NOW - timedelta(days=2), ended=1
)


def row(number: int, **changes: str) -> str:
    cells = {"kind": "personal", "distributor": "Dist", "until": "", "status": ""} | changes
    return (
        f"A{number:09};{cells['kind']};{cells['distributor']};Area;2026-01-01;{cells['until']};2;"
        f"{cells['status']}\n"
    )


def troubled_fleet() -> SimulatedFigures:
    """Whatever a page can say of kiosks, records and visits."""
    figures = copied_fleet()
    names = ("storage", "identity-twice", "outbox-old", "clock_unknown", "no_list", "of-a-later-version")
    troubled = [
        replace(kiosk, troubles=(Trouble(name),), records=DOUBTS)
        for kiosk, name in zip(figures.kiosks, names, strict=False)
    ]
    slow = replace(
        figures.kiosks[-1], camera="simulated (2 pictures)", troubles=(Trouble("clock_off", -400),)
    )
    figures.kiosks = [*troubled, *figures.kiosks[len(names) : -1], slow]
    figures.problems = (Problem("copied", 1), Problem("conflict", 2), Problem("misplaced", 21))
    figures.unproved = (
        Unproved(kiosk="k", name="Ovi", venue_name="Halli", day=NOW.date() - timedelta(1), records=DOUBTS),
    )
    figures.records = DOUBTS
    figures.elsewhere = True
    figures.add(visit(verdict="by_hand", reason="button", shown=None, assistants=2))
    figures.add(visit(verdict="unchecked", reason="unlisted", matched=True, quality="bounded"))
    figures.add(visit(shown="staff"))
    figures.dead += [letter(seq=seq, why="Object missing") for seq in range(30)]
    return figures


def tour(language: Language, register: Register) -> dict[str, str]:
    """Its pages by name, in this language."""
    return asyncio.run(_tour(language, register))


async def _tour(language: Language, register: Register) -> dict[str, str]:
    pages: dict[str, str] = {}
    async with client_in(language, empty_fleet(), register) as client:
        for path in ("/", "/letters", "/memory-cards", "/cards", "/cards/years", "/nothing"):
            pages[f"empty {path}"] = (await client.get(path)).text
    async with client_in(language, troubled_fleet(), register) as client:
        for path in ("/", "/letters", "/memory-cards", f"/kiosks/{KIOSK}/staff"):
            pages[path] = (await client.get(path)).text
        pages["read again"] = (await client.post("/letters/retry", headers=FORM)).text
        body = f"kiosk={KIOSK}&what=resume"
        pages["staff said"] = (await client.post("/staff/say", headers=FORM, content=body)).text
        pages |= await _cards(client)
    return pages


async def _cards(client: httpx.AsyncClient) -> dict[str, str]:
    async def posted(path: str, body: str) -> str:
        return (await client.post(path, headers=FORM, content=body)).text

    pages = {
        "bad file": await _sent(client, HEAD + row(1) + row(1) + row(2, kind="vip", until="x")),
        "no file": await _sent(client, "a;b\n1;2\n"),
        "new file": await _sent(client, HEAD + row(1) + row(2) + row(3)),
    }
    pages["taken"] = await posted(
        "/cards/take", f"token={_field('token', pages['new file'])}&file_name=k.csv"
    )
    pages["other file"] = await _sent(client, HEAD.replace("status", "state") + row(1, distributor="DIST"))
    pages["stranger"] = await posted("/cards/card", "code=A999999999")
    pages["card"] = await posted("/cards/card", "code=A000000001")
    handle = _field("card", pages["card"])
    for act in ("block", "block", "unblock", "renew", "withdraw", "reinstate"):
        pages[f"card, {act}"] = await posted("/cards/change", f"card={handle}&act={act}")
    pages["older file"] = await _sent(client, HEAD + row(1, until="2026-12-31") + row(2, status="blocked"))
    pages["not sure"] = await posted("/cards/erase", f"card={handle}")
    pages["undone"] = await posted("/cards/undo", "id=1")
    for path in ("/cards", "/cards/years?year=2026", "/cards/years?year=x"):
        pages[path] = (await client.get(path)).text
    return pages


async def _sent(client: httpx.AsyncClient, rows: str) -> str:
    head = '--x\r\ncontent-disposition: form-data; name="file"; filename="k.csv"\r\n\r\n'
    return (await client.post("/cards/check", headers=FILE, content=f"{head}{rows}\r\n--x--\r\n")).text


def _field(name: str, page: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, page
    return found[1]


def client_in(language: str, figures: SimulatedFigures, register: Register) -> httpx.AsyncClient:
    kiosks = AtKiosks(SimulatedMemoryCards(figures), SimulatedKioskStaff(STAFF))
    app = create_app(
        figures,
        SimulatedLetters(figures),
        SimulatedChanges(),
        LOOPBACK_HOSTS,
        register=register,
        kiosks=kiosks,
        quick_s=60.0,  # each answer is wanted, however busy the machine
    )
    transport = httpx.ASGITransport(app)
    headers = {"accept": "text/html", "accept-language": language}
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers)
