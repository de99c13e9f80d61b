"""An archive holds what no pack of agents needs, or cannot be read.

Archives come from strangers. One with a link, a device, a path that leads out of it, a file twice,
or more in it than a pack has, is not imported at all: whoever made it had something else in mind.
Nothing of an archive is unpacked to the disk in any case.

Fails:

    $ mkdir -p pack && ln -s /etc/passwd pack/tester.md
    $ tar -cf pack.tar pack
    $ agentgen import pack.tar
    pack.tar: error[unsafe-archive]: nothing of this is imported: `pack/tester.md` is a link or no regular file

Passes:

    $ cat pack/tester.md
    ---
    name: tester
    description: Tests changes
    ---
    Test changes.
    $ tar -cf pack.tar pack
    $ agentgen import pack.tar
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
