"""Our own programs, as an attacker too could use them."""

import harness

FIRST_SIGNED = 20  # days after the first day of a book
LAST_DAY = 40


class Failed(Exception):
    """One of them did not do what it is for."""


def run(name, *words):
    """Runs a program of tests/programs, which has to succeed."""
    status, output, said = harness.run(harness.program(name), *words)
    if status != 0:
        raise Failed(f'{name} {" ".join(map(str, words))}: exit status {status}: {output}{said}')
    return output
