"""A user's own figure: arithmetic over key figures, such as ``sum(revenue["Nova"]) / last(community["Nova"])``.

The text is taken apart by Python's parser and worked out here, node by node: nothing of it is ever run as a program.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.text import say

if TYPE_CHECKING:
    import numpy as np

    from sim.figures import Record
    from sim.scenario import Scenario

__all__ = ["Expression", "ExpressionError", "parse"]

LONGEST = 500
END = 13  # weeks that make the end, as in claims

_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}
_FUNCTIONS: dict[str, Callable[[float], float]] = {"abs": abs, "exp": math.exp, "log": math.log, "sqrt": math.sqrt}
OVER = ("sum", "mean", "first", "last", "end", "peak", "trough")
"""What makes a number of a figure's weeks."""


class ExpressionError(ValueError):
    """An expression cannot be used; the message is for the user."""


@dataclass(frozen=True)
class Expression:
    """A figure of the user's own, checked.

    Attributes
    ----------
    text
        As it was written.
    figures
        Keys of the figures that it needs.
    """

    text: str
    figures: frozenset[str]

    def of(self, record: Record) -> float:
        """Work it out for one run; NaN where it is not defined."""
        try:
            found = _value(ast.parse(self.text.strip(), mode="eval").body, record)
        except (ArithmeticError, ValueError):
            return math.nan
        return found if math.isfinite(found) else math.nan


def parse(text: str, scenario: Scenario) -> Expression:
    """Check an expression.

    Raises
    ------
    ExpressionError
        It is not arithmetic over figures of this scenario; the message says what would be right.
    """
    if len(text) > LONGEST:
        raise ExpressionError(say("calibrate.kpi.long", most=LONGEST))
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(say("calibrate.kpi.form")) from None
    figures = frozenset(_check(tree.body, scenario))
    if not figures:
        raise ExpressionError(say("calibrate.kpi.no_figure"))
    return Expression(text, figures)


def _check(node: ast.AST, scenario: Scenario) -> Iterator[str]:
    """Yield the figures that a part needs; refuse what is no arithmetic."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            yield from _check(left, scenario)
            yield from _check(right, scenario)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            yield from _check(operand, scenario)
        case ast.Constant(value=value) if type(value) in (int, float):
            return
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in _FUNCTIONS:
            yield from _check(inner, scenario)
        case ast.Call(func=ast.Name(id=name), args=[figure, *weeks], keywords=[]) if name in OVER:
            yield _check_figure(figure, scenario)
            _check_weeks(weeks, scenario)
        case ast.Call(func=ast.Name(id=name)) if name not in _FUNCTIONS and name not in OVER:
            from sim.problems import advice

            raise ExpressionError(
                say("calibrate.kpi.no_function", name=name, advice=advice(name, [*OVER, *_FUNCTIONS]))
            )
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            _check_figure(node, scenario)
            raise ExpressionError(say("calibrate.kpi.bare", name=name, options=", ".join(OVER)))
        case _:
            raise ExpressionError(say("calibrate.kpi.part", part=_shown(node)))


def _check_figure(node: ast.AST, scenario: Scenario) -> str:
    from sim.claims import items_of
    from sim.figures import FIGURES
    from sim.problems import advice

    item: str | None = None
    match node:
        case ast.Name(id=key):
            pass
        case ast.Subscript(value=ast.Name(id=key), slice=ast.Constant(value=str() as item)):
            pass
        case _:
            raise ExpressionError(say("calibrate.kpi.part", part=_shown(node)))
    if key not in FIGURES:
        raise ExpressionError(say("calibrate.kpi.unknown_figure", key=key, advice=advice(key, FIGURES)))
    names = items_of(scenario)[FIGURES[key].scope]
    if item is not None and item not in names:
        raise ExpressionError(say("calibrate.kpi.unknown_item", key=key, value=item, advice=advice(item, names)))
    return key


def _check_weeks(nodes: list[ast.expr], scenario: Scenario) -> None:
    weeks = [node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is int]
    if len(weeks) != len(nodes) or len(weeks) > 2:
        raise ExpressionError(say("calibrate.kpi.weeks", horizon=scenario.horizon))
    if weeks and not 1 <= weeks[0] <= weeks[-1] <= scenario.horizon:
        raise ExpressionError(say("calibrate.kpi.weeks", horizon=scenario.horizon))


def _value(node: ast.AST, record: Record) -> float:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, record), _value(right, record))
        case ast.UnaryOp(op=op, operand=operand):
            return -_value(operand, record) if isinstance(op, ast.USub) else _value(operand, record)
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]  # _check let numbers through only
        case ast.Call(func=ast.Name(id=name), args=[inner, *weeks]):
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](_value(inner, record))
            return over_weeks(name, _series(inner, record), [week.value for week in weeks])  # type: ignore[attr-defined]
    raise ValueError(ast.dump(node))


def _series(node: ast.AST, record: Record) -> np.ndarray:
    from sim.figures import FIGURES

    key = node.id if isinstance(node, ast.Name) else node.value.id  # type: ignore[attr-defined]
    values = record[key].reshape(record.weeks, -1)
    if isinstance(node, ast.Subscript):
        item: Any = node.slice
        column: np.ndarray = values[:, record.items[FIGURES[key].scope].index(item.value)]
        return column
    return values.sum(axis=1)


def over_weeks(name: str, values: np.ndarray, weeks: list[int]) -> float:
    """Make one number of a figure's weeks; weeks without a value are left out, NaN if there is none.

    Parameters
    ----------
    name
        One of `OVER`.
    values
        (weeks,).
    weeks
        First and last that count, from 1; one alone, or none for all.
    """
    import numpy as np

    if weeks:
        values = values[weeks[0] - 1 : weeks[-1]]
    if name == "end":
        values = values[-END:]
    values = values[np.isfinite(values)]
    if not len(values):
        return math.nan
    match name:
        case "sum":
            return float(values.sum())
        case "first":
            return float(values[0])
        case "last":
            return float(values[-1])
        case "peak":
            return float(values.max())
        case "trough":
            return float(values.min())
    return float(values.mean())


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:59]}…"
