#!/usr/bin/env python3
"""The server killed and started again under a load of postings, again and again: posters reconnect by themselves, find
out what became of what they were not told of, and go on. One client has the same requests sent again in every round,
from the first: each is posted once.

Argument: how many rounds; else ROUNDS, with LEDGER_FAULT_FULL=1 ROUNDS_FULL. SEED replays the moments. The server is
the suite's own, and as durable as it can be.
"""

import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
import posters

ROUNDS = 8
ROUNDS_FULL = 50
CHECK_EVERY = 10
POSTERS = 3
LOAD_S = (0.05, 0.6)  # from the first posting of a round to its kill
ANSWER_TIMEOUT_S = 40


def wait_for_postings(loops):
    """Until each has been told something since."""
    before = [loop.told() for loop in loops]
    deadline = time.monotonic() + ANSWER_TIMEOUT_S
    while any(loop.told() == had for loop, had in zip(loops, before)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def main():
    is_full = os.environ.get('LEDGER_FAULT_FULL') == '1'
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS_FULL if is_full else ROUNDS
    seed = int(os.environ.get('SEED', time.time_ns() % 1000000))
    print(f'# SEED={seed} {rounds} rounds')
    chance = random.Random(seed)
    with posters.MariadbServer(durable=True) as server:
        posters.use_server(server)
        database = posters.new_ledger('crashes')
        loops = [posters.Poster(harness.uri(database), f'p{i}').start() for i in range(POSTERS)]
        retried = posters.Poster(harness.uri(database), 'retried')
        stuck = []
        down_s = []
        for number in range(1, rounds + 1):
            retried.start()
            if not wait_for_postings([*loops, retried]):
                stuck.append(number)
            time.sleep(chance.uniform(*LOAD_S))
            server.kill()
            begin = time.monotonic()
            server.start()
            down_s.append(time.monotonic() - begin)
            if not wait_for_postings([*loops, retried]):
                stuck.append(number)
            retried.stop()
            if number % CHECK_EVERY == 0 and number < rounds:
                harness.check_verify(f'after {number} rounds, under load', database)
        for loop in loops:
            loop.stop()
        every = [*loops, retried]
        again = [line for loop in every for line in loop.again]
        print(f'# the server was killed {rounds} times, and down for {min(down_s):.1f} to {max(down_s):.1f} s; '
              f'posted {[len(loop.acknowledged) for loop in every]}; longest wait '
              f'{max(loop.longest_ms or 0 for loop in every)} ms; {len(again)} calls told of it')
        harness.check('everybody went on after every crash', not stuck, f'stuck in rounds {stuck}')
        harness.check('and said nothing else', not any(loop.faults for loop in every),
                      '\n'.join(fault for loop in every for fault in loop.faults))
        harness.check('nobody needed to be told: each call outlived the crash', not again, '\n'.join(again[:20]))
        posters.check_ledger('in the end', database, every)
    harness.plan()


if __name__ == '__main__':
    main()
