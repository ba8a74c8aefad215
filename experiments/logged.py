"""Commands that run quietly into a log, while the user is kept informed on standard error.

This file keeps to words that Python 3.6 can read.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from experiments.early_text import say

SECONDS_BETWEEN_LINES = 15


class LoggedCommands:
    """Runs commands one after the other, what they write going to one file.

    Parameters
    ----------
    log
        The file; it is made if need be.
    folder
        Where the commands run.
    """

    def __init__(self, log: Path, folder: Path) -> None:
        self.log = log
        self.folder = folder

    def run(self, command: "list[str]", what: str, lock_number: "int | None" = None) -> bool:
        """Run a command and say whether it succeeded.

        On a screen, one line shows the seconds that pass; elsewhere, a line comes now and then.

        Parameters
        ----------
        command
            The command and its arguments.
        what
            Key of the text that says what is going on.
        lock_number
            Number of the open file that holds a lock to pass on: should this process be killed, a command
            that it leaves behind still holds the lock, and nobody else begins before it has ended.
        """
        is_screen = sys.stderr.isatty()
        if not is_screen:
            self._write("  " + say(what) + "\n")
        environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", PIP_NO_INPUT="1")
        environment.pop("VIRTUAL_ENV", None)
        start = time.monotonic()
        with open(str(self.log), "ab") as log:
            log.write(("\n$ " + " ".join(command) + "\n").encode("utf-8"))
            log.flush()
            process = subprocess.Popen(
                command,
                cwd=str(self.folder),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(lock_number,) if lock_number is not None and os.name == "posix" else (),
            )
            while True:
                try:
                    code = process.wait(timeout=1 if is_screen else SECONDS_BETWEEN_LINES)
                    break
                except subprocess.TimeoutExpired:
                    line = say("going_on", what=say(what), seconds=time.monotonic() - start)
                    self._write("\r" + line if is_screen else line + "\n")
                except BaseException:
                    process.terminate()
                    process.wait()
                    raise
        if is_screen:
            self._write("\r\033[K")
        return code == 0

    def last_output(self) -> "list[str]":
        """Give the lines that the last command wrote."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return text[text.rfind("\n$ ") + 1 :].splitlines()[1:]

    @staticmethod
    def _write(text: str) -> None:
        encoding = sys.stderr.encoding or "ascii"
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
