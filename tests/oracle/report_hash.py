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


def columns_of(report, table):
    """The columns of a table that have balances: what their names end with."""
    for found in report["tables"]:
        if found["name"] == table:
            return [name[len("balance_"):] for name in found["columns"] if name.startswith("balance_")]
    return []


def percent(now, then):
    """Hundredths of what it was, rounded half away from zero; nothing from zero or across it."""
    if then == 0 or now * then < 0:
        return None
    return str(((now - then) * 100 / abs(then)).quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_UP))


def check_comparison(name, now, then, change, change_percent):
    if number(now) - number(then) != number(change):
        yield f"{name}: the change from {then} to {now} is not {change}"
    expected = percent(number(now), number(then))
    if change_percent is None or expected is None:
        if change_percent is not expected:
            yield f"{name}: {then} to {now} is {change_percent} %, expected {expected}"
    elif number(change_percent) != number(expected):
        yield f"{name}: {then} to {now} is {change_percent} %, expected {expected}"


def check_columns(report, table):
    """What every table of balances side by side and their totals have to hold."""
    names = columns_of(report, table)
    for row in report[table]:
        balances = {name: row[f"balance_{name}"] for name in names}
        title = row.get("account_code") or row.get("section") or row.get("account_type")
        if "change" in balances:
            yield from check_comparison(title, *(balances[name] for name in ("now", "then", "change", "change_percent")))
        elif "total" in balances:
            if sum(number(balances[name]) for name in names if name != "total") != number(balances["total"]):
                yield f"{title}: the columns do not add up to the total"
    totals = {}
    for row in report["totals"]:
        totals.setdefault(row["currency"], {})[row["column"]] = row
    for currency, rows in totals.items():
        if list(rows) != names:
            yield f"the totals of {currency} are of {list(rows)}, the columns are {names}"
        for member in rows[names[0]]:
            if "change" in rows and member not in ("column", "start_date", "end_date", "currency"):
                yield from check_comparison(f"{currency} {member}", *(row[member] for row in rows.values()))


def slots_of(report):
    """The columns that are no change of others."""
    return [row for row in report["totals"] if not row["column"].startswith("change")]


def check_trial_balance_columns(report):
    for table in ("accounts", "totals_by_type", "subtotals"):
        yield from check_columns(report, table)
    debit_types = ("ASSET", "EXPENSE")
    for total in slots_of(report):
        sides = {"debit": 0, "credit": 0}
        for row in report["accounts"]:
            if row["currency"] == total["currency"]:
                balance = number(row[f"balance_{total['column']}"])
                is_debit = (row["account_type"] in debit_types) == (balance > 0)
                sides["debit" if is_debit else "credit"] += abs(balance)
        for side, found in sides.items():
            if found != number(total[side]):
                yield f"{total['column']}: {side}s of {found} {total['currency']}, the total is {total[side]}"
        for row in (row for row in report["totals_by_type"] if row["currency"] == total["currency"]):
            found = sum(number(account[f"balance_{total['column']}"]) for account in report["accounts"]
                        if (account["currency"], account["account_type"]) == (row["currency"], row["account_type"]))
            if found != number(row[f"balance_{total['column']}"]):
                yield f"{row['account_type']}: {found} in its accounts in {total['column']}"
    if report["is_balanced"] != all(total["debit"] == total["credit"] for total in slots_of(report)):
        yield "is_balanced is wrong"
    if report["account_count"] != len(report["accounts"]):
        yield "account_count is wrong"


def check_statement_columns(report, sums):
    """Each line is the sum of those right under it; the totals are those of the sections."""
    yield from check_columns(report, "lines")
    lines = report["lines"]
    for total in slots_of(report):
        name = f"balance_{total['column']}"
        for index, line in enumerate(lines):
            under = []
            for below in lines[index + 1:]:
                if below["level"] <= line["level"]:
                    break
                if below["level"] == line["level"] + 1:
                    under.append(number(below[name]))
            if (under or line["line"] == "SECTION") and sum(under) != number(line[name]):
                yield f"{line['account_code'] or line['section']}: {sum(under)} under it in {total['column']}"
            if (line["line"], line["currency"]) == ("SECTION", total["currency"]):
                if number(total[sums[line["section"]]]) != number(line[name]):
                    yield f"{line['section']}: the total of {total['column']} is another"


def check_income_statement_columns(report):
    yield from check_statement_columns(report, {"REVENUE": "revenue", "EXPENSE": "expense"})
    for total in slots_of(report):
        if number(total["revenue"]) - number(total["expense"]) != number(total["net_result"]):
            yield f"{total['column']}: the net result is wrong"


def check_balance_sheet_columns(report):
    yield from check_statement_columns(
        report, {"ASSET": "assets", "LIABILITY": "liabilities", "EQUITY": "equity"})
    for total in slots_of(report):
        difference = number(total["assets"]) - number(total["liabilities"]) - number(total["equity"])
        if difference != number(total["difference"]):
            yield f"{total['column']}: the difference is {difference}, not {total['difference']}"
    if report["is_balanced"] != all(number(total["difference"]) == 0 for total in slots_of(report)):
        yield "is_balanced is wrong"


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

COLUMNS_CHECKS = {
    "trial-balance": check_trial_balance_columns,
    "balance-sheet": check_balance_sheet_columns,
    "income-statement": check_income_statement_columns,
}


def main():
    faults = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        has_columns = "compare" in report["parameters"] or "columns" in report["parameters"]
        checks = COLUMNS_CHECKS if has_columns else CHECKS
        problems = list(checks[report["report_type"]](report))
        if report_hash(report) != report["report_hash"]:
            problems.append(f"report_hash is {report['report_hash']}, expected {report_hash(report)}")
        for problem in problems:
            print(f"{path}: {problem}", file=sys.stderr)
        faults += len(problems)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
