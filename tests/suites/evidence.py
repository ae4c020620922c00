#!/usr/bin/env python3
# backends: sqlite mariadb
"""Evidence, consistency proofs and checkpoints, good and spoilt in every member and in many bytes: check-proof and
tools/verify_evidence.py, which share no code, come to the same verdict, and openssl and python's hashes agree. Nothing
is proved of rows that were altered.

Argument: how many bytes are spoilt. Environment: see tests/support/harness.py; SEED replays the places."""

import base64
import contextlib
import copy
import hashlib
import io
import json
import os
import pathlib
import random
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / 'tools'))
import harness
import verify_evidence
from sample import Sample

BYTES_SPOILT = {'sqlite': 300, 'mariadb': 40}
TOOL = harness.TOP / 'tools' / 'verify_evidence.py'
DASH = '\u2014'


class Books:
    """The sample ledger with a key and checkpoints."""

    def __init__(self, top):
        self.top = top
        self.sample = Sample(top).make()
        self.database = self.sample.database
        self.directory = top / 'checkpoints'
        self.directory.mkdir()
        self.key_file = top / 'signing.key'
        self.key = self.json('key', 'generate', '--output', self.key_file, '--user', 'ana')['verifier_key']

    def admin(self, *words, text=None):
        return harness.run(harness.ADMIN, '--db', harness.uri(self.database), *words, text=text, environment={
            'LEDGER_DB_URI': '', 'LEDGER_CHECKPOINT_DIR': str(self.directory), 'LEDGER_CHECKPOINT_KEY_COMMAND': '',
            'LEDGER_CHECKPOINT_KEY_FILE': str(self.key_file), 'CORRECTION_APPROVAL_THRESHOLD': ''})

    def json(self, *words):
        status, output, said = self.admin('--json', *words)
        if status != 0:
            harness.stop(f'{" ".join(map(str, words))}: exit status {status}: {output}{said}')
        return json.loads(output)

    def refused(self, *words):
        status, output, _ = self.admin('--json', *words)
        told = json.loads(output)
        return status, told.get('error'), told.get('message', '')

    def prove(self, transaction, *words):
        path = self.top / 'evidence'
        self.json('prove', '--transaction-id', transaction, '--output', path, *words)
        return path.read_bytes()


def by_program(top, data, key):
    """check-proof, with no ledger anywhere: exit status and what it says."""
    path = top / 'checked'
    path.write_bytes(data)
    return harness.run(harness.ADMIN, '--json', 'check-proof', path, '--key', key,
                       environment={'LEDGER_DB_URI': 'sqlite:////nowhere/at/all.db'})


