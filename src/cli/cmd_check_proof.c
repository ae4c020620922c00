/* check-proof: what an evidence bundle, a consistency proof or a checkpoint proves. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/proof_result.h"
#include "cli/results.h"
#include "ledger/proof.h"

enum { OPTION_KEY, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_KEY] = {.name = "key",
                    .argument = "KEY|FILE",
                    .is_required = true,
                    .hint = HINT_FILE,
                    .help = "the ledger's public key, or a file with it (or with several that it had one after the "
                            "other); get it another way than the proof"},
};

enum { CHECK_PROOF_BYTES_MAX = JSON_BYTES_MAX };

static void check_write_checkpoint(struct json_writer *writer, const char *key,
                                   const struct ledger_proven_checkpoint *checkpoint)
{
    json_write_key(writer, key);
    json_write_object_begin(writer);
    json_write_member_text(writer, "origin", checkpoint->origin);
    results_write_text_or_null(writer, "ledger_id", checkpoint->ledger_id);
    json_write_member_integer(writer, "epoch", checkpoint->epoch);
    json_write_member_integer(writer, "log_size", checkpoint->log_size);
    json_write_member_text(writer, "root_hash", ledger_text_of(checkpoint->root_hash));
    results_write_text_or_null(writer, "time", checkpoint->time);
    results_write_digest_or_null(writer, "guards_digest", checkpoint->guards_digest);
    results_write_text_or_null(writer, "guards_changed", checkpoint->guards_changed);
    results_write_digest_or_null(writer, "grants_digest", checkpoint->grants_digest);
    json_write_member_text(writer, "verifier_key", checkpoint->verifier_key);
    json_write_object_end(writer);
}

static void check_write_entry(struct json_writer *writer, const struct ledger_proven_entry *entry)
{
    json_write_object_begin(writer);
    json_write_member_text(writer, "account_code", entry->account_code);
    json_write_member_text(writer, "entry_type", entry->entry_type);
    json_write_member_text(writer, "amount", entry->amount);
    json_write_member_text(writer, "currency", entry->currency);
    results_write_text_or_null(writer, "memo", entry->memo);
    results_write_text_or_null(writer, "cost_center", entry->cost_center);
    results_write_text_or_null(writer, "business_unit", entry->business_unit);
    results_write_text_or_null(writer, "project_code", entry->project_code);
    json_write_object_end(writer);
}

static void check_write_transaction(struct json_writer *writer, const char *key,
                                    const struct ledger_proven_transaction *transaction)
{
    json_write_key(writer, key);
    if (transaction == NULL) {
        json_write_null(writer);
        return;
    }
    json_write_object_begin(writer);
    json_write_member_integer(writer, "log_index", transaction->log_index);
    json_write_member_text(writer, "transaction_id", transaction->transaction_id);
    json_write_member_text(writer, "transaction_number", transaction->transaction_number);
    json_write_member_text(writer, "transaction_date", transaction->transaction_date);
    json_write_member_text(writer, "transaction_day", transaction->transaction_day);
    json_write_member_text(writer, "posting_date", transaction->posting_date);
    json_write_member_text(writer, "business_event_type", transaction->business_event_type);
    results_write_text_or_null(writer, "business_key", transaction->business_key);
    json_write_member_boolean(writer, "texts_are_erased", transaction->texts_are_erased);
    results_write_text_or_null(writer, "description", transaction->description);
    results_write_text_or_null(writer, "reversal_reason", transaction->reversal_reason);
    results_write_text_or_null(writer, "reverses_transaction_id", transaction->reverses_transaction_id);
    results_write_text_or_null(writer, "created_by", transaction->created_by);
    results_write_text_or_null(writer, "principal", transaction->principal);
    results_write_text_or_null(writer, "source_system", transaction->source_system);
    results_write_text_or_null(writer, "source_ip", transaction->source_ip);
    json_write_member_text(writer, "transaction_hash", transaction->transaction_hash);
    json_write_key(writer, "entries");
    json_write_array_begin(writer);
    for (size_t i = 0; i < transaction->entries_count; i++) {
        check_write_entry(writer, &transaction->entries[i]);
    }
    json_write_array_end(writer);
    json_write_object_end(writer);
}

static void check_write_event(struct json_writer *writer, const struct ledger_proven_event *event)
{
    json_write_object_begin(writer);
    json_write_member_integer(writer, "log_index", event->log_index);
    json_write_member_text(writer, "event_type", event->event_type);
    json_write_member_text(writer, "event_timestamp", event->event_timestamp);
    json_write_member_text(writer, "severity", event->severity);
    json_write_member_text(writer, "outcome", event->outcome);
    json_write_member_text(writer, "action", event->action);
    results_write_text_or_null(writer, "user_id", event->user_id);
    results_write_text_or_null(writer, "principal", event->principal);
    results_write_text_or_null(writer, "description", event->description);
    json_write_key(writer, "event_metadata");
    if (text_is_absent(event->event_metadata)) {
        json_write_null(writer);
    } else {
        json_write_raw(writer, event->event_metadata);
    }
    json_write_object_end(writer);
}

static const char *check_kind_name(enum ledger_proof_kind kind)
{
    switch (kind) {
    case LEDGER_PROOF_OF_TRANSACTION:
        return "transaction";
    case LEDGER_PROOF_OF_CONSISTENCY:
        return "consistency";
    case LEDGER_PROOF_IS_A_CHECKPOINT:
        return "checkpoint";
    }
    return "";
}

static LEDGER_MUST_CHECK ledger_status check_write_json(struct cli *cli, const struct ledger_checked_proof *checked)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_boolean(writer, "valid", true);
    json_write_key(writer, "proves");
    json_write_string(writer, check_kind_name(checked->kind));
    check_write_checkpoint(writer, "checkpoint", &checked->checkpoint);
    if (checked->kind == LEDGER_PROOF_OF_CONSISTENCY) {
        check_write_checkpoint(writer, "old_checkpoint", &checked->old_checkpoint);
    }
    if (checked->kind == LEDGER_PROOF_OF_TRANSACTION) {
        check_write_transaction(writer, "transaction", checked->transaction);
        check_write_transaction(writer, "reversed_by", checked->reversal);
        json_write_key(writer, "events");
        json_write_array_begin(writer);
        for (size_t i = 0; i < checked->events_count; i++) {
            check_write_event(writer, &checked->events[i]);
        }
        json_write_array_end(writer);
    }
    return output_json_end(cli->call, &cli->output);
}

static void check_print_text(struct output *output, const char *label, struct ledger_text text)
{
    if (!text_is_absent(text)) {
        output_print(output, "  %-16s%.*s\n", label, TEXT_ARGUMENTS(text));
    }
}

static void check_print_checkpoint(struct output *output, const struct ledger_proven_checkpoint *checkpoint)
{
    output_print(output, "Signed: the log %.*s, when it had %lld events%s%.*s\n", TEXT_ARGUMENTS(checkpoint->origin),
                 (long long)checkpoint->log_size, text_is_absent(checkpoint->time) ? "" : ", at ",
                 TEXT_ARGUMENTS(checkpoint->time));
    output_add(output, "  %-16s%s\n", "root", checkpoint->root_hash);
    check_print_text(output, "by the key", checkpoint->verifier_key);
    if (checkpoint->guards_digest[0] != '\0') {
        output_add(output, "  %-16s%s\n", "guards", checkpoint->guards_digest);
    }
    if (checkpoint->grants_digest[0] != '\0') {
        output_add(output, "  %-16s%s\n", "grants", checkpoint->grants_digest);
    }
}

static void check_print_transaction(struct output *output, const char *what,
                                    const struct ledger_proven_transaction *transaction)
{
    output_print(output, "Proven: %s %.*s stands at position %lld of that log\n", what,
                 TEXT_ARGUMENTS(transaction->transaction_number), (long long)transaction->log_index);
    check_print_text(output, "id", transaction->transaction_id);
    check_print_text(output, "event type", transaction->business_event_type);
    check_print_text(output, "business key", transaction->business_key);
    check_print_text(output, "description",
                     transaction->texts_are_erased ? TEXT("(erased; only the hash of the texts is proven)")
                                                   : transaction->description);
    output_print(output, "  %-16s%.*s, day %.*s\n", "dated", TEXT_ARGUMENTS(transaction->transaction_date),
                 TEXT_ARGUMENTS(transaction->transaction_day));
    check_print_text(output, "posted", transaction->posting_date);
    check_print_text(output, "by", transaction->created_by);
    check_print_text(output, "principal", transaction->principal);
    check_print_text(output, "source system", transaction->source_system);
    check_print_text(output, "source address", transaction->source_ip);
    check_print_text(output, "reverses", transaction->reverses_transaction_id);
    check_print_text(output, "reason", transaction->reversal_reason);
}

enum { COLUMN_ACCOUNT, COLUMN_DEBIT, COLUMN_CREDIT, COLUMN_CURRENCY, COLUMN_MEMO, COLUMNS_COUNT };

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_ACCOUNT] = {.name = "account_code", .heading = "Account", .kind = TABLE_CODE},
    [COLUMN_DEBIT] = {.name = "debit", .heading = "Debit", .kind = TABLE_AMOUNT},
    [COLUMN_CREDIT] = {.name = "credit", .heading = "Credit", .kind = TABLE_AMOUNT},
    [COLUMN_CURRENCY] = {.name = "currency", .heading = "Currency", .kind = TABLE_CODE},
    [COLUMN_MEMO] = {.name = "memo", .heading = "Memo", .kind = TABLE_TEXT},
};

static LEDGER_MUST_CHECK ledger_status check_print_entries(struct cli *cli,
                                                           const struct ledger_proven_transaction *transaction)
{
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t i = 0; i < transaction->entries_count; i++) {
        const struct ledger_proven_entry *entry = &transaction->entries[i];
        bool is_debit = text_equals_string(entry->entry_type, "DEBIT");
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_ACCOUNT] = entry->account_code,
            [COLUMN_DEBIT] = is_debit ? entry->amount : TEXT_ABSENT,
            [COLUMN_CREDIT] = is_debit ? TEXT_ABSENT : entry->amount,
            [COLUMN_CURRENCY] = entry->currency,
            [COLUMN_MEMO] = entry->memo,
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    return output_table(cli->call, &cli->output, &table);
}

static LEDGER_MUST_CHECK ledger_status check_print_evidence(struct cli *cli, const struct ledger_checked_proof *checked)
{
    struct output *output = &cli->output;
    check_print_transaction(output, "transaction", checked->transaction);
    LEDGER_TRY(check_print_entries(cli, checked->transaction));
    if (checked->reversal != NULL) {
        check_print_transaction(output, "it was reversed: its reversal", checked->reversal);
    }
    for (size_t i = 0; i < checked->events_count; i++) {
        const struct ledger_proven_event *event = &checked->events[i];
        output_print(output, "Proven: %.*s at position %lld, %.*s, by %.*s%s%.*s\n", TEXT_ARGUMENTS(event->event_type),
                     (long long)event->log_index, TEXT_ARGUMENTS(event->event_timestamp),
                     TEXT_ARGUMENTS(text_is_absent(event->user_id) ? TEXT("nobody named") : event->user_id),
                     text_is_absent(event->description) ? "" : ": ", TEXT_ARGUMENTS(event->description));
    }
    output_add(output,
               "Not proven: that nothing else concerns it (a reversal that the bundle does not have, or events after "
               "the first %lld), that what was posted is true, and that the clock was right.\n",
               (long long)checked->checkpoint.log_size);
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status check_print(struct cli *cli, const struct ledger_checked_proof *checked)
{
    struct output *output = &cli->output;
    output_print(output, "The proof holds.\n");
    check_print_checkpoint(output, &checked->checkpoint);
    switch (checked->kind) {
    case LEDGER_PROOF_OF_TRANSACTION:
        return check_print_evidence(cli, checked);
    case LEDGER_PROOF_OF_CONSISTENCY:
        check_print_checkpoint(output, &checked->old_checkpoint);
        output_print(output,
                     "Proven: the log of %lld events is the beginning of the log of %lld events: nothing in it was "
                     "altered, removed or put in between.\n",
                     (long long)checked->old_checkpoint.log_size, (long long)checked->checkpoint.log_size);
        output_add(output, "Not proven: what the events say, and that nobody else was shown another log.\n");
        return LEDGER_DONE;
    case LEDGER_PROOF_IS_A_CHECKPOINT:
        output_add(output, "Not proven: anything about a transaction, or about the log of any other size.\n");
        return LEDGER_DONE;
    }
    return LEDGER_DONE;
}

static ledger_status check_proof_run(struct cli *cli)
{
    struct ledger_text proof;
    struct ledger_text keys;
    const char *name;
    LEDGER_TRY(input_read(cli, cli->line.argument, CHECK_PROOF_BYTES_MAX, &proof, &name));
    LEDGER_TRY(proof_result_key(cli, cli_value(cli, OPTION_KEY), &keys));
    struct ledger_checked_proof checked;
    LEDGER_TRY(ledger_check_proof(cli->call, proof, keys, &checked));
    return cli->output.wants_json ? check_write_json(cli, &checked) : check_print(cli, &checked);
}

const struct command command_check_proof = {
    .name = "check-proof",
    .summary = "Check evidence, a consistency proof or a checkpoint, without any database",
    .details =
        "Makes every hash again, from the texts and entries up to the root that the ledger's key signed, and says in "
        "plain words what is proven and what not. Where a link is broken, it names the first one, and the exit status "
        "is 3.\n"
        "Who does not trust this program either checks the same file with tools/verify_evidence.py.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .argument = {.name = "FILE",
                 .hint = HINT_FILE,
                 .help = "what prove, prove-consistency or checkpoint wrote; - reads "
                         "standard input"},
    .examples = {"ledger-admin check-proof 20260331-000042.evidence --key ledger.pub",
                 "ledger-admin --json check-proof since-2025.proof --key ledger.pub"},
    .run = check_proof_run,
};
