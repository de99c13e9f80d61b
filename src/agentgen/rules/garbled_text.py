"""Text that was read in the wrong encoding once, and saved that way.

`ðŸš€` was a rocket and `â†’` an arrow, until a program took their UTF-8 for Windows-1252. A model
reads the debris as it stands: it costs tokens, and a heading or a list marker is gone.

Fails:

    $ cat agents/rocket.md
    ---
    name: rocket
    description: Launches
    icon: "ðŸš€"
    ---
    Launch.
    $ agentgen lint
    agents/rocket.md:4:8: warning[garbled-text]: `ðŸš€` was read in the wrong encoding
      help: it was `🚀`

Passes:

    $ cat agents/rocket.md
    ---
    name: rocket
    description: Launches
    icon: "🚀"
    ---
    Launch.

What the text was is found with ftfy (https://ftfy.readthedocs.io).
"""

import re
import unicodedata
from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Edit, Severity, Source, Span

SEVERITY = Severity.WARNING

# What the first byte of a UTF-8 sequence looks like in Windows-1252, and what its second does; all
# that stands together, because text can have been garbled twice. The first alone is looked for several
# times as fast, and most texts have none.
_FIRST = re.compile("[\u00c2-\u00f4]")
_SUSPECT = re.compile(
    "(?:[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]+)+"
)

_JUDGED = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each garbled run of characters in each source, by line."""
    for document in checked.documents:
        if _FIRST.search(document.source.text) and _SUSPECT.search(document.source.text):
            yield from _garbled(document.source)


def _garbled(source: Source) -> Iterator[Diagnostic]:
    import ftfy

    for match in _SUSPECT.finditer(source.text):
        meant = ftfy.fix_encoding(match[0])
        if meant != match[0]:
            message = f"`{match[0]}` was read in the wrong encoding"
            help = f"it was `{meant}`"
            place = source.at(*match.span())
            edits = (Edit(Span(*match.span()), meant),) if _is_sure(meant) else ()
            yield Diagnostic(
                "garbled-text", message, place, Severity.WARNING, help=help, edits=edits
            )


def _is_sure(meant: str) -> bool:
    """Say whether a text may be written unseen: controls and debris are for people to judge."""
    visible = all(unicodedata.category(each) not in _JUDGED or each in _JOINERS for each in meant)
    return visible and not _SUSPECT.search(meant)
