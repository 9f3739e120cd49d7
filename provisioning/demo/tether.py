"""Runs a program that ends with its parent: ``python -m provisioning.demo.tether PARENT PROGRAM …``.

The kernel kills it when the demo dies, however it dies (Linux; elsewhere it runs untethered). All that
matters is on disk before it is shown, so being killed is nothing that agent and server do not survive.
"""

import ctypes
import os
import signal
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel was told
        sys.exit(1)
    os.execvp(program[0], program)  # noqa: S606  (this is the program's whole purpose)


if __name__ == "__main__":
    main()
