"""Doing the same with several things: each on its own, a result each, one exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pcloud_cli import defects
from pcloud_cli.context import Context
from pcloud_cli.errors import ConfigProblem, ExitCode, NotAllowed, PcloudError, UsageProblem
from pcloud_cli.interrupts import heed


def wanted(run: Context, given: Sequence[str], nothing: UsageProblem) -> list[str]:
    """Return what is `given`; ``-`` stands for what standard input names, between blanks or on
    lines. Raises `nothing` where that is nothing."""
    found: list[str] = []
    for each in given:
        found += run.stdin.read().split() if each == "-" else [each]
    if not found:
        raise nothing
    return found


@dataclass
class Results:
    """What was done with each, in their order; and whether Ctrl-C ended it early."""

    done: list[dict[str, Any]] = field(default_factory=list)
    failed: list[PcloudError] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    interrupted: bool = False


def each(
    run: Context,
    references: Sequence[str],
    act: Callable[[str], dict[str, Any]],
    named: Callable[[str], dict[str, Any]],
) -> Results:
    """Call `act` for each of `references`; one that fails does not stop the others.

    `named` returns the record of one of which no more is known than how it was named. What `act`
    raises of a matter of the installation or the login is raised on, before anything else was
    done. So is the first refusal where all were refused.
    """
    results = Results()
    try:
        for reference in references:
            heed(run)
            error: PcloudError
            try:
                done = act(reference)
            except PcloudError as problem:
                heed(run)
                if isinstance(problem, ConfigProblem) and not results.records:
                    raise
                error = problem
            except Exception as problem:
                heed(run)
                error = defects.reported(problem, run)
            else:
                results.done.append(done)
                results.records.append({**done, "error": None})
                continue
            results.failed.append(error)
            body = {"code": error.code, "message": error.message, "hint": error.hint}
            results.records.append({**named(reference), "error": body})
            if isinstance(error, ConfigProblem):
                break
    except KeyboardInterrupt:
        results.interrupted = True
    refused = [error for error in results.failed if isinstance(error, NotAllowed)]
    if refused and len(refused) == len(references):
        raise refused[0]
    return results


def ended(results: Results) -> int:
    """Return the exit code: 6 where some failed; where all did, the one that they share, or 1."""
    if results.interrupted:
        return ExitCode.INTERRUPTED
    if not results.failed:
        return ExitCode.DONE
    if results.done:
        return ExitCode.SOME_FAILED
    codes = {error.exit_code for error in results.failed}
    return codes.pop() if len(codes) == 1 else ExitCode.FAILED
