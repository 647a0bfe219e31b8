"""Child processes end when the process that started them does, on whatever way that ends: also on SIGKILL, when it can tell nobody."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess

_PR_SET_PDEATHSIG = 1
"""``prctl(2)``: the signal that the kernel sends to this process when the thread that started it ends."""


def end_with_parent(parent: int, *, by_kernel: bool = True) -> None:
    """End this process when its parent, whose process id this is, has ended; called first in a child.

    On Linux the kernel does it. It does so when the *thread* that started the child ends, so ``by_kernel`` needs one that lives as long as
    the child shall. Elsewhere, and for processes of ``multiprocessing`` beside that, a thread waits for the end of a pipe that only the parent holds open.
    A signal of the terminal (Ctrl+C reaches the whole group) is the parent's: it tells its children itself.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if by_kernel and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel was asked
        os._exit(1)
    if (of_multiprocessing := parent_process()) is not None:
        threading.Thread(target=_end_after, args=(of_multiprocessing,), name="parent-watch", daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