def by_python(data, key):
    """verify_evidence.py, in this process: whether it holds, and what it says."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            verify_evidence.check(data, [verify_evidence.read_key(word) for word in key.split()])
    except (verify_evidence.Broken, ValueError, RecursionError) as fault:
        return False, str(fault)
    return True, said.getvalue()


def verdict(top, data, key):
    """True, False, or None where the two disagree; and what they said."""
    status, output, said = by_program(top, data, key)
    holds, told = by_python(data, key)
    is_clear = (status == 0) == holds and status in (0, 3)
    return (holds if is_clear else None), f'{status} {output}{said}\n{holds} {told}'


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode() + b'\n'


def without_marks(shown):
    """A transaction as evidence has it, whose texts were erased: no word of them, and no mark either."""
    faults = [text for text in (shown['description'], shown['reversal_reason'], *(e['memo'] for e in shown['entries']))
              if text is not None and not text.startswith('[redacted by event ')]
    harness.check('only marks are left of erased texts', not faults and shown['redacted_by'], shown)
    entries = [{**entry, 'memo': None} for entry in shown['entries']]
    return {**shown, 'description': None, 'reversal_reason': None, 'entries': entries}


def check_sample(books):
    """All of the sample is proved, and what is told is what was posted."""
    made = books.json('checkpoint')
    faults = []
    for posted in books.sample.posted:
        data = books.prove(posted['transaction_id'])
        holds, said = verdict(books.top, data, books.key)
        told = json.loads(by_program(books.top, data, books.key)[1])
        shown = books.json('show', posted['transaction_id'])
        if told['transaction']['texts_are_erased']:
            shown = without_marks(shown)
        same = all(told['transaction'].get(key) == shown[key] for key in (
            'transaction_id', 'transaction_number', 'transaction_date', 'transaction_day', 'posting_date', 'description',
            'business_event_type', 'business_key', 'log_index', 'transaction_hash', 'created_by', 'reversal_reason',
            'reverses_transaction_id')) and told['checkpoint']['root_hash'] == made['root_hash'] and [
                {key: entry[key] for key in told['transaction']['entries'][0]} for entry in shown['entries']
            ] == told['transaction']['entries']
        reversed_by = told['reversed_by']['transaction_id'] if told['reversed_by'] else None
        if not holds or not same or reversed_by != shown['reversed_by_transaction_id'] or data != canonical(json.loads(data)):
            faults.append(f'{posted["transaction_number"]}: {said}')
    harness.check('every transaction of the sample is proved, as it was posted', not faults and len(books.sample.posted) > 30,
                  '\n'.join(faults[:3]))
    return made


def check_events(books):
    """What names a transaction comes with it."""
    events = json.loads(by_program(books.top, books.prove(books.sample.posted[1]['transaction_id']), books.key)[1])['events']
    listed = [event for event in books.json('audit', '--days', '10000')['events']
              if event['transaction_id'] == books.sample.posted[1]['transaction_id'] and
              event['event_type'] not in ('TRANSACTION_POSTED', 'TRANSACTION_REVERSED')]
    harness.check('the refused second reversal is in the evidence', [event['event_type'] for event in events] ==
                  ['REVERSAL_REFUSED'] and [(event['log_index'], event['description'], event['event_metadata'])
                                            for event in events] == [
                      (event['log_index'], event['description'], event['event_metadata']) for event in listed], events)
    events = json.loads(by_program(books.top, books.prove(books.sample.posted[6]['transaction_id']), books.key)[1])['events']
    harness.check('so is a request that waits for approval', [event['event_type'] for event in events] ==
                  ['APPROVAL_REQUESTED'], events)


def split_note(note):
    text, _, lines = note.rpartition('\n\n')
    return text + '\n', lines


def check_openssl(books):
    """What openssl signs is taken, and only under its key."""
    private, public = books.top / 'openssl.pem', books.top / 'openssl.der'
    harness.run('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', private)
    harness.run('openssl', 'pkey', '-in', private, '-pubout', '-outform', 'DER', '-out', public)
    raw = b'\x01' + public.read_bytes()[-32:]
    name = 'example.com/openssl'
    key_id = hashlib.sha256(name.encode() + b'\n' + raw).digest()[:4]
    key = f'{name}+{key_id.hex()}+{base64.b64encode(raw).decode()}'
    root = base64.b64encode(hashlib.sha256(b'').digest()).decode()
    for size in range(20):
        text = f'example.com/log\n{size}\n{root}\nline {"x" * size}\n'
        (books.top / 'text').write_text(text, encoding='utf-8')
        harness.run('openssl', 'pkeyutl', '-sign', '-inkey', private, '-rawin', '-in', books.top / 'text', '-out',
                    books.top / 'signature')
        signature = base64.b64encode(key_id + (books.top / 'signature').read_bytes()).decode()
        note = f'{text}\n{DASH} {name} {signature}\n'.encode()
        holds, said = verdict(books.top, note, key)
        other, _ = verdict(books.top, note, books.key)
        spoilt, _ = verdict(books.top, note.replace(b'line ', b'lime '), key)
        if (holds, other, spoilt) != (True, False, False):
            harness.check('checkpoints that openssl signs', False, f'{holds} {other} {spoilt} {said}')
            return
    harness.check('checkpoints that openssl signs', True)


def check_keys(books, data):
    key_file = books.top / 'ledger.pub'
    key_file.write_text(f'{books.key}\n', encoding='utf-8')
    (books.top / 'checked').write_bytes(data)
    words = [books.top / 'checked', '--key', key_file]
    status, output, said = harness.run(harness.ADMIN, 'check-proof', *words)
    harness.check('the key may be in a file', status == 0 and 'The proof holds.' in output and 'Not proven' in output,
                  output + said)
    status, output, said = harness.run(TOOL, *words)
    harness.check('for the other program too', status == 0 and 'The proof holds.' in output, output + said)
    words[0] = harness.TOP / 'README.md'
    statuses = harness.run(harness.ADMIN, 'check-proof', *words)[0], harness.run(TOOL, *words)[0]
    harness.check('what is no proof ends with 3', statuses == (3, 3), statuses)
    faults = []
    for key in ('', 'nonsense', '/nowhere/at/all', books.key[:-4], books.key.replace('+', '-', 1),
                books.key_file.read_text(encoding='utf-8').strip(), 'a' + books.key):
        words[2] = key
        statuses = harness.run(harness.ADMIN, 'check-proof', *words)[0], harness.run(TOOL, *words)[0]
        if statuses != (2, 2):
            faults.append(f'{key[:12]}: {statuses}')
    harness.check('what is no key ends with 2', not faults, faults)


def places(value, path=()):
    """The path of every member and element."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield path + (key,)
        yield from places(child, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def other(value):
    """Something of the same type."""
    if isinstance(value, str):
        if re.fullmatch('[0-9a-f-]{32,64}', value):
            return ('0' if value[0] != '0' else '1') + value[1:]
        return value + 'x' if not value or not value[-1].isdigit() else value[:-1] + str((int(value[-1]) + 1) % 10)
    if isinstance(value, bool) or value is None:
        return 'x'
    if isinstance(value, int):
        return value + 1
    return {} if isinstance(value, dict) else []


def spoil_members(value):
    """Each member and element changed, removed, doubled, of another type; each object with one more."""
    for path in [*places(value)]:
        parent, key = path[:-1], path[-1]
        for what in ('other', 'gone', 'null', 'list', 'more', 'twice', 'fraction'):
            spoilt = copy.deepcopy(value)
            holder = at(spoilt, parent)
            old = holder[key]
            if what == 'gone':
                del holder[key]
            elif what == 'more' and isinstance(old, dict):
                old['zzz'] = 'superfluous'
            elif what == 'twice' and isinstance(holder, list):
                holder.insert(key, copy.deepcopy(old))
            elif what == 'fraction' and isinstance(old, int):
                holder[key] = float(old)
            elif what in ('other', 'null', 'list'):
                holder[key] = {'other': other(old), 'null': None, 'list': [old]}[what]
            if spoilt != value or what == 'fraction' and isinstance(old, int):
                yield f'{what} {".".join(map(str, path))}', canonical(spoilt)


def spoil_where_it_shows(value):
    """What was left out whole shows to nobody: less is proven then, and nothing false. Both programs say so."""
    for what, spoilt in spoil_members(value):
        if not re.fullmatch(r'other events|gone events\.[0-9]+|gone reversed_by', what):
            yield what, spoilt


def check_left_out(books, data):
    bundle = json.loads(data)
    for what, less in (('events', {**bundle, 'events': []}),
                       ('its reversal', {key: value for key, value in bundle.items() if key != 'reversed_by'})):
        holds, said = verdict(books.top, canonical(less), books.key)
        (books.top / 'checked').write_bytes(canonical(less))
        _, output, _ = harness.run(harness.ADMIN, 'check-proof', books.top / 'checked', '--key', books.key)
        harness.check(f'a bundle without {what} proves less, and that is said', holds and less != bundle and
                      'Not proven: that nothing else concerns it' in output and
                      'Not proven: that nothing else concerns' in said, output + said)


def spoil_layout(data):
    """The same facts, written otherwise."""
    text = data.decode()
    yield 'indented', json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False).encode() + b'\n'
    yield 'unsorted', json.dumps(dict(reversed(json.loads(text).items())), separators=(',', ':')).encode() + b'\n'
    yield 'without its end', data[:-1]
    yield 'with one more', data + b'\n'
    yield 'line ends of another system', data.replace(b'\n', b'\r\n')
    yield 'a byte order mark', b'\xef\xbb\xbf' + data
    yield 'a blank before', b' ' + data
    yield 'an escape', data.replace(b'"format"', b'"f\\u006frmat"')
    yield 'a number with a point', re.sub(rb'"log_index":([0-9]+)', rb'"log_index":\1.0', data, count=1)
    yield 'a number with an exponent', re.sub(rb'"log_index":([0-9]+)', rb'"log_index":\1e0', data, count=1)
    yield 'a number with a zero before', re.sub(rb'"log_index":([0-9]+)', rb'"log_index":0\1', data, count=1)
    yield 'a key twice', data.replace(b'{"checkpoint":', b'{"checkpoint":"x","checkpoint":', 1)
    yield 'another format', data.replace(b'-evidence/1', b'-evidence/2').replace(b'-consistency/1', b'-consistency/2')
    yield 'nothing', b''
    yield 'a bracket', b'{'
    yield 'an empty object', b'{}\n'
    yield 'a list', b'[' + data[:-1] + b']\n'
    yield 'brackets without end', b'{"checkpoint":' + b'[' * 100000


