"""The command line: reads the arguments, calls a command, turns what goes wrong into a message and a code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from experiments.commands import (
    advise,
    batch,
    calibrate,
    check,
    claims,
    compare,
    dashboard,
    discover,
    explain,
    facts,
    figures,
    import_panel,
    precision,
    profile,
    report,
    results,
    rivals,
    run,
    scenarios,
    schema,
    score,
    sensitivity,
    show,
)
from experiments.commands.session import CommandError, Lang, note, tell_problems
from experiments.commands.speech import HELP_OPTIONS, Commands, asked_language, translate, usage_problem
from experiments.exits import Exit
from experiments.text import say
from sim.text import use_language

__all__ = ["app", "command_tree"]

COMMANDS: dict[str, Callable[..., None]] = {
    "scenarios": scenarios.scenarios,
    "show": show.show,
    "check": check.check,
    "schema": schema.schema,
    "figures": figures.figures,
    "run": run.run,
    "dashboard": dashboard.dashboard,
    "report": report.report,
    "batch": batch.batch,
    "results": results.results,
    "compare": compare.compare,
    "explain": explain.explain,
    "sensitivity": sensitivity.sensitivity,
    "discover": discover.discover,
    "advise": advise.advise,
    "rivals": rivals.rivals,
    "claims": claims.claims,
    "facts": facts.facts,
    "precision": precision.precision,
    "calibrate": calibrate.calibrate,
    "import-panel": import_panel.import_panel,
    "score": score.score,
    "profile": profile.profile,
}
"""Every command by its name, in the order in which help lists them."""


def _print_version(asked: bool) -> None:
    if asked:
        from experiments.versions import own_version

        print(f"userisation {own_version()}")
        raise typer.Exit()


def _root(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
    lang: Lang = None,
) -> None:
    """Hold the options that stand before a command; the catalogue has the text."""


def command_tree() -> Any:
    """Build all commands, with their texts in the language of the running context."""
    tree = typer.Typer(
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": HELP_OPTIONS},
    )
    tree.callback()(_root)
    for name, function in COMMANDS.items():
        tree.command(name, no_args_is_help=False)(function)
    command = typer.main.get_command(tree)
    translate(command)
    return command


def app(arguments: Sequence[str] | None = None, *, prog_name: str = "userisation") -> None:
    """Run one command.

    Parameters
    ----------
    arguments
        The words after the program's name; those of the process by default.
    prog_name
        The name that help shows.

    Raises
    ------
    SystemExit
        The command ended with another code than 0; the message is out already.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    code = _run(given, prog_name)
    if code:
        sys.exit(int(code))


def _run(arguments: list[str], prog_name: str) -> int:
    """Run one command and give its exit code; only the unforeseen goes on to the caller."""
    from sim.problems import ScenarioError

    try:
        with use_language(asked_language(arguments)):
            try:
                command = command_tree()
                with command.make_context(prog_name, arguments) as context:
                    command.invoke(context)
            except ScenarioError as error:
                tell_problems(error.problems)
                return Exit.BAD_INPUT
            except CommandError as error:
                note(say("cli.error.prefix", message=error.message))
                return error.code
            except typer.TyperException as error:
                if type(error).__name__ == "NoArgsIsHelpError":
                    # Help was printed while this error was being made.
                    return Exit.OK
                note(say("cli.error.prefix", message=usage_problem(error)))
                return Exit.BAD_INPUT
            except KeyboardInterrupt:
                note(say("cli.interrupted_early"))
                return Exit.INTERRUPTED
    except CommandError as error:
        note(say("cli.error.prefix", message=error.message))
        return error.code
    except typer.Exit as ended:
        return ended.exit_code
    return Exit.OK
