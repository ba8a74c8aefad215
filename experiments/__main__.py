"""The command: ``userisation`` once installed, ``python3 -m experiments`` in a source checkout.

Like `experiments.environment`, this file keeps to words that Python 3.6 can read.
"""

import os
import sys


def main() -> "None":
    """Run the command line and end the process; nobody ever meets a traceback.

    The exit codes stand in `experiments.exits`.
    """
    try:
        from experiments import startup

        startup.defer_pandas()
        from experiments.cli import app

        app(prog_name="userisation")
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = _end_quietly()
    except Exception as error:
        from experiments import failures
        from experiments.exits import Exit

        code = failures.report(error)
        if code == Exit.CANNOT_WRITE:
            _end_quietly()
    else:
        code = 0
    sys.exit(code)


def _end_quietly() -> "int":
    """Let a reader that left (``userisation ... | head``) be no error."""
    # What is still to be written would fail once more when Python closes standard output.
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    from experiments import environment

    # What only one command needs is installed when that command is called for.
    more = tuple(extra for extra in ("calibrate", "dashboard") if extra in sys.argv[1:])
    environment.ensure("experiments", extras=("panel", *more))
    main()
