"""What a project does not want to hear: by a comment, by a file's name, or altogether.

{# agentgen: ignore[broken-link] #}          this line (in YAML: `# agentgen: ignore[…]`)
{# agentgen: ignore-file[broken-link] #}     this file
"""

import fnmatch
from collections.abc import Collection, Iterable, Iterator

from agentgen.diagnostics import (
    Diagnostic,
    Location,
    Severity,
    Source,
    did_you_mean,
    ordered,
    quoted,
)
from agentgen.frozen import Frozen, field
from agentgen.patterns import pattern
from agentgen.settings import LintSettings

RULE = "unused-suppression"

_COMMENT = pattern(r"(?:\{#-?|#)\s*agentgen:\s*ignore(?P<file>-file)?\[(?P<rules>[^\]\n]*)\]")


class _Comment(Frozen):
    source: Source
    start: int
    end: int
    line: int | None
    rules: frozenset[str]
    used: set[str] = field(default_factory=set)

    def covers(self, diagnostic: Diagnostic) -> bool:
        where = diagnostic.location
        if where is None or where.path != self.source.path or diagnostic.rule not in self.rules:
            return False
        return self.line is None or where.line == self.line


class Judge(Frozen):
    """Who says of suppressions that they suppress nothing: `rules` are all that there are.

    `settings` is the file that they are from. Unless the run is complete, more could be found.
    """

    rules: Collection[str]
    settings: Source | None
    is_complete: bool


def suppress(
    diagnostics: Iterable[Diagnostic],
    sources: Iterable[Source],
    settings: LintSettings,
    judge: Judge | None = None,
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that are wanted; with a judge, and what suppresses nothing."""
    comments = [comment for source in sources for comment in _comments(source)]
    globs: set[tuple[str, str]] = set()
    kept = []
    failed: set[str] = set()  # files in which an error may have kept others from being found
    for diagnostic in diagnostics:
        if diagnostic.severity is Severity.ERROR and diagnostic.location is not None:
            failed.add(diagnostic.location.path)
        covering = [comment for comment in comments if comment.covers(diagnostic)]
        for comment in covering:
            comment.used.add(diagnostic.rule)
        globs |= {(glob, diagnostic.rule) for glob in _ignoring(diagnostic, settings)}
        if not covering and is_wanted(diagnostic, settings):
            kept.append(diagnostic)
    if judge is not None:
        unused = [
            each for comment in comments for each in _unused(comment, settings, judge, failed)
        ]
        if judge.is_complete and not failed:
            unused += _unused_globs(globs, settings, judge)
        kept += [each for each in unused if is_wanted(each, settings)]
    return ordered(kept)


def is_wanted(diagnostic: Diagnostic, settings: LintSettings) -> bool:
    """Say whether the settings leave a diagnostic in."""
    return is_selected(diagnostic.rule, settings) and not any(_ignoring(diagnostic, settings))


def _ignoring(diagnostic: Diagnostic, settings: LintSettings) -> Iterator[str]:
    """Yield the globs of the settings that keep a diagnostic out."""
    path = diagnostic.location.path if diagnostic.location else ""
    for glob, rules in settings.per_file_ignores:
        if diagnostic.rule in rules and fnmatch.fnmatchcase(path, glob):
            yield glob


def is_selected(rule: str, settings: LintSettings) -> bool:
    """Say whether the settings leave a rule in, for some file."""
    selected = (*settings.select, *settings.extend_select)
    return rule not in settings.ignore and (not settings.select or rule in selected)


def _comments(source: Source) -> Iterator[_Comment]:
    if "agentgen:" not in source.text:
        return
    for match in _COMMENT.finditer(source.text):
        rules = frozenset(name.strip() for name in match["rules"].split(",") if name.strip())
        line = None if match["file"] else source.line_column(match.start())[0]
        yield _Comment(source, *match.span("rules"), line, rules)


def _unused(
    comment: _Comment, settings: LintSettings, judge: Judge, failed: set[str]
) -> Iterator[Diagnostic]:
    place = comment.source.at(comment.start, comment.end)
    where = "this file" if comment.line is None else "this line"
    can_tell = judge.is_complete and comment.source.path not in failed
    for rule in sorted(comment.rules - comment.used):
        if rule not in judge.rules:
            message = f"there is no rule {quoted(rule)}"
            help = did_you_mean(rule, judge.rules) or "`agentgen list --rules` shows the rules"
            yield Diagnostic(RULE, message, place, Severity.WARNING, help=help)
        elif can_tell and is_selected(rule, settings):
            message = f"there is no {quoted(rule)} in {where} to ignore"
            yield Diagnostic(RULE, message, place, Severity.WARNING, help="remove it")


def _unused_globs(
    used: set[tuple[str, str]], settings: LintSettings, judge: Judge
) -> Iterator[Diagnostic]:
    for glob, rules in settings.per_file_ignores:
        for rule in rules:
            if (glob, rule) not in used and is_selected(rule, settings):
                message = f"there is no {quoted(rule)} in the files of {quoted(glob)} to ignore"
                place = None if judge.settings is None else _place(judge.settings, glob)
                yield Diagnostic(RULE, message, place, Severity.WARNING, help="remove it")


def _place(source: Source, glob: str) -> Location:
    """Return where a settings file has a glob; it keeps no positions, so only a sure one counts."""
    start = source.text.find(glob)
    is_sure = start >= 0 and source.text.count(glob) == 1
    return source.at(start, start + len(glob)) if is_sure else source.whole()