def spoil_bytes(data, count, chance):
    """One byte each: all regions get their share."""
    for i in range(count):
        place = (len(data) * i // count + chance.randrange(max(1, len(data) // count))) % len(data)
        what = chance.choice(('bit', 'gone', 'twice', 'swap', 'byte'))
        if what == 'bit':
            spoilt = data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1:]
        elif what == 'gone':
            spoilt = data[:place] + data[place + 1:]
        elif what == 'twice':
            spoilt = data[:place] + data[place:place + 1] + data[place:]
        elif what == 'swap':
            spoilt = data[:place] + data[place:place + 2][::-1] + data[place + 2:]
        else:
            spoilt = data[:place] + bytes([chance.randrange(256)]) + data[place + 1:]
        if spoilt != data:
            yield f'{what} at {place}', spoilt


def check_spoilt(books, name, data, spoilings):
    """Every one of them is refused by both."""
    faults = []
    count = 0
    for what, spoilt in spoilings:
        if spoilt == data:
            continue
        holds, said = verdict(books.top, spoilt, books.key)
        count += 1
        if holds is not False:
            faults.append(f'{what}: {"accepted" if holds else "no agreement"}: {said[:600]}')
    harness.check(f'{name} of {len(data)} bytes is refused, spoilt in {count} ways', not faults and count > 0,
                  '\n'.join(faults[:4]))


