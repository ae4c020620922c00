#!/usr/bin/env python3
"""Checks a verbatim export from the file alone, by docs/HASHES.md and docs/IMPORT.md: every hash, the tree of RFC 6962,
the checkpoints and the end. It needs nothing but Python's standard library and shares no code with the ledger.

    tests/oracle/verbatim_file.py FILE"""

import base64
import hashlib
import json
import sys
from datetime import datetime

MARK = '[redacted by event '


class Wrong(Exception):
    """What is wrong, with the line."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()


def only(source, *names):
    return {name: source[name] for name in names if name in source}


class Tree:
    """The root of a growing tree: the roots of the full subtrees, the largest first."""

    def __init__(self):
        self.size = 0
        self.frontier = []

    def add(self, leaf):
        node = leaf
        size = self.size
        while size & 1:
            node = hashlib.sha256(b'\x01' + self.frontier.pop() + node).digest()
            size >>= 1
        self.frontier.append(node)
        self.size += 1

    def root(self):
        if not self.frontier:
            return hashlib.sha256(b'').hexdigest()
        node = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            node = hashlib.sha256(b'\x01' + left + node).digest()
        return node.hex()


class Reader:
    """Holds what stands in a file against what is computed; with `forges` it writes that in its place."""

    def __init__(self, forges=False):
        self.forges = forges
        self.number = 0
        self.tree = Tree()
        self.counts = {'transactions': 0, 'entries': 0, 'events': 0, 'checkpoints': 0, 'manual_rows': 0}
        self.erased = {}
        self.numbers = {}
        self.head = None

    def expect(self, field, stated, computed):
        if stated != computed:
            raise Wrong(f'line {self.number}: {field} is {stated}, computed {computed}')

    def hold(self, record, field, computed):
        if self.forges:
            record[field] = computed
        self.expect(field, record[field], computed)

    def read(self, lines):
        before = hashlib.sha256()
        has_end = False
        for line in lines:
            self.number += 1
            record = json.loads(line)
            if has_end or not line.endswith(b'\n'):
                raise Wrong(f'line {self.number}: behind the end, or cut off')
            kind = record['line']
            if (kind == 'ledger') != (self.number == 1):
                raise Wrong(f'line {self.number}: {kind}')
            if kind == 'end':
                has_end = True
                self.hold(record, 'sha256', before.hexdigest())
            getattr(self, 'take_' + kind)(record)
            before.update(line)
        if not has_end:
            raise Wrong('the end is missing')
        return {**self.counts, 'log_size': self.tree.size, 'root_hash': self.tree.root()}

    def take_ledger(self, record):
        self.expect('format', record['format'], 'ledger-verbatim/1')
        self.head = record

    def take_place(self, record):
        self.expect('log_index', record['log_index'], self.tree.size)

    def add_leaf(self, record, form):
        leaf = sha256(b'\x00' + canonical(form))
        self.hold(record, 'leaf_hash', leaf)
        self.tree.add(bytes.fromhex(leaf))

    def entry_hashes(self, record):
        for number, entry in enumerate(record['entries'], 1):
            form = {'form': 'entry/1', 'transaction_id': record['transaction_id'], 'entry_number': number,
                    **only(entry, 'account_code', 'entry_type', 'amount', 'currency', 'cost_center', 'business_unit',
                           'project_code')}
            self.hold(entry, 'entry_hash', sha256(canonical(form)))
            yield entry['entry_hash']

    def texts_hash(self, record):
        memos = [entry.get('memo') for entry in record['entries']]
        texts = only(record, 'description', 'reversal_reason')
        if any(memo is not None for memo in memos):
            texts['memos'] = memos
        if 'texts_salt' in record:
            return sha256(bytes.fromhex(record['texts_salt']) + canonical(texts))
        marks = {text for text in (texts['description'], texts.get('reversal_reason'), *memos) if text is not None}
        if len(marks) != 1 or not texts['description'].startswith(MARK):
            raise Wrong(f'line {self.number}: no salt, but texts: {marks}')
        self.erased[record['transaction_id']] = (record['texts_hash'], texts['description'])
        return record['texts_hash']

    def take_posting(self, record):
        self.take_place(record)
        when = datetime.fromisoformat(record['transaction_date'].rstrip('Z')).isoformat()
        self.hold(record, 'transaction_hash', sha256(json.dumps({
            'transaction_id': record['transaction_id'], 'transaction_date': when,
            'entries': [{'account': entry['account_code'], 'type': entry['entry_type'], 'amount': entry['amount']}
                        for entry in record['entries']]}, sort_keys=True).encode()))
        content = sha256(canonical({
            'form': 'content/1', 'texts_hash': self.texts_hash(record), 'entry_hashes': list(self.entry_hashes(record)),
            **only(record, 'business_event_type', 'business_key', 'created_by', 'idempotency_fingerprint',
                   'idempotency_key', 'principal', 'reverses_transaction_id', 'source_ip', 'source_system',
                   'transaction_date', 'transaction_day', 'transaction_id')}))
        record_hash = sha256(canonical({'form': 'record/1', 'content_hash': content, **only(
            record, 'log_index', 'posting_date', 'transaction_number')}))
        self.hold(record, 'record_hash', record_hash)
        self.add_leaf(record, {
            'form': 'event/1', 'severity': 'INFO', 'outcome': 'SUCCESS', 'record_hash': record_hash,
            'event_type': 'TRANSACTION_REVERSED' if 'reverses_transaction_id' in record else 'TRANSACTION_POSTED',
            'action': 'REVERSE' if 'reverses_transaction_id' in record else 'POST',
            'event_timestamp': record['posting_date'], 'user_id': record['created_by'],
            **only(record, 'log_index', 'transaction_id', 'principal', 'source_system', 'source_ip')})
        day = record['posting_date'][:10].replace('-', '')
        self.numbers[day] = self.numbers.get(day, 0) + 1
        self.expect('transaction_number', record['transaction_number'], f'{day}-{self.numbers[day]:06d}')
        self.counts['transactions'] += 1
        self.counts['entries'] += len(record['entries'])

    def take_event(self, record):
        self.take_place(record)
        facts = json.loads(record['event_metadata']) if 'event_metadata' in record else None
        form = {'form': 'event/1', **only(record, 'action', 'description', 'event_timestamp', 'event_type', 'log_index',
                                          'outcome', 'principal', 'severity', 'source_ip', 'source_system',
                                          'transaction_id', 'user_id')}
        if facts is not None:
            self.expect('event_metadata', record['event_metadata'].encode(), canonical(facts))
            form['event_metadata'] = facts
        if 'reason_salt' in record:
            reason = canonical({'reason': record['reason']})
            self.expect('reason_hash', facts['reason_hash'], sha256(bytes.fromhex(record['reason_salt']) + reason))
        if record['event_type'] == 'TRANSACTION_REDACTED':
            texts_hash, mark = self.erased.pop(record['transaction_id'])
            self.expect('texts_hash', facts['texts_hash'], texts_hash)
            milliseconds = int(datetime.fromisoformat(record['event_timestamp'][:23] + '+00:00').timestamp() * 1000 + 0.5)
            self.expect('mark', mark[len(MARK):][:13].replace('-', ''), f'{milliseconds:012x}')
        self.add_leaf(record, form)
        self.counts['events'] += 1

    def take_checkpoint(self, record):
        origin, size, root = record['note'].split('\n')[:3]
        self.expect('log_size', record['log_size'], self.tree.size)
        self.expect('root_hash', record['root_hash'], self.tree.root())
        self.expect('note', [origin, size, base64.b64decode(root).hex()], [
            f'ledger/{self.head["ledger_id"]}/{record["epoch"]}', str(self.tree.size), self.tree.root()])
        self.counts['checkpoints'] += 1

    def take_manual_row(self, record):
        del record
        self.counts['manual_rows'] += 1

    def take_end(self, record):
        self.expect('log_size', record['log_size'], self.tree.size)
        self.expect('log_size of the head', self.head['log_size'], self.tree.size)
        self.expect('root_hash', record['root_hash'], self.tree.root())
        for name, count in self.counts.items():
            self.expect(name, record[name], count)
        self.expect('texts that are erased by no event', list(self.erased), [])


def check(path):
    """What a file adds up to; Wrong where something in it is."""
    with open(path, 'rb') as file:
        return Reader().read(file)


def forge(records):
    """The lines of a file that says what the records say, with hashes that fit: for files that lie well. The counts of
    the end are those of the records."""
    reader = Reader(forges=True)
    lines = []
    for record in records:
        reader.number += 1
        if record['line'] in ('ledger', 'posting', 'event', 'checkpoint'):
            reader.expect = lambda field, stated, computed: None
            getattr(reader, 'take_' + record['line'])(record)
            del reader.expect
        if record['line'] == 'end':
            record.update(reader.counts, log_size=reader.tree.size, root_hash=reader.tree.root(),
                          sha256=sha256(b''.join(lines)))
        lines.append(json.dumps(record, ensure_ascii=False, separators=(',', ':')).encode() + b'\n')
    return lines


if __name__ == '__main__':
    try:
        for field, value in check(sys.argv[1]).items():
            print(f'{field}: {value}')
    except (Wrong, KeyError, ValueError) as fault:
        sys.exit(f'{sys.argv[1]}: {fault}')
