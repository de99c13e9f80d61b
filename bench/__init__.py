"""Speed, measured from outside: whole processes, in turn, round by round (`make bench`)."""