def check_erased(books, data):
    """A bundle whose texts are not given, but their hash, as after a redaction."""
    bundle = json.loads(data)
    transaction = bundle['transaction']
    del transaction['texts'], transaction['texts_salt']
    transaction['texts_hash'] = transaction['content']['texts_hash']
    holds, said = verdict(books.top, canonical(bundle), books.key)
    told = json.loads(by_program(books.top, canonical(bundle), books.key)[1])
    harness.check('erased texts leave the rest proved', holds and told['transaction']['texts_are_erased'] and
                  told['transaction']['description'] is None, said)
    transaction['texts_hash'] = other(transaction['texts_hash'])
    harness.check('but not by another hash', verdict(books.top, canonical(bundle), books.key)[0] is False)


def check_mixtures(books, first, second):
    """Parts of two good bundles."""
    left, right = json.loads(first), json.loads(second)
    mixtures = []
    for key in right['transaction']:
        mixed = copy.deepcopy(left)
        mixed['transaction'][key] = right['transaction'][key]
        if mixed != left:
            mixtures.append((key, canonical(mixed)))
    if 'reversed_by' in left:
        mixtures.append(('a reversal of another', canonical({**right, 'reversed_by': left['reversed_by']})))
        mixtures.append(('itself for its reversal', canonical({**left, 'reversed_by': left['transaction']})))
        mixtures.append(('the reversal for the original', canonical({**left, 'transaction': left['reversed_by']})))
    if left['events']:
        mixtures.append(('events of another', canonical({**right, 'events': left['events']})))
    check_spoilt(books, 'a mixture of two bundles', first, mixtures)


