#!/usr/bin/env python3
# backends: sqlite mariadb
"""Imports, driven by the program: every record once, whatever befalls a run; what is rejected, why, and imported again."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness  # noqa: E402 (found by the line above)

ACCOUNTS = 40
DIRECTORY = harness.scratch()


def sale(number, debit='1000', credit='1001', amount=None, **more):
    amount = amount or f'{number % 1000 + 1}.25'
    return {'business_event_type': 'SALE', 'description': f'Sale {number}', 'transaction_date': '2026-02-03', **more,
            'entries': [{'account_code': debit, 'entry_type': 'DEBIT', 'amount': amount},
                        {'account_code': credit, 'entry_type': 'CREDIT', 'amount': amount}]}


def accounts():
    return [{'account': {'account_code': str(1000 + i), 'account_name': f'Account {i}', 'account_type': 'ASSET'}}
            for i in range(ACCOUNTS)]


def write(path, records):
    path.write_text(''.join((record if isinstance(record, str) else json.dumps(record)) + '\n' for record in records),
                    encoding='utf-8')
    return path


def new_ledger(name):
    database = harness.new_database(DIRECTORY, name)
    harness.admin(database, 'init', '--confirm', '--user', 'ana')
    return database


def run_import(database, path, *words, text=None):
    status, output, said = harness.admin(database, '--json', 'import', str(path), '--user', 'ana', *words, text=text)
    return status, json.loads(output or '{}'), said


def query(database, sql):
    return list(harness.rows(harness.read_only(database), sql)[0].values())[0]


def count(database, what='count(*)'):
    return int(query(database, f'SELECT {what} AS number FROM transactions'))


def check_rejects(directory):
    database = new_ledger('rejects')
    bad = [
        (sale(1, debit='9999'), 'account not found: 9999'),
        ('this is no JSON', 'line 43'),
        ({**sale(2), 'colour': 'red'}, 'unknown key \\"colour\\"'),
        (sale(3, amount='1e3'), 'amount'),
        ({'business_event_type': 'SALE', 'description': 'x'}, 'entries'),
        ('[]', 'has to be an object'),
        ({'account': {'account_code': '7', 'account_name': 'x', 'account_type': 'MONEY'}}, 'type or role'),
    ]
    records = accounts() + [sale(0)] + [record for record, _ in bad] + ['', sale(4)]
    path = write(directory / 'rejects.ndjson', records)
    status, result, said = run_import(database, path, '--create-accounts')
    harness.check('what is good is posted, what is bad is not', status == 1 and result['posted'] == 2 and
                  result['rejected'] == len(bad) and result['accounts_created'] == ACCOUNTS, f'{result} {said}')
    rejects = path.with_name(path.name + '.rejects')
    lines = rejects.read_text(encoding='utf-8').splitlines()
    harness.check('each with its reason, in order', len(lines) == len(bad) and
                  all(reason in line for line, (_, reason) in zip(lines, bad)), '\n'.join(lines))
    mended = [json.loads(line) for line in lines]
    again = mended[0]
    again['entries'][0]['account_code'] = '1005'
    status, result, said = run_import(database, write(directory / 'mended.ndjson', [again]))
    harness.check('a mended record is imported with its reason beside it', status == 0 and result['posted'] == 1,
                  f'{result} {said}')
    status, result, said = run_import(database, path)
    harness.check('a file is not imported twice by mistake', status == 1 and count(database) == 3, f'{result} {said}')
    harness.check_verify('rejects', database)


def check_many_rejects(directory):
    """Each of thousands in one batch is told what is wrong with itself, every third time with more than one thing."""
    database = new_ledger('many-rejects')
    total = 12000
    records = accounts()
    expected = []
    for number in range(total):
        if number % 5 == 0:
            records.append(sale(number))
            continue
        credit = f'Y{number}' if number % 3 == 0 else '1001'
        records.append(sale(number, debit=f'X{number}', credit=credit))
        expected.append(f'entry 1: account not found: X{number}' +
                        (f'; entry 2: account not found: {credit}' if number % 3 == 0 else ''))
    path = write(directory / 'many.ndjson', records)
    status, result, said = run_import(database, path, '--create-accounts')
    rejects = path.with_name(path.name + '.rejects')
    found = [json.loads(line)['rejected_because'] for line in rejects.read_text(encoding='utf-8').splitlines()]
    harness.check('thousands of rejects have each its own reasons', status == 1 and found == expected and
                  result['posted'] == total // 5, f'{result} {said[:200]} {len(found)}')
    rejects.unlink()
    status, result, said = run_import(database, path, '--atomic', '--import-id', 'all')
    found = [json.loads(line)['rejected_because'] for line in rejects.read_text(encoding='utf-8').splitlines()]
    harness.check('so they have where all or none are posted', status == 1 and found == expected and
                  count(database) == total // 5, f'{result} {said[:200]} {len(found)}')


def check_nothing_written(directory):
    database = new_ledger('tries')
    path = write(directory / 'tries.ndjson', accounts() + [sale(i) for i in range(50)] + [sale(1, credit='77')])
    before = query(database, 'SELECT log_size FROM integrity_head')
    status, result, said = run_import(database, path, '--create-accounts', '--dry-run')
    after = query(database, 'SELECT log_size FROM integrity_head')
    harness.check('a dry run says what would be', status == 1 and result['posted'] == 50 and result['rejected'] == 1,
                  f'{result} {said}')
    harness.check('and writes nothing', before == after and count(database) == 0)
    status, result, said = run_import(database, path, '--create-accounts', '--atomic')
    harness.check('all or nothing: nothing', status == 1 and count(database) == 0 and result['rejected'] == 1,
                  f'{result} {said}')
    good = write(directory / 'tries.ndjson', [sale(i) for i in range(50)])
    status, result, said = run_import(database, good, '--atomic')
    harness.check('all or nothing: all', status == 0 and count(database) == 50, f'{result} {said}')
    harness.check_verify('tries', database)


def account(code, **more):
    return {'account': {'account_code': code, 'account_name': f'Account {code}', 'account_type': 'ASSET', **more}}


def check_declared(directory):
    """Declared accounts are made many in a commit, and yet each is judged in its place."""
    stretch = 256
    many = [account(f'M{i}', **({'parent_account_code': f'M{i // 2}'} if i else {})) for i in range(2 * stretch + 1)]
    bad = [
        (account('B1', parent_account_code='nowhere'), 'account not found: nowhere, named as the parent'),
        (account('B2 '), 'code'),
        (account('B3', currency='XXX'), 'no active code'),
        ('no JSON', 'line'),
        (account('B4', parent_account_code='B5'), 'account not found: B5'),
        (account('B6', account_type='MONEY'), 'type or role'),
        (sale(2, debit='B4'), 'account not found: B4'),
    ]
    records = [*many[:300], bad[0][0], account('M7'), *many[300:400], bad[1][0], bad[2][0], account('G1'), bad[3][0],
               *many[400:], bad[4][0], account('B5'), bad[5][0], sale(1, debit='B5', credit='M512'), bad[6][0],
               account('G2', parent_account_code='G1')]
    path = write(directory / 'declared.ndjson', records)
    made = len(many) + 3
    rejects = path.with_name(path.name + '.rejects')
    for name, words in (('dry', ['--dry-run']), ('real', []), ('atomic', ['--atomic'])):
        database = new_ledger(f'declared-{name}')
        rejects.unlink(missing_ok=True)
        status, result, said = run_import(database, path, '--create-accounts', *words)
        posted = 0 if name == 'atomic' else 1
        harness.check(f'{name}: declared accounts are made but for the bad ones', status == 1 and
                      result['accounts_created'] == made and result['rejected'] == len(bad) and
                      result['posted'] == posted, f'{result} {said}')
        lines = rejects.read_text(encoding='utf-8').splitlines()
        harness.check(f'{name}: the bad ones are told in the order of the file', len(lines) == len(bad) and
                      all(reason in line for line, (_, reason) in zip(lines, bad)), '\n'.join(lines))
        held = int(query(database, "SELECT count(*) FROM chart_of_accounts"))
        events = int(query(database, "SELECT count(*) FROM audit_log WHERE event_type = 'ACCOUNT_CREATED'"))
        harness.check(f'{name}: each has its row and its event', (held, events) == ((0, 0) if words == ['--dry-run'] else
                      (made, made)), f'{held} {events}')
        if name == 'real':
            order = [row['account_code'] for row in harness.rows(
                harness.read_only(database), 'SELECT account_code FROM chart_of_accounts ORDER BY account_id')]
            wanted = [record['account']['account_code'] for record in records if isinstance(record, dict) and
                      'account' in record and record['account']['account_code'] in order]
            harness.check('in the order of the file', order == list(dict.fromkeys(wanted)), f'{order}')
            before = query(database, 'SELECT log_size FROM integrity_head')
            again = write(directory / 'declared-again.ndjson', many)
            status, result, said = run_import(database, again, '--create-accounts')
            after = query(database, 'SELECT log_size FROM integrity_head')
            harness.check('what is there is only looked up', status == 0 and result['accounts_created'] == 0 and
                          int(after) == int(before) + 1, f'{result} {before} {after} {said}')
            status, result, said = run_import(database, write(directory / 'declared-not.ndjson', [*many, account('N')]))
            harness.check('and is not made unless that is asked for', status == 1 and result['rejected'] == 1 and
                          'account not found: N; --create-accounts' in
                          (directory / 'declared-not.ndjson.rejects').read_text(encoding='utf-8'), f'{result} {said}')
        harness.check_verify(f'declared-{name}', database)


def check_standard_input(directory):
    database = new_ledger('standard')
    text = ''.join(json.dumps(record) + '\n' for record in accounts() + [sale(i) for i in range(20)])
    status, error, said = run_import(database, '-', '--create-accounts', text=text)
    harness.check('standard input wants a name', status == 2 and '--import-id' in error['message'], f'{error} {said}')
    status, result, said = run_import(database, '-', '--create-accounts', '--import-id', 'till', text=text)
    harness.check('and is imported by it', status == 0 and result['posted'] == 20, f'{result} {said}')


def check_killed(directory):
    """Runs killed at any moment, each followed by one that goes on."""
    database = new_ledger('killed')
    number = 30000 if harness.BACKEND == 'sqlite' else 12000
    sales = [sale(i, credit=('1002' if i < 500 else f'K{i // 500}') if i % 97 else '8888') for i in range(number)]
    declared = {i: account(f'K{i // 500}') for i in range(500, number, 500)}
    path = write(directory / 'killed.ndjson', accounts() + [
        record for i, one in enumerate(sales) for record in ([declared[i], one] if i in declared else [one])])
    words = [harness.ADMIN, '--db', harness.uri(database), '--json', 'import', path, '--user', 'ana',
             '--create-accounts', '--resume']
    luck = random.Random(5)
    kills = 0
    while kills < 12:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        time.sleep(luck.uniform(0.02, 0.3))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
    status, result, said = run_import(database, path, '--create-accounts', '--resume')
    expected = number - len([i for i in range(number) if i % 97 == 0])
    harness.check(f'after {kills} kills every record is there once', count(database) == expected and
                  count(database, 'count(DISTINCT description)') == expected, f'{count(database)} {result} {said}')
    held = int(query(database, 'SELECT count(*) FROM chart_of_accounts'))
    harness.check('and every account', held == ACCOUNTS + len(declared), f'{held}')
    harness.check_verify('killed', database)
    text = path.read_text(encoding='utf-8')
    path.write_text(text.replace('Sale 7"', 'Sale 8"', 1), encoding='utf-8')
    status, error, said = run_import(database, path, '--resume')
    harness.check('another file by that name is not gone on with', status == 2 and
                  'is not the file' in error['message'], f'{error} {said}')


def check_two_runs(directory):
    """Two runs of one import at a time: one of them ends, nothing is there twice."""
    database = new_ledger('two')
    number = 20000 if harness.BACKEND == 'sqlite' else 8000
    path = write(directory / 'two.ndjson', accounts() + [sale(i) for i in range(number)])
    words = [harness.ADMIN, '--db', harness.uri(database), 'import', path, '--user', 'ana', '--create-accounts', '--resume']
    runs = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [(run.communicate(), run.returncode) for run in runs]
    run_import(database, path, '--create-accounts', '--resume')
    harness.check('two runs at a time post nothing twice', count(database) == number and
                  count(database, 'count(DISTINCT description)') == number, f'{count(database)} {ends}')
    harness.check_verify('two', database)


def main():
    directory = DIRECTORY
    os.chdir(directory)
    check_rejects(directory)
    check_many_rejects(directory)
    check_nothing_written(directory)
    check_declared(directory)
    check_standard_input(directory)
    check_killed(directory)
    check_two_runs(directory)
    harness.plan()


if __name__ == '__main__':
    main()
