"""The part of bench/run that reads one journal with ledger, hledger and beancount beside ours."""
import re
import shutil
import subprocess
from decimal import Decimal

from measuring import (BenchFault, Row, Spent, admin, database_remove, database_uri, in_turns, median_spent,
                       row_of_memory, row_of_time, run, run_json, say, spend)

JOURNAL_TRANSACTIONS = 1000000
BALANCES = 'SELECT account, sum(position) GROUP BY account'

# name, its words before the file and behind it, the form of the file, how many times faster ours is asked to be
PEERS = (
    ('ledger', ('ledger', '-f'), ('bal',), 'journal', 2),
    ('hledger', ('hledger', '-f'), ('bal',), 'journal', 6),
    ('bean-check', ('bean-check', '-C'), (), 'beancount', None),
    ('bean-query', ('bean-query',), (BALANCES,), 'beancount', None),
)


def version():
    """Of those that are installed."""
    found = []
    for name in ('ledger', 'hledger', 'bean-check'):
        if shutil.which(name):
            said = subprocess.run([name, '--version'], capture_output=True, text=True, check=False).stdout
            number = re.search(r'\d+\.[\d.]*\d', said)
            found.append(f'{name} {number.group() if number else "of unknown version"}')
    return ', '.join(found) or 'no peer installed'


def import_and_balance(path, journal):
    """A new ledger, the import, the trial balance: the two processes together."""
    uri = database_uri(path)
    database_remove(path)
    run(*admin(uri, 'init', '--confirm', '--user', 'bench'))
    parts = [spend(*admin(uri, '--quiet', 'import', journal, '--create-accounts', '--user', 'bench')),
             spend(*admin(uri, 'trial-balance'))]
    return Spent(sum(part.seconds for part in parts), max(part.peak_mib for part in parts))


def check_balances(path, journal):
    """What is measured has to be the same: our trial balance is ledger's balances, to the cent."""
    ours = {account['account_code']: Decimal(account['debit'] or 0) - Decimal(account['credit'] or 0)
            for account in run_json(*admin(database_uri(path), '--json', 'trial-balance'))['accounts']}
    theirs = {}
    for line in run('ledger', '-f', journal, 'bal', '--flat', '--no-total').splitlines():
        amount, _, account = line.split()
        theirs[account] = Decimal(amount)
    if {name: amount for name, amount in ours.items() if amount != 0} != theirs:
        raise BenchFault(f'our balances of {journal} are not those of ledger')


def measure_peers(workspace, quick):
    count = min(JOURNAL_TRANSACTIONS, workspace.transactions)
    path = workspace.path('journal.db')
    peers = [peer for peer in PEERS if shutil.which(peer[1][0])]
    files = {form: workspace.generated(form, count) for form in {'journal', *(peer[3] for peer in peers)}}

    def measured(name, words):
        say(f'peers: {name}')
        return spend(*words)

    modes = {'ours': lambda: import_and_balance(path, files['journal'])}
    for name, before, behind, form, _ in peers:
        modes[name] = lambda words=(*before, files[form], *behind), name=name: measured(name, words)
    found = {name: median_spent(values) for name, values in in_turns(workspace.rounds, modes).items()}
    if 'ledger' in found:
        check_balances(path, files['journal'])
    ours = found['ours']
    rows = []
    for name, before, behind, _, least in peers:
        spent = found[name]
        ratio = spent.seconds / ours.seconds
        words = ' '.join((*before, 'X', *(('balances',) if behind == (BALANCES,) else behind)))
        rows.append(Row(f'import of a journal of {count:,} and a trial balance', f'{ours.seconds:.2f} s',
                        f'`{words}` {spent.seconds:.2f} s, {spent.peak_mib:,.0f} MiB', f'{ratio:.1f} × faster',
                        '' if least is None else f'at least {least} ×', None if least is None else ratio >= least))
    again = median_spent([spend(*admin(database_uri(path), 'trial-balance')) for _ in range(max(workspace.rounds, 3))])
    database_remove(path)
    return rows + [row_of_memory(f'import of a journal of {count:,} and a trial balance', ours.peak_mib),
                   row_of_time('the second trial balance, whole process', again.seconds * 1000, 20)]