def check_consistency(books, old, spoilt_count, chance):
    """Old checkpoints under the newest, and across a rotation of the key."""
    path = books.top / 'consistency'
    checkpoints = sorted(books.directory.iterdir())
    faults = []
    for checkpoint in checkpoints:
        books.json('prove-consistency', checkpoint, '--output', path)
        holds, said = verdict(books.top, path.read_bytes(), books.key)
        if not holds:
            faults.append(f'{checkpoint}: {said}')
    harness.check('every checkpoint is the beginning of the newest', len(checkpoints) > 2 and not faults, faults)
    books.json('prove-consistency', checkpoints[0], '--output', path)
    data = path.read_bytes()
    for what, spoilings in (('members', spoil_members(json.loads(data))), ('layout', spoil_layout(data)),
                            ('bytes', spoil_bytes(data, spoilt_count, chance))):
        check_spoilt(books, f'a consistency proof ({what})', data, spoilings)
    status, name, message = books.refused('prove-consistency', checkpoints[-1], '--checkpoint', checkpoints[0])
    harness.check('the newer one cannot be the older', (status, name) == (1, 'LEDGER_CHECKPOINT_NOT_FOUND'), message)
    note = checkpoints[0].read_bytes()
    check_spoilt(books, 'a checkpoint', note, spoil_bytes(note, spoilt_count, chance))
    harness.check('a checkpoint alone holds', verdict(books.top, note, books.key)[0] is True)
    more = note + f'{DASH} witness.example/w AAAAAAA=\n'.encode()
    harness.check('a signature of a witness does it no harm', verdict(books.top, more, books.key)[0] is True)
    harness.check('the first checkpoint is known by its size', json.loads(by_program(books.top, note, books.key)[1])[
        'checkpoint']['log_size'] == old['log_size'])


def check_positions(books, old):
    """What came after the checkpoint is told or left out."""
    transaction = books.sample.posted[2]['transaction_id']
    old_file = sorted(books.directory.iterdir())[0]
    reversal = books.json('reverse', '--transaction-id', transaction, '--reason', 'late', '--user', 'ana')
    for what in (transaction, reversal['transaction_id']):
        status, name, message = books.refused('prove', '--transaction-id', what, '--output', books.top / 'none')
        harness.check('without a checkpoint that covers all there is no proof', (status, name) ==
                      (1, 'LEDGER_CHECKPOINT_NOT_FOUND') and 'make a new one with checkpoint' in message and
                      not (books.top / 'none').exists(), f'{name} {message}')
    data = books.prove(transaction, '--checkpoint', old_file)
    told = json.loads(by_program(books.top, data, books.key)[1])
    harness.check('by an old checkpoint it is proved as of then', verdict(books.top, data, books.key)[0] and
                  told['reversed_by'] is None and told['checkpoint']['log_size'] == old['log_size'], told)
    books.json('checkpoint')
    told = json.loads(by_program(books.top, books.prove(transaction), books.key)[1])
    harness.check('by a new one with its reversal', told['reversed_by']['transaction_id'] == reversal['transaction_id'], told)
    status, name, _ = books.refused('prove', '--transaction-id', '20260101-999999', '--output', books.top / 'none')
    harness.check('a transaction has to exist', (status, name) == (1, 'LEDGER_TRANSACTION_NOT_FOUND'), name)
    foreign = books.top / 'foreign.checkpoint'
    foreign.write_text(old_file.read_text(encoding='utf-8').replace('ledger/', 'ledger/x', 1), encoding='utf-8')
    status, name, message = books.refused('prove', '--transaction-id', transaction, '--output', books.top / 'none',
                                          '--checkpoint', foreign)
    harness.check('a checkpoint of another log proves nothing', (status, name) == (3, 'LEDGER_PROOF_IS_INVALID') and
                  'another log' in message, f'{name} {message}')


def check_rotation(books):
    """A bundle under the new key; an old checkpoint under the old one."""
    old_key = books.key
    old_file = sorted(books.directory.iterdir())[0]
    rotated = books.json('key', 'rotate', '--output', books.top / 'new.key', '--user', 'ana')
    books.key_file = books.top / 'new.key'
    books.json('clock', 'accept', '--user', 'ana', '--reason', 'an event more')
    books.json('checkpoint')
    new_key = rotated['verifier_key']
    data = books.prove(books.sample.posted[0]['transaction_id'])
    verdicts = [verdict(books.top, data, key)[0] for key in (new_key, old_key, f'{old_key} {new_key}')]
    harness.check('after a rotation the new key counts', verdicts == [True, False, True], verdicts)
    books.json('prove-consistency', old_file, '--output', books.top / 'consistency')
    data = (books.top / 'consistency').read_bytes()
    verdicts = [verdict(books.top, data, key)[0] for key in (new_key, old_key, f'{old_key}\n{new_key}\n')]
    harness.check('from the old key to the new both are needed', verdicts == [False, False, True], verdicts)


