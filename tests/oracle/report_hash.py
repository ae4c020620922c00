#!/usr/bin/env python3
"""Reports saved as JSON, held against what docs/HASHES.md says of them and against their own sums: it shares no code
with the ledger.

    report_hash.py FILE...
"""
import decimal
import hashlib
import json
import sys

decimal.getcontext().prec = 60


def canonical(value):
    """RFC 8785 for what reports hold: ASCII keys, texts, small integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def report_hash(report):
    tables = [{"name": table["name"], "columns": table["columns"],
               "rows": [[row[column] for column in table["columns"]] for row in report[table["name"]]]}
              for table in report["tables"]]
    form = {"form": "report/1", "report_type": report["report_type"], "parameters": report["parameters"],
            "log_position": report["log_position"], "time_zone_data_version": report["time_zone_data_version"],
            "tables": tables, "values": {name: report[name] for name in report["values"]}}
    return hashlib.sha256(canonical(form)).hexdigest()


def number(text):
    return decimal.Decimal(text)


def check_trial_balance(report):
    for total in report["totals"]:
        for side in ("debit", "credit"):
            for rows in ("accounts", "totals_by_type"):
                found = sum(number(row[side]) for row in report[rows] if row["currency"] == total["currency"])
                if found != number(total[side]):
                    yield f"{rows} have {side}s of {found} {total['currency']}, the total is {total[side]}"
    balanced = all(total["debit"] == total["credit"] for total in report["totals"])
    if balanced != report["is_balanced"]:
        yield "is_balanced is wrong"
    if report["account_count"] != len(report["accounts"]):
        yield "account_count is wrong"
    for row in report["accounts"] + report["subtotals"]:
        net = number(row["debit"]) - number(row["credit"])
        if abs(net) != abs(number(row["balance"])):
            yield f"{row['account_code']}: the balance is not that of its columns"


def check_statement(report):
    lines = report["lines"]
    for section in (line for line in lines if line["line"] == "SECTION"):
        found = sum(number(line["balance"] or 0) for line in lines
                    if line["section"] == section["section"] and line["currency"] == section["currency"])
        if found != number(section["subtotal"]):
            yield f"{section['section']}: {found} in its lines, {section['subtotal']} in all"
    # What is under a line follows it, deeper than itself.
    for index, line in enumerate(lines):
        if line["subtotal"] is not None:
            found = number(line["balance"] or 0)
            for under in lines[index + 1:]:
                if under["level"] <= line["level"]:
                    break
                found += number(under["balance"] or 0)
            if found != number(line["subtotal"]):
                yield f"{line['account_code']}: {found} under it, its subtotal is {line['subtotal']}"


def check_balance_sheet(report):
    yield from check_statement(report)
    for total in report["totals"]:
        difference = number(total["assets"]) - number(total["liabilities"]) - number(total["equity"])
        if difference != number(total["difference"]):
            yield f"{total['currency']}: the difference is {difference}, not {total['difference']}"
    if report["is_balanced"] != all(number(total["difference"]) == 0 for total in report["totals"]):
        yield "is_balanced is wrong"


def check_general_ledger(report):
    signs = {row["account_code"]: 1 if row["account_type"] in ("ASSET", "EXPENSE") else -1 for row in report["accounts"]}
    running, last = None, None
    for line in report["lines"]:
        if line["line"] == "OPENING":
            running, last = number(line["balance"]), ("",)
        elif line["line"] == "ENTRY":
            running += signs[line["account_code"]] * (number(line["debit"]) - number(line["credit"]))
            place = (line["transaction_day"],)
            if place < last:
                yield f"{line['account_code']}: {line['transaction_number']} stands out of order"
            last = place
        if running != number(line["balance"]):
            yield f"{line['account_code']}: the running balance is {running}, not {line['balance']}"
    if report["line_count"] != sum(line["line"] == "ENTRY" for line in report["lines"]):
        yield "line_count is wrong"


def check_balance_history(report):
    sign = 1 if report["account_type"] in ("ASSET", "EXPENSE") else -1
    before = None
    for point in report["points"]:
        change = sign * (number(point["debit"]) - number(point["credit"]))
        if change != number(point["change"]):
            yield f"{point['end_date']}: the change is {change}, not {point['change']}"
        if before is not None and before["currency"] == point["currency"]:
            if number(before["balance"]) + change != number(point["balance"]):
                yield f"{point['end_date']}: the balance is not that of {before['end_date']} and the change"
            if before["end_date"] >= point["start_date"] or point["start_date"] > point["end_date"]:
                yield f"{point['end_date']}: the days are out of order"
        before = point
    if report["point_count"] != len(report["points"]):
        yield "point_count is wrong"


CHECKS = {
    "trial-balance": check_trial_balance,
    "balance-sheet": check_balance_sheet,
    "income-statement": check_statement,
    "general-ledger": check_general_ledger,
    "balance-history": check_balance_history,
    "audit-trail": lambda report: [] if report["event_count"] == len(report["events"]) else ["event_count is wrong"],
}


def main():
    faults = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        problems = list(CHECKS[report["report_type"]](report))
        if report_hash(report) != report["report_hash"]:
            problems.append(f"report_hash is {report['report_hash']}, expected {report_hash(report)}")
        for problem in problems:
            print(f"{path}: {problem}", file=sys.stderr)
        faults += len(problems)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
