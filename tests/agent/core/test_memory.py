"""Whether a data folder remembers, by what the kernel says of its mounts."""

from typing import Final

import pytest

from agent.core.memory import Mark, Mount, Place, is_of_another_life, parse_mounts, still_missed, why_volatile

DISK: Final = "27 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw"
BOOT: Final = "30 27 179:1 / /boot/firmware rw - vfat /dev/mmcblk0p1 rw,errors=remount-ro"
OVERLAYROOT: Final = """\
21 1 0:20 / / rw,relatime shared:1 - overlay overlayroot rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay,workdir=/media/root-rw/overlay-workdir/_
22 21 179:2 / /media/root-ro ro,relatime shared:2 - ext4 /dev/mmcblk0p2 ro
23 21 0:19 / /media/root-rw rw,relatime shared:3 - tmpfs tmpfs-root rw
"""  # noqa: E501  (as Raspberry Pi OS mounts it)


def on(mountinfo: str, mount_id: int) -> str:
    return why_volatile(Place(mountinfo, mount_id))


def test_a_folder_on_the_card_remembers() -> None:
    assert on(f"{DISK}\n{BOOT}\n", 27) == ""
    assert on(f"{DISK}\n{BOOT}\n", 30) == ""


@pytest.mark.parametrize("kind", ["tmpfs", "ramfs", "rootfs"])
def test_a_folder_in_memory_forgets(kind: str) -> None:
    assert on(f"{DISK}\n40 27 0:40 / /var/lib/kaiku rw - {kind} {kind} rw,size=4k\n", 40) == kind


def test_a_disk_in_compressed_memory_forgets() -> None:
    assert on(f"{DISK}\n40 27 254:0 / /var/lib/kaiku rw - ext4 /dev/zram0 rw\n", 40) == "ext4"


def test_a_read_only_root_with_an_overlay_in_memory_forgets() -> None:
    assert on(OVERLAYROOT, 21) == "an overlay in tmpfs"
    assert on(OVERLAYROOT, 22) == ""


def test_an_overlay_whose_upper_layer_is_on_the_card_remembers() -> None:
    assert on(OVERLAYROOT.replace("tmpfs tmpfs-root", "ext4 /dev/mmcblk0p3"), 21) == ""


def test_a_data_partition_beside_the_overlay_remembers() -> None:
    data = "50 21 179:3 / /data rw - ext4 /dev/mmcblk0p3 rw\n"
    assert on(OVERLAYROOT + data, 50) == ""
    assert on(OVERLAYROOT + data, 21) == "an overlay in tmpfs"


def test_an_overlay_whose_upper_layer_cannot_be_seen_is_not_relied_on() -> None:
    hidden = "\n".join(line for line in OVERLAYROOT.splitlines() if "/media/root-rw rw" not in line)
    assert on(hidden, 21) == "an overlay whose upper layer is hidden"


def test_of_two_mounts_at_one_place_the_later_one_holds_the_upper_layer() -> None:
    covered = OVERLAYROOT + "24 23 0:31 / /media/root-rw rw - ext4 /dev/mmcblk0p3 rw\n"
    assert on(covered, 21) == ""


@pytest.mark.parametrize("mountinfo", ["", "nonsense", DISK])
def test_what_cannot_be_found_out_is_not_relied_on(mountinfo: str) -> None:
    assert on(mountinfo, 99) == "an unknown filesystem"


def test_blanks_in_names_are_read_as_they_are_meant() -> None:
    line = r"21 1 0:20 / /my\040data rw - overlay o\040o rw,lowerdir=/a,upperdir=/b\040c,workdir=/d"
    assert parse_mounts(line) == (Mount(21, "/my data", "overlay", "o o", "/b c"),)


@pytest.mark.parametrize(
    ("connection", "boot", "missed"),
    [
        (7_000_001, "mine", False),  # its own word
        (6_999_999, "another", False),  # a will of the start before, or of the selftest after it
        (7_000_000, "another", True),  # the same start in another boot: what that one wrote is gone
        (7_000_009, "another", True),
        (8_000_000, "mine", True),
    ],
)
def test_only_a_journal_that_lacks_a_start_meets_a_status_of_it(
    connection: int, boot: str, missed: bool
) -> None:
    assert is_of_another_life(connection, boot, 7, "mine") == missed


def test_what_was_missed_is_forgiven_once_a_mark_outlived_a_boot() -> None:
    mark = Mark(start=7, boot_id="this", missed_in="this")
    assert still_missed(mark, "this")
    assert not still_missed(mark, "the next")
    assert not still_missed(None, "this")
