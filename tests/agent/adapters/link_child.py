"""A process that is a kiosk's link and nothing else, until it is killed."""

import asyncio
import sys

from agent.adapters.paho_link import PahoLink
from agent.ports.link import LinkUp
from tests.broker import HOST


async def main() -> None:
    link = PahoLink(
        host=HOST,
        port=int(sys.argv[1]),
        kiosk=sys.argv[2],
        tls=None,
        will=lambda connection: b"lost %d" % connection,
    )
    link.count_from(41)
    async for event in link.events():
        if isinstance(event, LinkUp):
            sys.stdout.write("up\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
