"""Whether the data folder remembers: what is written there is still there after a power cut.

A read-only root with an overlay in memory takes every write and forgets it at power-off. Such a kiosk must
not show green: green means that it is written down.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

CONNECTIONS_A_START: Final = 1_000_000
"""Connection numbers go up over all starts: this many for each."""
IN_MEMORY: Final = frozenset({"tmpfs", "ramfs", "rootfs", "devtmpfs"})
IN_MEMORY_DEVICES: Final = ("/dev/zram", "/dev/ram")


@dataclass(frozen=True, slots=True)
class Mount:
    """A line of ``/proc/self/mountinfo``, proc_pid_mountinfo(5)."""

    id: int
    point: str
    kind: str
    device: str
    upper: str
    """Where an overlay puts what is written; empty for any other kind."""


@dataclass(frozen=True, slots=True)
class Place:
    """``mountinfo`` as it was read, and the id of the mount that holds the folder; -1 where none is known."""

    mountinfo: str
    mount_id: int


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Left by each start beside the journal, and not in it: which start it was, counted from 1."""

    start: int
    boot_id: str
    epoch: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{32})?$")] = ""
    """The start's name; empty of a version that left none."""
    missed_in: str = ""
    """The boot in which something was found missing that an earlier start wrote; empty where nothing was."""


def why_volatile(place: Place) -> str:
    """In what kind of memory the folder lies; empty where it lies on a disk."""
    mounts = parse_mounts(place.mountinfo)
    held = next((mount for mount in mounts if mount.id == place.mount_id), None)
    seen: set[int] = set()
    while held is not None and held.kind == "overlay":
        if not held.upper:
            return ""  # nothing can be written at all, which the journal says
        seen.add(held.id)
        held = _holding(held.upper, mounts)
        if held is not None and held.id in seen:
            return "an overlay whose upper layer is hidden"
        if held is not None and _in_memory(held):
            return f"an overlay in {held.kind}"
    if held is None:
        return "an unknown filesystem"
    return held.kind if _in_memory(held) else ""


def parse_mounts(mountinfo: str) -> tuple[Mount, ...]:
    """In the order of the kernel. A line that is none is left out."""
    mounts = []
    for line in mountinfo.splitlines():
        fields, dash, rest = line.partition(" - ")
        before, after = fields.split(" "), rest.split(" ")
        if not dash or len(before) < 6 or len(after) < 3 or not before[0].isdecimal():  # noqa: PLR2004
            continue
        options = dict(option.partition("=")[::2] for option in after[2].split(","))
        upper = _plain(options.get("upperdir", "")) if after[0] == "overlay" else ""
        mounts.append(Mount(int(before[0]), _plain(before[4]), after[0], _plain(after[1]), upper))
    return tuple(mounts)


def is_of_another_life(connection: int, boot_id: str, start: int, own_boot_id: str) -> bool:
    """Whether a status of this kiosk's own name is of a start that its journal should know and does not.

    ``start`` is the present one. Connection numbers rise over all starts, so the broker has none of a later
    one; and none of this one in another boot, unless the disk went back to before it.
    """
    spoken_in = connection // CONNECTIONS_A_START
    return spoken_in > start or (spoken_in == start and boot_id != own_boot_id)


def still_missed(mark: Mark | None, boot_id: str) -> bool:
    """What was found missing in this boot stays so until a mark outlived a boot: that proves the disk."""
    return mark is not None and mark.missed_in == boot_id


def _holding(path: str, mounts: tuple[Mount, ...]) -> Mount | None:
    """The mount that ``path`` lies on: the deepest, and of several at one place the last."""
    found: Mount | None = None
    for mount in mounts:
        inside = path == mount.point or path.startswith(mount.point.rstrip("/") + "/")
        if inside and (found is None or len(mount.point) >= len(found.point)):
            found = mount
    return found


def _in_memory(mount: Mount) -> bool:
    return mount.kind in IN_MEMORY or mount.device.startswith(IN_MEMORY_DEVICES)


def _plain(field: str) -> str:
    """Blanks and the like are octal in this file, a blank is 040."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), field)
