"""What a project does not want to hear: by a comment, by a file's name, or altogether.

{# agentgen: ignore[broken-link] #}          this line (in YAML: `# agentgen: ignore[…]`)
{# agentgen: ignore-file[broken-link] #}     this file
"""

import fnmatch
from collections.abc import Iterable, Iterator

from agentgen.diagnostics import Diagnostic, Severity, Source, ordered, quoted
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


def suppress(
    diagnostics: Iterable[Diagnostic],
    sources: Iterable[Source],
    settings: LintSettings,
    *,
    report_unused: bool,
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that are wanted, and warnings about comments that suppress nothing."""
    comments = [comment for source in sources for comment in _comments(source)]
    kept = []
    failed: set[str] = set()  # files in which an error may have kept others from being found
    for diagnostic in diagnostics:
        if diagnostic.severity is Severity.ERROR and diagnostic.location is not None:
            failed.add(diagnostic.location.path)
        covering = [comment for comment in comments if comment.covers(diagnostic)]
        for comment in covering:
            comment.used.add(diagnostic.rule)
        if not covering and is_wanted(diagnostic, settings):
            kept.append(diagnostic)
    if report_unused:
        kept += [
            each
            for comment in comments
            if comment.source.path not in failed
            for each in _unused(comment, settings)
            if is_wanted(each, settings)
        ]
    return ordered(kept)


def is_wanted(diagnostic: Diagnostic, settings: LintSettings) -> bool:
    """Say whether the settings leave a diagnostic in."""
    rule = diagnostic.rule
    if not is_selected(rule, settings):
        return False
    path = diagnostic.location.path if diagnostic.location else ""
    return not any(
        rule in rules and fnmatch.fnmatchcase(path, pattern)
        for pattern, rules in settings.per_file_ignores
    )


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


def _unused(comment: _Comment, settings: LintSettings) -> Iterator[Diagnostic]:
    for rule in sorted(comment.rules - comment.used):
        if is_selected(rule, settings):
            where = "this file" if comment.line is None else "this line"
            message = f"there is no {quoted(rule)} in {where} to ignore"
            place = comment.source.at(comment.start, comment.end)
            yield Diagnostic(RULE, message, place, Severity.WARNING, help="remove it")
