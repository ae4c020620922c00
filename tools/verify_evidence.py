#!/usr/bin/env python3
"""Checks what `ledger-admin prove`, `prove-consistency` or `checkpoint` wrote, for an auditor who trusts none of the
programs of the ledger.

    verify_evidence.py FILE --key KEY

KEY is the ledger's public key ("name+id+base64"), or a file with it. Get it another way than the file. Exit status: 0
it holds, 3 it does not, 2 file or key cannot be read.

This is all there is to read: one file, Python's standard library, nothing shared with the ledger. From the bottom up it
makes every hash again and compares:

    texts and entries -> content -> record -> event -> leaf of the tree -> root of the tree -> signature of the key

The forms that are hashed stand in docs/HASHES.md, the files in docs/PROOFS.md, the tree in RFC 6962, the signature in
RFC 8032, notes and checkpoints at c2sp.org/signed-note and c2sp.org/tlog-checkpoint.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from datetime import datetime
from decimal import Decimal


class Broken(Exception):
    """A link that does not hold, and which."""


def require(holds, fault):
    if not holds:
        raise Broken(fault)


# --- Ed25519 (RFC 8032, section 5.1): points of the curve -x² + y² = 1 + d x² y² over the field of p ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(left, right):
    """The sum of two points in extended coordinates (X, Y, Z, T), x = X/Z, y = Y/Z, T = XY/Z."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % P
    b = (left[1] + left[0]) * (right[1] + right[0]) % P
    c = 2 * left[3] * right[3] * D % P
    d = 2 * left[2] * right[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number, point):
    result = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def decompress(data):
    """The point of 32 bytes: y, and one bit that says which of the two x; None where there is none."""
    y = int.from_bytes(data, 'little') & (2**255 - 1)
    is_odd = data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or x * x % P != square or (x == 0 and is_odd):
        return None
    if x & 1 != is_odd:
        x = P - x
    return x, y, 1, x * y % P


def compress(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, 'little')


BASE = decompress((4 * pow(5, -1, P) % P).to_bytes(32, 'little'))


def ed25519_holds(public_key, message, signature):
    """Whether S·B = R + k·A, with k = SHA-512(R, A, message)."""
    point = decompress(public_key)
    s = int.from_bytes(signature[32:], 'little')
    if point is None or len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), 'little') % ORDER
    minus_key = (P - point[0], point[1], 1, P - point[3])
    return compress(add(multiply(s, BASE), multiply(k, minus_key))) == signature[:32]


# --- Signed notes: a text, an empty line, and lines "— name base64(4 bytes of key id, signature)" ---

