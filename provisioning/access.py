"""Who may write and read what at the broker: the contract's topics as Mosquitto's access file. Pure."""

from agent.wire.topics import KIOSK_READS, KIOSK_WRITES, ROOT, SERVER_STATE, of_kiosk

_SELF = "%u"  # Mosquitto puts the certificate's name here


def access_rules(account: str) -> str:
    """Each kiosk its own topics, the server's account all of the contract, nobody anything else."""
    lines = [
        "# What a kiosk may say and hear. %u is the name in its certificate.",
        *(f"pattern write {of_kiosk(_SELF, leaf)}" for leaf in KIOSK_WRITES),
        *(f"pattern read {of_kiosk(_SELF, leaf)}" for leaf in KIOSK_READS),
        "# For every kiosk: Mosquitto's warning that this pattern names nobody is right. A plain topic line",
        "# would be for clients without a name only.",
        f"pattern read {SERVER_STATE}",
        "",
        "# The fleet's server.",
        f"user {account}",
        f"topic readwrite {ROOT}/#",
    ]
    return "\n".join(lines) + "\n"
