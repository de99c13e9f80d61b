r"""A file that is not UTF-8.

Every client reads UTF-8. A byte of another encoding becomes a replacement character there, or stops
the client from reading the file; and no one can tell for certain which letter it was.

Fails:

    $ printf 'Review the caf\351.\n' > agents/reviewer.md
    $ agentgen lint
    agents/reviewer.md:1:15: error[invalid-encoding]: byte 0xe9 at offset 14 is not UTF-8
      help: save the file as UTF-8

Passes:

    $ printf 'Review the caf\303\251.\n' > agents/reviewer.md
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
