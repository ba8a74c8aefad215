"""Let the command line speak the user's language: help, and mistakes in typing a command.

Commands are declared without any text. The texts of the command ``run`` stand in the catalogue under
``cli.run.help`` and ``cli.run.<option>``; what several commands share under ``cli.option.<option>``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from experiments.commands.session import CommandError
from experiments.text import CATALOGUE, say
from sim.problems import nearest
from sim.text import LANGUAGES, language

__all__ = ["HELP_OPTIONS", "Commands", "asked_language", "translate", "usage_problem"]


HELP_OPTIONS = ["--help", "-h"]


def asked_language(arguments: Sequence[str]) -> str:
    """Give the language of ``--lang`` wherever it stands among the arguments, else that of the environment.

    It must be known before the arguments are read, because reading them can already fail with a message.
    """
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        value = None
        if argument == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        elif argument.startswith("--lang="):
            value = argument.removeprefix("--lang=")
        if value is not None:
            if value not in LANGUAGES:
                raise CommandError(say("cli.error.language", value=value, known=", ".join(LANGUAGES)))
            return value
    return language()


class Commands(TyperGroup):
    """The group of all commands; it answers a mistyped one with the nearest."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that the arguments begin with."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            near = nearest(args[0], self.commands)
            hint = say("cli.error.did_you_mean", near=near) if near else say("cli.error.see_help")
            raise CommandError(say("cli.error.no_command", name=args[0], hint=hint))
        return super().resolve_command(ctx, args)


def translate(command: Any, name: str = "") -> None:
    """Put the texts of the catalogue into a command and those below it."""
    _translate_fixed_words()
    prefix = f"cli.{name}" if name else "cli.root"
    command.help = say(f"{prefix}.help")
    if CATALOGUE.has(f"{prefix}.epilog"):
        command.epilog = say(f"{prefix}.epilog")
    help_option = command.get_help_option(typer.Context(command, help_option_names=HELP_OPTIONS))
    for parameter in [*command.params, help_option]:
        if parameter is None:
            continue
        own = f"{prefix}.{parameter.name}"
        is_shared = parameter is help_option or not CATALOGUE.has(own)
        parameter.help = say(f"cli.option.{parameter.name}" if is_shared else own)
        kind = "arguments" if parameter.param_type_name == "argument" else "options"
        parameter.rich_help_panel = say(f"cli.panel.{kind}")
        if CATALOGUE.has(f"cli.metavar.{parameter.name}"):
            parameter.metavar = say(f"cli.metavar.{parameter.name}")
        elif getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = say("cli.metavar.command")
        for inner_name, inner in command.commands.items():
            translate(inner, inner_name)
            setattr(inner, "rich_help_panel", say("cli.panel.commands"))  # noqa: B010 - the base class lacks it


def _translate_fixed_words() -> None:
    """Set the words that the library prints by itself; a version without them keeps its own."""
    from typer import rich_utils

    for name, key in (
        ("DEFAULT_STRING", "default"),
        ("REQUIRED_LONG_STRING", "required"),
        ("ARGUMENTS_PANEL_TITLE", "arguments"),
        ("OPTIONS_PANEL_TITLE", "options"),
        ("COMMANDS_PANEL_TITLE", "commands"),
    ):
        if hasattr(rich_utils, name):
            setattr(rich_utils, name, say(f"cli.panel.{key}"))


def usage_problem(error: Any) -> str:
    """Say in the user's language what is wrong with a command line, and where its help is."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "userisation"
    return f"{_what(error)}\n{say('cli.error.try_help', command=f'{path} --help')}"


def _what(error: Any) -> str:
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    if kind == "NoSuchOption":
        near = nearest(error.option_name, _options(error.ctx))
        hint = say("cli.error.did_you_mean", near=near) if near else ""
        return say("cli.error.no_option", name=error.option_name, hint=hint).strip()
    if kind == "MissingParameter" and parameter is not None:
        return say("cli.error.missing", name=_shown(parameter))
    if kind == "BadParameter" and parameter is not None:
        given = re.search(r"'(.*?)'", error.message)
        words = {"name": _shown(parameter), "expected": _expected(parameter)}
        if given:
            return say("cli.error.bad_value", value=given[1], **words)
        return say("cli.error.takes", **words)
    if kind == "BadOptionUsage":
        return say("cli.error.needs_value", name=error.option_name)
    extra = re.search(r"unexpected extra argument(?:s|\(s\))? \((.*)\)", error.format_message())
    if extra:
        return say("cli.error.extra", value=extra[1])
    return str(error.format_message())


def _options(context: Any) -> list[str]:
    return [name for parameter in context.command.params for name in parameter.opts if name.startswith("--")]


def _shown(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    return str(parameter.opts[0])


def _expected(parameter: Any) -> str:
    """Say what a parameter takes."""
    own = f"cli.expected.{parameter.name}"
    return say(own if CATALOGUE.has(own) else "cli.expected.whole")