def decode(text):
    """Base 64 in its one form, None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_name(name):
    return (0 < len(name.encode()) <= 200 and '+' not in name
            and not any(letter.isspace() or ord(letter) < 0x20 or 0x7f <= ord(letter) < 0xa0 for letter in name))


def read_key(text):
    """A verifier key as (name, id, 32 bytes). The id follows from the rest, so that a slip in copying shows."""
    name, key_id, data = text.split('+', 2)
    raw = decode(data)
    if not is_name(name) or not re.fullmatch('[0-9a-f]{8}', key_id) or raw is None or len(raw) != 33 or raw[0] != 1:
        raise ValueError('it is not of the form name+id+base64 of an Ed25519 key')
    if hashlib.sha256(name.encode() + b'\n' + raw).hexdigest()[:8] != key_id:
        raise ValueError('its id is not that of its name and its bytes')
    return name, key_id, raw[1:]


def check_note(note, keys, place):
    """The text of a note that one of the keys signed; a bad signature of any of them rejects it. Signatures of keys that
    are not known here (witnesses, say) count for nothing."""
    require(len(note.encode()) <= 2**20 and not re.search('[\x00-\x09\x0b-\x1f]', note), f'{place}: control characters')
    text, separator, signatures = note.rpartition('\n\n')
    text += '\n'
    require(separator and signatures.endswith('\n'), f'{place}: no signatures')
    lines = signatures[:-1].split('\n')
    require(len(lines) <= 100, f'{place}: more than 100 signatures')
    signed_by = []
    for line in lines:
        dash, name, signature = (line.split(' ', 2) + ['', ''])[:3]
        raw = decode(signature)
        require(dash == '—' and is_name(name) and raw is not None and len(raw) > 4, f'{place}: a malformed signature line')
        for key in keys:
            if key[0] == name and key[1] == raw[:4].hex():
                require(ed25519_holds(key[2], text.encode(), raw[4:]), f'{place}: the signature of {name} does not hold')
                signed_by.append(key)
    require(signed_by, f'{place}: none of the trusted keys signed it')
    return text, signed_by[0]


def check_checkpoint(note, keys, place):
    """{origin, size, root, time} of a checkpoint: three lines, then lines of extensions."""
    text, key = check_note(note, keys, place)
    lines = text[:-1].split('\n')
    require(len(lines) >= 3 and all(lines), f'{place}: not the lines of a checkpoint')
    root = decode(lines[2])
    require(re.fullmatch('0|[1-9][0-9]{0,18}', lines[1]) and int(lines[1]) < 2**63, f'{place}: the second line is no size')
    require(root is not None and len(root) == 32, f'{place}: the third line is no root hash')
    known = [line.split(' ', 1) for line in lines[3:] if re.match('(time|guards|guards-changed|grants) ', line)]
    said = dict(known)
    require(len(said) == len(known) and all(said.values()), f'{place}: an extension line is empty or stands twice')
    require(is_time(said.get('time', '1970-01-01T00:00:00.000000Z')), f'{place}: its time is none')
    for what in ('guards', 'grants'):
        require(re.fullmatch('sha256:[0-9a-f]{64}', said.get(what, 'sha256:' + '0' * 64)), f'{place}: its {what} are none')
    return {'origin': lines[0], 'size': int(lines[1]), 'root': root, 'time': said.get('time'), 'key': key}


# --- The tree (RFC 6962, section 2.1), as checked in RFC 9162, sections 2.1.3.2 and 2.1.4.2 ---

def sha256(data):
    return hashlib.sha256(data).digest()


def climb(node, last, old, new, proof):
    """Goes up from a node to the root with one hash of the proof a level; `old` takes those to the left alone. The last
    node of a level has no sibling where their number is odd: such levels are passed over."""
    for sibling in proof:
        require(last > 0, 'the proof is too long')
        if node & 1 or node == last:
            old, new = sha256(b'\x01' + sibling + old), sha256(b'\x01' + sibling + new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = sha256(b'\x01' + new + sibling)
        node, last = node >> 1, last >> 1
    require(last == 0, 'the proof is too short')
    return old, new


def check_inclusion(index, size, leaf, proof, root):
    require(index < size, 'the position is beyond the checkpoint')
    require(climb(index, size - 1, leaf, leaf, proof)[1] == root, 'the proof does not lead to the root of the checkpoint')


def check_consistency(old_size, size, old_root, root, proof):
    require(old_size <= size, 'the old checkpoint is the larger one')
    if old_size in (0, size):
        require(not proof and (old_size < size or old_root == root), 'the checkpoints contradict each other')
        require(old_size > 0 or old_root == sha256(b''), 'the old checkpoint is of no empty log')
        return
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    if old_size & (old_size - 1) == 0:
        proof = [old_root, *proof]
    require(proof, 'the proof is too short')
    require(climb(node, last, proof[0], proof[0], proof[1:]) == (old_root, root), 'the proof does not lead from the old '
            'root to the new one')


def read_proof(text, head, checkpoint, place):
    """The number and the hashes of a proof: a line "<head><number>", a hash a line, an empty line, and once more the
    checkpoint that it is by."""
    require(text.startswith(head), f'{place}: does not begin with "{head}"')
    lines, separator, note = text[len(head):].partition('\n\n')
    number, *hashes = lines.split('\n')
    hashes = [decode(line) for line in hashes]
    require(separator and note == checkpoint, f'{place}: is by another checkpoint')
    require(re.fullmatch('0|[1-9][0-9]{0,18}', number) and all(one is not None and len(one) == 32 for one in hashes),
            f'{place}: a number or hash of it is malformed')
    return int(number), hashes


# --- The hashed forms (docs/HASHES.md): which members each has, a question mark for those that may be absent ---

FORMS = {
    'the bundle': 'checkpoint text, events list, format text, reversed_by object?, transaction object',
    'the proof': 'checkpoint text, format text, old_checkpoint text, proof text',
    'transaction': 'content object, entries list, event object, proof text, record object, texts object?, texts_hash hash?, '
                   'texts_salt salt?, transaction_hash hash',
    'proven event': 'event object, proof text',
    'texts': 'description text?, memos list?, reversal_reason text?',
    'entry/1': 'account_code text, amount amount, business_unit text?, cost_center text?, currency text, entry_number count, '
               'entry_type text, form text, project_code text?, transaction_id id',
    'content/1': 'business_event_type text, business_key text?, created_by text?, entry_hashes list, form text, '
                 'idempotency_fingerprint hash?, idempotency_key text?, principal text?, reverses_transaction_id id?, '
                 'source_ip text?, source_system text?, texts_hash hash, transaction_date time, transaction_day day, '
                 'transaction_id id',
    'record/1': 'content_hash hash, form text, log_index count, posting_date time, transaction_number text',
    'event/1': 'action text, description text?, event_metadata object?, event_timestamp time, event_type text, form text, '
               'log_index count, outcome text, principal text?, record_hash hash?, severity text, source_ip text?, '
               'source_system text?, transaction_id id?, user_id text?',
}


def is_time(text):
    """2026-01-31T23:59:59.000000Z, and no other way to write it."""
    try:
        return datetime.fromisoformat(text[:-1]).isoformat(timespec='microseconds') + 'Z' == text
    except ValueError:
        return False


def is_amount(text):
    return bool(re.fullmatch('(0|[1-9][0-9]{0,16})[.][0-9]{2}', text)) and 0 < Decimal(text) * 100 < 2**63


TYPES = {
    'text': lambda value: isinstance(value, str),
    'count': lambda value: type(value) is int and value >= 0,
    'hash': lambda value: isinstance(value, str) and re.fullmatch('[0-9a-f]{64}', value),
    'salt': lambda value: isinstance(value, str) and re.fullmatch('[0-9a-f]{32}', value),
    'id': lambda value: isinstance(value, str) and re.fullmatch('[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', value),
    'time': lambda value: isinstance(value, str) and is_time(value),
    'day': lambda value: isinstance(value, str) and is_time(value + 'T00:00:00.000000Z'),
    'amount': lambda value: isinstance(value, str) and is_amount(value),
    'list': lambda value: isinstance(value, list),
    'object': lambda value: isinstance(value, dict),
}


def check_form(value, form, place):
    """That an object has the members of its form and no other: nothing in a bundle goes unchecked."""
    require(isinstance(value, dict), f'{place}: is no object')
    members = dict(member.split() for member in FORMS[form].split(', '))
    for key in value:
        require(key in members, f'{place}: has the superfluous member {key}')
        require(TYPES[members[key].rstrip('?')](value[key]), f'{place}.{key}: is no {members[key]}')
    for key, kind in members.items():
        require(key in value or kind.endswith('?'), f'{place}: lacks {key}')
    require(value.get('form', form) == form, f'{place}: is not of the form {form}')


def canonical(value):
    """RFC 8785: no white space, members sorted, as few escapes as can be."""
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False)


def hash_of(value, prefix=b''):
    return hashlib.sha256(prefix + canonical(value).encode()).hexdigest()


def read_json(text):
    """The value of a file that is canonical JSON and one line feed: there is one text for what it says."""
    def whole(digits):
        require(len(digits) < 18 and abs(int(digits)) < 2**53, 'a number is too large')
        return int(digits)

    def refuse(number):
        raise Broken(f'{number} is no whole number')

    def members(pairs):
        require(all(key.isascii() for key, _ in pairs), 'the name of a member is not ASCII')
        return dict(pairs)

    value = json.loads(text, parse_int=whole, parse_float=refuse, parse_constant=refuse, object_pairs_hook=members)
    require(canonical(value) + '\n' == text, 'it is not canonical JSON (RFC 8785) and one line feed')
    return value


# --- A bundle ---

def check_event(event, proof, checkpoint, note, place):
    """That an event is the leaf at its position."""
    index, hashes = read_proof(proof, 'c2sp.org/tlog-proof@v1\nindex ', note, f'{place}.proof')
    require(index == event['log_index'], f'{place}.proof: is of another position')
    leaf = bytes.fromhex(hash_of(event, b'\x00'))
    try:
        check_inclusion(index, checkpoint['size'], leaf, hashes, checkpoint['root'])
    except Broken as fault:
        raise Broken(f'{place}.proof: {fault}') from None


def check_texts(transaction, content, place):
    """The free texts with their salt, or where they were erased the hash alone."""
    if 'texts' not in transaction:
        require('texts_salt' not in transaction and transaction.get('texts_hash') == content['texts_hash'],
                f'{place}.texts_hash: is not that of the content')
        return
    texts = transaction['texts']
    check_form(texts, 'texts', f'{place}.texts')
    require('texts_salt' in transaction and 'texts_hash' not in transaction, f'{place}: has to have texts with their salt')
    require(hash_of(texts, bytes.fromhex(transaction['texts_salt'])) == content['texts_hash'],
            f'{place}.texts: do not give the texts_hash of the content')
    memos = texts.get('memos', [None] * len(transaction['entries']))
    require(len(memos) == len(transaction['entries']) and all(memo is None or isinstance(memo, str) for memo in memos),
            f'{place}.texts.memos: are not one for each entry')


def check_entries(transaction, content, place):
    entries = transaction['entries']
    sums = {}
    require(len(entries) == len(content['entry_hashes']) >= 2, f'{place}.entries: are not as many as in the content')
    for number, (entry, expected) in enumerate(zip(entries, content['entry_hashes']), 1):
        check_form(entry, 'entry/1', f'{place}.entries[{number - 1}]')
        require(hash_of(entry) == expected, f'{place}.entries[{number - 1}]: its hash is not the one in the content')
        require(entry['entry_number'] == number and entry['transaction_id'] == content['transaction_id'] and
                entry['entry_type'] in ('DEBIT', 'CREDIT'), f'{place}.entries[{number - 1}]: is of another transaction')
        sign = 1 if entry['entry_type'] == 'DEBIT' else -1
        sums[entry['currency']] = sums.get(entry['currency'], 0) + sign * Decimal(entry['amount'])
    require(len(sums) <= 32 and not any(sums.values()), f'{place}.entries: debits differ from credits')
    # The hash of the ledger's runbook, which is older than all others.
    date = datetime.fromisoformat(content['transaction_date'][:-1]).isoformat()
    runbook = {'transaction_id': content['transaction_id'], 'transaction_date': date, 'entries': [
        {'account': entry['account_code'], 'amount': entry['amount'], 'type': entry['entry_type']} for entry in entries]}
    require(hashlib.sha256(json.dumps(runbook, sort_keys=True).encode()).hexdigest() == transaction['transaction_hash'],
            f'{place}.transaction_hash: is not that of the entries')


def check_transaction(transaction, checkpoint, note, place):
    check_form(transaction, 'transaction', place)
    content, record, event = transaction['content'], transaction['record'], transaction['event']
    check_form(content, 'content/1', f'{place}.content')
    check_form(record, 'record/1', f'{place}.record')
    check_form(event, 'event/1', f'{place}.event')
    check_entries(transaction, content, place)
    check_texts(transaction, content, place)
    require(hash_of(content) == record['content_hash'], f'{place}.content: its hash is not the content_hash of the record')
    require(hash_of(record) == event.get('record_hash'), f'{place}.record: its hash is not the record_hash of the event')
    number = re.fullmatch('([0-9]{8})-([0-9]{6}|[1-9][0-9]{6,17})', record['transaction_number'])
    require(number and number[1] == record['posting_date'][:10].replace('-', ''), f'{place}.record: number and date differ')
    is_reversal = 'reverses_transaction_id' in content
    same = (('transaction_id', 'transaction_id'), ('user_id', 'created_by'), ('principal', 'principal'),
            ('source_system', 'source_system'), ('source_ip', 'source_ip'))
    require(all(event.get(left) == content.get(right) for left, right in same) and
            event['log_index'] == record['log_index'] and event['event_timestamp'] == record['posting_date'] and
            event['event_type'] == ('TRANSACTION_REVERSED' if is_reversal else 'TRANSACTION_POSTED') and
            event['action'] == ('REVERSE' if is_reversal else 'POST') and event['outcome'] == 'SUCCESS',
            f'{place}.event: says otherwise than content and record')
    check_event(event, transaction['proof'], checkpoint, note, place)


def check_reversal(original, reversal):
    """It names the original, comes later, and turns every entry round."""
    def turned(entry):
        return entry['account_code'], entry['amount'], entry['currency'], entry['entry_type'] == 'DEBIT'

    require(reversal['content'].get('reverses_transaction_id') == original['content']['transaction_id'] and
            reversal['record']['log_index'] > original['record']['log_index'] and
            [turned(entry)[:3] + (not turned(entry)[3],) for entry in reversal['entries']] ==
            [turned(entry) for entry in original['entries']], 'reversed_by: is not the reversal of the transaction')


def check_bundle(bundle, keys):
    check_form(bundle, 'the bundle', 'the bundle')
    require(bundle['format'] == 'ledger-evidence/1', 'it is of an unknown format')
    note, transaction = bundle['checkpoint'], bundle['transaction']
    checkpoint = check_checkpoint(note, keys, 'checkpoint')
    check_transaction(transaction, checkpoint, note, 'transaction')
    if 'reversed_by' in bundle:
        check_transaction(bundle['reversed_by'], checkpoint, note, 'reversed_by')
        check_reversal(transaction, bundle['reversed_by'])
    last = -1
    for number, item in enumerate(bundle['events']):
        place = f'events[{number}]'
        check_form(item, 'proven event', place)
        event = item['event']
        check_form(event, 'event/1', f'{place}.event')
        require(event.get('transaction_id') == transaction['content']['transaction_id'] and 'record_hash' not in event and
                event['log_index'] > last, f'{place}: does not name the transaction, or stands in the wrong place')
        check_event(event, item['proof'], checkpoint, note, place)
        last = event['log_index']
    return checkpoint


def ledger_and_epoch(origin):
    """What an origin "ledger/<id>/<epoch>" says: the log of a ledger goes on from one epoch to the next."""
    match = re.fullmatch('ledger/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(0|[1-9][0-9]{0,18})', origin)
    return (match[1], int(match[2])) if match and int(match[2]) < 2**63 else None


def check_continuation(proof, keys):
    check_form(proof, 'the proof', 'the proof')
    old = check_checkpoint(proof['old_checkpoint'], keys, 'old_checkpoint')
    new = check_checkpoint(proof['checkpoint'], keys, 'checkpoint')
    before, after = ledger_and_epoch(old['origin']), ledger_and_epoch(new['origin'])
    is_one = before[0] == after[0] and before[1] <= after[1] if before and after else old['origin'] == new['origin']
    require(is_one, 'the checkpoints are of different logs')
    old_size, hashes = read_proof(proof['proof'], 'old ', proof['checkpoint'], 'proof')
    require(old_size == old['size'], 'proof: is of another old checkpoint')
    check_consistency(old['size'], new['size'], old['root'], new['root'], hashes)
    return old, new


# --- What is told ---

def shown(text):
    """Nothing that a terminal would obey."""
    return ''.join(letter if letter.isprintable() else '?' for letter in str(text))


def tell(*words):
    print(shown(' '.join(str(word) for word in words if word is not None)))


def tell_checkpoint(checkpoint):
    tell('Signed: the log', checkpoint['origin'], 'of', checkpoint['size'], 'events, root', checkpoint['root'].hex(),
         checkpoint['time'] and f'at {checkpoint["time"]}', 'by the key', checkpoint['key'][0], checkpoint['key'][1])


def tell_transaction(transaction, what):
    content, record = transaction['content'], transaction['record']
    tell('Proven:', what, record['transaction_number'], content['transaction_id'], 'at position', record['log_index'],
         'dated', content['transaction_date'], 'posted', record['posting_date'], 'by', content.get('created_by'))
    tell(' ', content['business_event_type'], content.get('business_key'),
         transaction.get('texts', {}).get('description', '(texts erased)'))
    for entry in transaction['entries']:
        tell(' ', entry['entry_type'], entry['account_code'], entry['amount'], entry['currency'])


def check(data, keys):
    text = data.decode()
    if not text.startswith('{'):
        tell_checkpoint(check_checkpoint(text, keys, 'the checkpoint'))
        tell('Not proven: anything about a transaction.')
        return
    value = read_json(text)
    if value.get('format') == 'ledger-consistency/1':
        old, new = check_continuation(value, keys)
        tell_checkpoint(old)
        tell_checkpoint(new)
        tell('Proven: the log of', old['size'], 'events is the beginning of the log of', new['size'], 'events.')
        return
    tell_checkpoint(check_bundle(value, keys))
    tell_transaction(value['transaction'], 'transaction')
    if 'reversed_by' in value:
        tell_transaction(value['reversed_by'], 'its reversal')
    for item in value['events']:
        event = item['event']
        tell('Proven:', event['event_type'], 'at position', event['log_index'], event['event_timestamp'],
             event.get('user_id'), event.get('description'))
    tell('Not proven: that nothing else concerns the transaction, that what was posted is true, that the clock was right.')


def main():
    parser = argparse.ArgumentParser(description='Checks evidence, consistency proofs and checkpoints of a ledger.')
    parser.add_argument('file', help='what prove, prove-consistency or checkpoint wrote')
    parser.add_argument('--key', required=True, help='the public key, or a file with it')
    options = parser.parse_args()
    try:
        with open(options.file, 'rb') as file:
            data = file.read()
        text = options.key
        if not re.match('[^+]*[+][0-9a-f]{8}[+]', text):
            with open(text, encoding='utf-8') as file:
                text = file.read()
        keys = [read_key(word) for word in text.split()]
        if not keys:
            raise ValueError('there is no key')
    except (OSError, ValueError) as fault:
        print(f'verify_evidence: {shown(fault)}', file=sys.stderr)
        return 2
    try:
        check(data, keys)
    except (Broken, ValueError, RecursionError) as fault:
        print(f'The proof does not hold: {shown(fault)}', file=sys.stderr)
        return 3
    print('The proof holds.')
    return 0


if __name__ == '__main__':
    sys.exit(main())
