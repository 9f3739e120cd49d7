"""Commands in the store: made by a page, sent by the ingest, settled by a kiosk's reply or by time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from server.adapters.tables import commands
from server.domain.arrivals import ReplyArrived
from server.domain.names import printable
from server.domain.staff import CommandRow, OpenCommand

LATEST = 5


def open_commands(connection: Connection, now: datetime) -> tuple[OpenCommand, ...]:
    rows = connection.execute(
        select(commands)
        .where(commands.c.state == "open", commands.c.not_after > now)
        .order_by(commands.c.made_at, commands.c.id)
    ).mappings()
    return tuple(
        OpenCommand(
            id=row["id"],
            kiosk=row["kiosk_id"],
            name=row["name"],
            args=row["args"],
            not_after=row["not_after"],
        )
        for row in rows
    )


def add_command(connection: Connection, command: OpenCommand, made_at: datetime) -> None:
    connection.execute(
        commands.insert().values(
            id=command.id,
            kiosk_id=command.kiosk,
            name=command.name,
            args=command.args,
            made_at=made_at,
            not_after=command.not_after,
            state="open",
            detail="",
        )
    )


def note_replies(connection: Connection, arrived: Sequence[ReplyArrived]) -> None:
    """A kiosk settles its own commands, and each once; that it works on one is no end."""
    for one in arrived:
        if one.reply.state not in ("done", "rejected", "failed"):
            continue
        connection.execute(
            update(commands)
            .where(
                commands.c.id == one.reply.id,
                commands.c.kiosk_id == one.kiosk,
                commands.c.state == "open",
            )
            .values(state=one.reply.state, detail=printable(one.reply.detail))
        )


def latest_commands(connection: Connection, kiosk: str, now: datetime) -> tuple[CommandRow, ...]:
    rows = connection.execute(
        select(commands)
        .where(commands.c.kiosk_id == kiosk)
        .order_by(commands.c.made_at.desc(), commands.c.id)
        .limit(LATEST)
    ).mappings()
    return tuple(
        CommandRow(
            name=row["name"],
            made_at=row["made_at"],
            state="expired" if row["state"] == "open" and row["not_after"] <= now else row["state"],
            detail=row["detail"],
        )
        for row in rows
    )
