"""One agent, as people look at it while they write it: on a terminal, and in a browser."""
