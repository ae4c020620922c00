#!/usr/bin/env python3
"""Golden vectors of the hashed forms of hash_version 1, made from docs/HASHES.md alone: it shares no code with the
ledger.

Without an argument it prints the rows of the table in tests/unit/test_record.c. With --check it compares them with what
stands in the two files named behind it, the unit test and docs/HASHES.md, and runs every python block of the latter.
"""
import datetime
import hashlib
import json
import re
import sys
import uuid

EPOCH = datetime.datetime(1970, 1, 1)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    """RFC 8785 for what our forms hold: ASCII keys, texts, small integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def members(**values):
    return {key: value for key, value in values.items() if value is not None}


def naive(time_us):
    return EPOCH + datetime.timedelta(microseconds=time_us)


def instant(time_us):
    return naive(time_us).isoformat(timespec="microseconds") + "Z"


def date(day):
    return (EPOCH + datetime.timedelta(days=day)).date().isoformat()


def amount(minor):
    return f"{minor // 100}.{minor % 100:02d}"


def number(posting_date_us, number_in_day):
    return naive(posting_date_us).strftime("%Y%m%d").zfill(8) + f"-{number_in_day:06d}"


def transaction_hash(t):
    entries = [{"account": e["account_code"], "type": e["entry_type"], "amount": amount(e["amount_minor"])}
               for e in t["entries"]]
    return sha256(json.dumps({"transaction_id": t["transaction_id"],
                              "transaction_date": naive(t["transaction_date_us"]).isoformat(),
                              "entries": entries}, sort_keys=True).encode())


def texts_hash(t):
    memos = [e.get("memo") for e in t["entries"]]
    if all(memo is None for memo in memos):
        memos = None
    form = members(description=t.get("description"), memos=memos, reversal_reason=t.get("reversal_reason"))
    return sha256(t["texts_salt"] + canonical(form))


def entry_hash(t, entry_number, e):
    return sha256(canonical(members(
        form="entry/1", transaction_id=t["transaction_id"], entry_number=entry_number,
        account_code=e["account_code"], entry_type=e["entry_type"], amount=amount(e["amount_minor"]),
        currency=e.get("currency"), cost_center=e.get("cost_center"), business_unit=e.get("business_unit"),
        project_code=e.get("project_code"))))


def content_hash(t):
    return sha256(canonical(members(
        form="content/1", transaction_id=t["transaction_id"], business_event_type=t.get("business_event_type"),
        business_key=t.get("business_key"), created_by=t.get("created_by"), principal=t.get("principal"),
        source_system=t.get("source_system"), source_ip=t.get("source_ip"),
        transaction_date=instant(t["transaction_date_us"]), transaction_day=date(t["transaction_day"]),
        reverses_transaction_id=t.get("reverses_transaction_id"), idempotency_key=t.get("idempotency_key"),
        idempotency_fingerprint=t.get("idempotency_fingerprint"), texts_hash=texts_hash(t),
        entry_hashes=[entry_hash(t, index + 1, e) for index, e in enumerate(t["entries"])])))


def record_hash(t):
    return sha256(canonical(dict(
        form="record/1", content_hash=content_hash(t), log_index=t["log_index"],
        posting_date=instant(t["posting_date_us"]),
        transaction_number=number(t["posting_date_us"], t["number_in_day"]))))


def leaf_hash(event):
    return sha256(b"\x00" + canonical(event))


def transaction_leaf_hash(t):
    is_reversal = t.get("reverses_transaction_id") is not None
    return leaf_hash(members(
        form="event/1", action="REVERSE" if is_reversal else "POST",
        event_type="TRANSACTION_REVERSED" if is_reversal else "TRANSACTION_POSTED", severity="INFO", outcome="SUCCESS",
        event_timestamp=instant(t["posting_date_us"]), log_index=t["log_index"], record_hash=record_hash(t),
        transaction_id=t["transaction_id"], user_id=t.get("created_by"), principal=t.get("principal"),
        source_system=t.get("source_system"), source_ip=t.get("source_ip")))


def plain():
    """The worked example of docs/HASHES.md."""
    return dict(
        transaction_id="0194a6a0-1c00-7abc-8def-0123456789ab", log_index=42, number_in_day=7,
        transaction_date_us=1767225600000000, transaction_day=20454, posting_date_us=1767259845000123,
        business_event_type="SALE", business_key="INV-2026-0001", description="Invoice 2026-0001",
        texts_salt=bytes(range(16)), created_by="maria", principal="os:1000", source_system="cli",
        entries=[dict(account_code="1000", entry_type="DEBIT", amount_minor=100000, currency="AOA"),
                 dict(account_code="4000", entry_type="CREDIT", amount_minor=100000, currency="AOA")])


def odd():
    """A reversal with every member, and texts of every kind."""
    return dict(
        transaction_id="ffffffff-ffff-7fff-bfff-ffffffffffff", log_index=2**53 - 1, number_in_day=1234567,
        transaction_date_us=951868799999999, transaction_day=11016, posting_date_us=253402300799999999,
        business_event_type="CORREÇÃO", business_key="", description="tab\there \"quoted\" back\\slash \x01\x1f\x7f",
        reversal_reason="😀 emoji, 漢字, e\u0301 \u2028", idempotency_key="key-\U0010ffff",
        idempotency_fingerprint=bytes(range(255, 223, -1)).hex(),
        reverses_transaction_id="00000000-0000-7000-8000-000000000001",
        texts_salt=bytes([255] * 16), created_by="Ñandú", principal="token:\b\f\n\r", source_system="import/2",
        source_ip="2001:db8::1",
        entries=[dict(account_code="1000", entry_type="DEBIT", amount_minor=1, currency="JPY", memo="first",
                      cost_center="CC-1", business_unit="BU-1", project_code="P-1"),
                 dict(account_code="Caixa-é-😀-\x7f", entry_type="CREDIT", amount_minor=2**63 - 1, currency="EUR",
                      cost_center=""),
                 dict(account_code="\"\\/", entry_type="CREDIT", amount_minor=99, currency="USD", memo="",
                      project_code="\u0080")])


def single():
    """One entry, and nothing that may be absent."""
    return dict(
        transaction_id="00000000-0000-0000-0000-000000000000", log_index=0, number_in_day=1,
        transaction_date_us=-62135596800000000, transaction_day=-719162, posting_date_us=-1, texts_salt=bytes(16),
        entries=[dict(account_code="x", entry_type="DEBIT", amount_minor=10)])


def long():
    """Texts and entries that overflow the buffer many times."""
    return dict(
        transaction_id="0194a6a0-1c00-7abc-8def-0123456789ab", log_index=1, number_in_day=1000000,
        transaction_date_us=1, transaction_day=0, posting_date_us=86399999999,
        business_event_type="x" * 40000, business_key="é\"" * 20000, description="漢" * 30001, created_by="\n" * 9999,
        texts_salt=bytes([7] * 16), source_ip="😀" * 10000,
        entries=[dict(account_code=f"A{index:04d}" if index % 3 else "😀" * 50,
                      entry_type="CREDIT" if index % 2 else "DEBIT", amount_minor=index * index + 1, currency="AOA",
                      memo=None if index % 2 else "m" * index) for index in range(700)])


EVENTS = {
    "event.plain": dict(
        form="event/1", action="CREATE", description="account 1000 created", event_metadata={"account_code": "1000"},
        event_timestamp=instant(1767259845000123), event_type="ACCOUNT_CREATED", log_index=3, outcome="SUCCESS",
        severity="INFO", user_id="maria", principal="os:1000", source_system="cli", source_ip="127.0.0.1"),
    "event.refused": dict(
        form="event/1", action="POST", description="not balanced: Debits=1.00, Credits=2.00 \"é\"\n",
        event_timestamp=instant(0), event_type="POSTING_REFUSED", log_index=4, outcome="FAILED", severity="WARNING"),
}

MANUAL = {
    "manual.plain": dict(
        form="manual-event/1", audit_id="0e576025-e705-11f1-8724-02fc00000001", event_timestamp=instant(1767259845000000),
        event_type="HASH_VIOLATION", severity="CRITICAL", outcome="SUCCESS", user_id="SYSTEM",
        source_system="INTEGRITY_CHECK", action="TAMPER_DETECTED", description="Hash mismatch"),
    "manual.full": dict(
        form="manual-event/1", audit_id="0e576025-e705-11f1-8724-02fc00000001", event_timestamp=instant(1767259845000001),
        event_type="é", severity="", outcome="FAILED", user_id="u", principal="p", source_system="s", source_ip="i",
        action="", description="\"two\nlines\"", event_metadata="no JSON: {", transaction_id=str(uuid.UUID(int=7))),
}

FINGERPRINTS = {
    "fingerprint.posting": dict(
        form="posting/1", allow_future=True, business_event_type="SALE", business_key="K", description="a \"sale\"",
        transaction_date="2026-01-01",
        entries=[dict(account_code="1000", amount="1000.50", entry_type="DEBIT", currency="AOA", memo="m",
                      cost_center="c", business_unit="b", project_code="p"),
                 dict(account_code="é", amount="1000.50", entry_type="CREDIT")]),
    "fingerprint.posting_at": dict(
        form="posting/1", business_event_type="SALE", description="", transaction_date=instant(1767225600000000),
        entries=[dict(account_code="1000", amount="0.01", entry_type="DEBIT")]),
    "fingerprint.posting_now": dict(form="posting/1", business_event_type="SALE", description="d", entries=[]),
    "fingerprint.reversal": dict(
        form="reversal/1", reason="typed twice", transaction_date="2026-01-02",
        transaction_id="0194a6a0-1c00-7abc-8def-0123456789ab"),
    "fingerprint.reversal_now": dict(
        form="reversal/1", reason="\x02é",
        transaction_id="0194a6a0-1c00-7abc-8def-0123456789ab"),
    "fingerprint.reason": dict(reason="typed twice, \"é\""),
}

TIMES_US = [0, 1, -1, 999999, 1000000, 1767225600000000, 1767225600100000, -62135596800000000, 253402300799999999,
            951782400000000, 951868800000000, 4107542400000000]  # the leap day of 2000, the day behind it, and of 2100


def vectors():
    for name, t in (("plain", plain()), ("odd", odd()), ("single", single()), ("long", long())):
        yield f"{name}.transaction_hash", transaction_hash(t)
        yield f"{name}.texts_hash", texts_hash(t)
        for index in range(min(3, len(t["entries"]))):
            yield f"{name}.entry_hash.{index + 1}", entry_hash(t, index + 1, t["entries"][index])
        yield f"{name}.content_hash", content_hash(t)
        yield f"{name}.record_hash", record_hash(t)
        yield f"{name}.leaf_hash", transaction_leaf_hash(t)
    for name, event in EVENTS.items():
        yield name, leaf_hash(event)
    for name, form in MANUAL.items():
        yield name, sha256(canonical(form))
    for name, form in FINGERPRINTS.items():
        yield name, sha256(bytes(range(16)) + canonical(form))
    empty = dict(transaction_id=str(uuid.UUID(int=0)), entries=[])
    for index, time_us in enumerate(TIMES_US):
        yield f"time.{index}", transaction_hash(dict(empty, transaction_date_us=time_us))
        yield f"instant.{index}", sha256(canonical(dict(
            form="record/1", content_hash="00" * 32, log_index=index, posting_date=instant(time_us),
            transaction_number=number(time_us, index + 1))))


def check(test_path, document_path):
    """What differs, as sentences."""
    with open(test_path, encoding="utf-8") as file:
        rows = dict(re.findall(r'\{"([a-z_0-9.]+)",\s*"([0-9a-f]{64})"\}', file.read()))
    expected = dict(vectors())
    for name in sorted(expected.keys() | rows.keys()):
        if expected.get(name) != rows.get(name):
            yield f"{test_path}: {name} is {rows.get(name)}, expected {expected.get(name)}"
    with open(document_path, encoding="utf-8") as file:
        document = file.read()
    namespace = {}
    for block in re.findall(r"```python\n(.*?)```", document, re.DOTALL):
        exec(block, namespace)  # pylint: disable=exec-used
    stated = re.findall(r"^`([a-z_0-9]+)` = `([0-9a-f]{64})`$", document, re.MULTILINE)
    if len(stated) < 8:
        yield f"{document_path}: only {len(stated)} hashes are stated"
    for name, value in stated:
        if namespace.get(name) != value:
            yield f"{document_path}: {name} is {value}, expected {namespace.get(name)}"
    for name, key in (("transaction_hash", "plain.transaction_hash"), ("texts_hash", "plain.texts_hash"),
                      ("content_hash", "plain.content_hash"), ("record_hash", "plain.record_hash"),
                      ("leaf_hash", "plain.leaf_hash"), ("event_leaf_hash", "event.plain"),
                      ("manual_event_hash", "manual.plain"),
                      ("posting_fingerprint", "fingerprint.posting"),
                      ("reversal_fingerprint", "fingerprint.reversal"),
                      ("reason_hash", "fingerprint.reason")):
        if namespace.get(name) != expected[key]:
            yield f"{document_path}: {name} is {namespace.get(name)}, the vector {key} is {expected[key]}"


def main():
    if sys.argv[1:2] == ["--check"]:
        differences = list(check(*sys.argv[2:]))
        print("\n".join(differences) if differences else "the vectors agree")
        return 1 if differences else 0
    for name, value in vectors():
        print(f'    {{"{name}", "{value}"}},')
    return 0


if __name__ == "__main__":
    sys.exit(main())
