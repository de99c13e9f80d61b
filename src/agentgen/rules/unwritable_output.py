"""A place that artifacts cannot be written to.

A file stands where a folder must be, or a link or a folder where a file must be; the place is among
the sources; another run is writing there; or the disk refuses. Nothing is written through a link,
which could lead anywhere, and nothing is changed unless everything can be.

Fails:

    $ touch build
    $ agentgen render
    error[unwritable-output]: cannot write below `build`: it is not a folder
      help: move it away, or choose another output

Passes:

    $ touch build
    $ agentgen render --output dist

The place is the setting `output`, or the option `--output`.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
