"""Two sources would be written to the same file.

An artifact is named after its source file, without the folders around it, and neither macOS nor
Windows tells `Style.md` from `style.md`. One of the two texts would be lost without a word.

Fails:

    $ cat prompts/api/style.md
    Handlers stay short.
    $ cat prompts/web/style.md
    Components stay short.
    $ agentgen lint
    prompts/web/style.md: error[artifact-clash]: `style.md` would be written over another artifact
      note: the other one is prompts/api/style.md

Passes:

    $ cat prompts/api/api-style.md
    Handlers stay short.
    $ cat prompts/web/web-style.md
    Components stay short.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