# What is done to the transaction whose id is ?, and what is said then; the last to the log itself.
DAMAGES = {
    'sqlite': [
        ('a text', "UPDATE transaction_rows SET description = 'other' WHERE transaction_id = ?",
         'LEDGER_INTEGRITY_IS_VIOLATED', 'transaction.record'),
        ('an amount', 'UPDATE entry_rows SET amount_minor = amount_minor + 1 WHERE entry_key >> 16 = (SELECT log_index FROM '
         'transaction_rows WHERE transaction_id = ?)', 'LEDGER_INTEGRITY_IS_VIOLATED', 'transaction.'),
        ('who posted it', 'UPDATE transaction_rows SET created_by = created_by + 1 WHERE transaction_id = ?',
         'LEDGER_INTEGRITY_IS_VIOLATED', 'transaction.'),
        ('a record_hash', 'UPDATE transaction_rows SET record_hash = zeroblob(32) WHERE transaction_id = ?',
         'LEDGER_INTEGRITY_IS_VIOLATED', 'transaction.record'),
        ('the open leaves', 'UPDATE head_row SET open_leaves = zeroblob(length(open_leaves)) WHERE ? IS NOT NULL',
         'LEDGER_LOG_IS_INCONSISTENT', 'root'),
    ],
    'mariadb': [
        ('a text', "UPDATE transactions SET description = 'other' WHERE transaction_id = ?",
         'LEDGER_INTEGRITY_IS_VIOLATED', 'transaction.record'),
        ('an amount', 'UPDATE journal_entries SET amount = amount + 1 WHERE transaction_id = ?',
         'LEDGER_INTEGRITY_IS_VIOLATED', 'transaction.'),
        ('who posted it', "UPDATE transactions SET created_by = 'bob' WHERE transaction_id = ?",
         'LEDGER_INTEGRITY_IS_VIOLATED', 'transaction.'),
    ],
}


def check_damage(books):
    """Nothing is proved of what was altered; at the end, since the ledger stays damaged."""
    for place, (what, sql, outcome, words) in enumerate(DAMAGES[harness.BACKEND]):
        transaction = books.sample.posted[10 + place]['transaction_id']
        literal = f"x'{transaction.replace('-', '')}'" if harness.BACKEND == 'sqlite' else f"'{transaction}'"
        harness.damage(books.database, sql.replace('?', literal))
        status, name, message = books.refused('prove', '--transaction-id', transaction, '--output', books.top / 'none')
        harness.check(f'{what} was altered: no proof, and why', (status, name) == (3, outcome) and words in message,
                      f'{status} {name} {message}')
    harness.check('nothing was written', not (books.top / 'none').exists())


def main():
    seed = os.environ.get('SEED', '6962')
    chance = random.Random(seed)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else BYTES_SPOILT[harness.BACKEND]
    books = Books(harness.scratch())
    old = check_sample(books)
    check_events(books)
    first = books.prove(books.sample.posted[1]['transaction_id'])
    second = books.prove(books.sample.posted[0]['transaction_id'])
    check_keys(books, first)
    check_left_out(books, first)
    check_openssl(books)
    if harness.BACKEND == 'sqlite':
        check_spoilt(books, 'a bundle (members)', first, spoil_where_it_shows(json.loads(first)))
        check_mixtures(books, first, second)
    check_spoilt(books, 'a bundle (layout)', second, spoil_layout(second))
    check_spoilt(books, 'a bundle (bytes)', first, spoil_bytes(first, count, chance))
    check_erased(books, first)
    check_positions(books, old)
    books.json('clock', 'accept', '--user', 'ana', '--reason', 'an event more')
    books.json('checkpoint')
    check_consistency(books, old, count // 3, chance)
    check_rotation(books)
    check_damage(books)
    harness.plan()


if __name__ == '__main__':
    main()
