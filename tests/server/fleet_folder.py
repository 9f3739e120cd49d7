"""A fleet's folder as provisioning lays it out, without certificates."""

from pathlib import Path

from tests.server.kiosk import SEALING


def write_fleet(folder: Path, *, broker: str = 'host = "127.0.0.1"\nport = 18830', more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fleet.toml").write_text(
        f'zone = "Europe/Helsinki"\n{more}\n[broker]\n{broker}\naccount = "s-aaaaaaaaaa"\n[web]\nport = 0\n'
    )
    (folder / "list.key").write_text("00" * 32 + "\n")
    (folder / "sealing.key").write_text(bytes(SEALING).hex() + "\n")
    return folder
