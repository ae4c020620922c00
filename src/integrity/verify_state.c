/* Violations told and kept, values as text, accounts and corrections: what the stages of verify share. */
#include "integrity/verify_state.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "base/utf8.h"
#include "domain/amount.h"

enum { VIOLATION_TEXT_BYTES_MAX = 400, VIOLATION_ROW_BYTES_MAX = 4096 };

/* A copy that anybody can print: of what is no UTF-8, only its size; of what is long, the beginning. */
static ledger_status violation_copy_text(struct ledger_call *call, size_t bytes_max, struct ledger_text *text)
{
    if (text_is_absent(*text)) {
        return LEDGER_DONE;
    }
    if (utf8_first_invalid(*text) < text->size) {
        return ledger_call_format(call, text, "(%zu bytes that are not UTF-8)", text->size);
    }
    if (text->size <= bytes_max) {
        return ledger_call_copy_text(call, *text, text);
    }
    size_t size = bytes_max;
    while (size > 0 && ((unsigned char)text->data[size] & 0xc0) == 0x80) {
        size--;
    }
    return ledger_call_format(call, text, "%.*s…", (int)size, text->data);
}

static ledger_status violation_copy(struct ledger_call *call, struct ledger_violation *violation)
{
    struct ledger_text *const texts[] = {
        &violation->transaction_id, &violation->transaction_number, &violation->account_code, &violation->field,
        &violation->stored,         &violation->computed,           &violation->trusted,
    };
    /* A row that is gone is told whole, and once. */
    bool is_of_row = !text_is_absent(violation->trusted) || text_equals_string(violation->check, "trusted-copy");
    size_t bytes_max = is_of_row ? VIOLATION_ROW_BYTES_MAX : VIOLATION_TEXT_BYTES_MAX;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        LEDGER_TRY(violation_copy_text(call, bytes_max, texts[i]));
    }
    if (utf8_first_invalid(violation->detail) < violation->detail.size) {
        return violation_copy_text(call, bytes_max, &violation->detail);
    }
    return ledger_call_copy_text(call, violation->detail, &violation->detail);
}

ledger_status verify_array_grow(struct ledger_call *call, struct arena *arena, void **array, size_t count,
                                size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return LEDGER_DONE;
    }
    size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = arena_allocate_array(arena, wanted, size);
    if (grown == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    if (count > 0) {
        memcpy(grown, *array, count * size);
    }
    *array = grown;
    *capacity = wanted;
    return LEDGER_DONE;
}

ledger_status verify_tell(struct verify *verify, enum verify_check check, struct ledger_violation violation)
{
    violation.check = ledger_text_of(check_definitions[check].name);
    if (verify->sink != NULL) {
        const struct verify_item item = {.kind = ITEM_VIOLATION, .check = check, .violation = violation};
        return verify->sink(verify, verify->sink_context, &item);
    }
    verify->checks[check].violations_count++;
    verify->violations_count++;
    verify->critical_count += violation.is_critical;
    if (verify->violations_kept < LEDGER_VIOLATIONS_KEPT_MAX) {
        void *array = verify->violations;
        LEDGER_TRY(verify_array_grow(verify->call, &verify->call->arena, &array, verify->violations_kept,
                                     &verify->violations_capacity, sizeof *verify->violations));
        verify->violations = array;
        LEDGER_TRY(violation_copy(verify->call, &violation));
        verify->violations[verify->violations_kept++] = violation;
        if (verify->options->found != NULL) {
            verify->options->found(verify->options->context, &violation);
        }
        return LEDGER_DONE;
    }
    if (verify->options->found == NULL) {
        return LEDGER_DONE;
    }
    struct ledger_call told;
    call_init(&told);
    ledger_status status = violation_copy(&told, &violation);
    if (status == LEDGER_DONE) {
        verify->options->found(verify->options->context, &violation);
    }
    call_done(&told);
    return status == LEDGER_DONE ? LEDGER_DONE : ledger_fail_out_of_memory(verify->call);
}

/* The detail, cut where it is too long, but not within a character. */
LEDGER_PRINTF(3, 0)
static struct ledger_text detail_format(char *out, size_t size, const char *detail, va_list arguments)
{
    int length = vsnprintf(out, size, detail, arguments);
    size_t kept = length < 0 ? 0 : (size_t)length;
    if (kept >= size) {
        kept = size - 1;
        while (kept > 0 && ((unsigned char)out[kept - 1] & 0xc0) == 0x80) {
            kept--;
        }
        kept -= kept > 0 && (unsigned char)out[kept - 1] >= 0xc0 ? 1 : 0;
    }
    return (struct ledger_text){out, kept};
}

ledger_status verify_found(struct verify *verify, enum verify_check check, const struct ledger_violation *about,
                           const char *detail, ...)
{
    char buffer[VERIFY_DETAIL_SIZE];
    struct ledger_violation violation = *about;
    va_list arguments;
    va_start(arguments, detail);
    violation.detail = detail_format(buffer, sizeof buffer, detail, arguments);
    va_end(arguments);
    violation.is_critical = true;
    return verify_tell(verify, check, violation);
}

ledger_status verify_warn(struct verify *verify, enum verify_check check, const struct ledger_violation *about,
                          const char *detail, ...)
{
    char buffer[VERIFY_DETAIL_SIZE];
    struct ledger_violation violation = *about;
    va_list arguments;
    va_start(arguments, detail);
    violation.detail = detail_format(buffer, sizeof buffer, detail, arguments);
    va_end(arguments);
    violation.is_critical = false;
    return verify_tell(verify, check, violation);
}

struct ledger_violation verify_about_id(struct verify *verify, const uint8_t transaction_id[UUID_SIZE])
{
    struct uuid id;
    memcpy(id.bytes, transaction_id, sizeof id.bytes);
    uuid_format(&id, verify->id_text);
    return (struct ledger_violation){.transaction_id = ledger_text_of(verify->id_text)};
}

struct ledger_violation verify_about_transaction(struct verify *verify,
                                                 const struct ledger_transaction_record *transaction)
{
    struct ledger_violation about = verify_about_id(verify, transaction->transaction_id);
    ledger_transaction_number(transaction->posting_date_us, transaction->number_in_day, verify->number_text);
    about.transaction_number = ledger_text_of(verify->number_text);
    return about;
}

struct ledger_violation verify_about_entry(struct verify *verify, const struct ledger_transaction_record *transaction,
                                           const struct ledger_entry_record *entry)
{
    struct ledger_violation about = verify_about_transaction(verify, transaction);
    about.entry_number = entry->entry_number;
    about.account_code = entry->account_code;
    return about;
}

struct ledger_text verify_text_of_integer(char out[VERIFY_TEXT_SIZE], int64_t number)
{
    int length = snprintf(out, VERIFY_TEXT_SIZE, "%lld", (long long)number);
    return (struct ledger_text){out, (size_t)length};
}

struct ledger_text verify_text_of_amount(char out[VERIFY_TEXT_SIZE], int128 amount_minor)
{
    _Static_assert((int)AMOUNT_TEXT_SIZE <= (int)VERIFY_TEXT_SIZE, "an amount fits");
    return (struct ledger_text){out, amount_format(amount_minor, out)};
}

struct ledger_text verify_text_of_hash(char out[VERIFY_TEXT_SIZE], const uint8_t hash[SHA256_SIZE])
{
    struct sha256_hash copy;
    memcpy(copy.bytes, hash, sizeof copy.bytes);
    sha256_format(&copy, out);
    return (struct ledger_text){out, 2 * (size_t)SHA256_SIZE};
}

struct ledger_text verify_text_of_time(char out[VERIFY_TEXT_SIZE], int64_t time_us)
{
    return (struct ledger_text){out, time_format(time_us, out)};
}

struct ledger_text verify_text_of_day(char out[VERIFY_TEXT_SIZE], int32_t day)
{
    return (struct ledger_text){out, day_format(day, out)};
}

struct ledger_call *verify_scratch(struct verify *verify)
{
    ledger_call_reset(&verify->scratch);
    return &verify->scratch;
}

ledger_status verify_scratch_failed(struct verify *verify, ledger_status status)
{
    return status == LEDGER_OUT_OF_MEMORY
               ? ledger_fail_out_of_memory(verify->call)
               : ledger_fail(verify->call, status, "%s", ledger_call_message(&verify->scratch));
}

/* Where the account of an id stands or would stand. */
static size_t accounts_place(const struct verify *verify, int64_t account_id)
{
    size_t low = 0;
    size_t high = verify->accounts_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (verify->accounts[middle].account_id < account_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct verify_account *verify_find_account(struct verify *verify, int64_t account_id)
{
    /* Ids count from 1, so an account nearly always stands in the place of its id. */
    uint64_t guess = (uint64_t)account_id - 1;
    if (guess < verify->accounts_count && verify->accounts[guess].account_id == account_id) {
        return &verify->accounts[guess];
    }
    size_t place = accounts_place(verify, account_id);
    bool is_found = place < verify->accounts_count && verify->accounts[place].account_id == account_id;
    return is_found ? &verify->accounts[place] : NULL;
}

ledger_status verify_add_account(struct verify *verify, int64_t account_id, struct verify_account **ret_account)
{
    void *array = verify->accounts;
    LEDGER_TRY(verify_array_grow(verify->call, &verify->call->arena, &array, verify->accounts_count,
                                 &verify->accounts_capacity, sizeof *verify->accounts));
    verify->accounts = array;
    size_t place = accounts_place(verify, account_id);
    struct verify_account *account = &verify->accounts[place];
    memmove(account + 1, account, (verify->accounts_count - place) * sizeof *account);
    *account = (struct verify_account){.account_id = account_id};
    verify->accounts_count++;
    *ret_account = account;
    return LEDGER_DONE;
}

/* The instant of the transaction at just that position. */
ledger_status verify_find_posting_date(struct verify *verify, int64_t log_index, bool *ret_found, int64_t *ret_us)
{
    bool is_found = false;
    int64_t found_index = 0;
    int64_t number = 0;
    if (log_index >= 0 && log_index < STORE_POSITION_MAX) {
        LEDGER_TRY(store_transaction_previous(verify->call, verify->store, log_index + 1, &is_found, &found_index,
                                              ret_us, &number));
    }
    *ret_found = is_found && found_index == log_index;
    return LEDGER_DONE;
}

static ledger_status accounts_take_folded(struct verify *verify)
{
    STORE_SCAN(scan);
    LEDGER_TRY(store_total_scan(verify->call, verify->store, STORE_TOTAL_BALANCE,
                                (struct store_account_part){.mask = 0}, &scan));
    for (;;) {
        bool has_row = false;
        struct store_total_row row;
        LEDGER_TRY(store_total_next(verify->call, &scan, &has_row, &row));
        if (!has_row) {
            return LEDGER_DONE;
        }
        struct verify_account *account = verify_find_account(verify, row.totals.account_id);
        if (account == NULL) {
            continue;
        }
        account->folded_count = row.totals.entry_count;
        LEDGER_TRY(verify_find_posting_date(verify, row.last_log_index, &account->has_folded_us, &account->folded_us));
    }
}

ledger_status verify_load_accounts(struct verify *verify)
{
    struct store_account_row *rows = NULL;
    size_t count = 0;
    LEDGER_TRY(store_account_row_list(verify->call, verify->store, &rows, &count));
    LEDGER_ALLOCATE(verify->call, verify->accounts, count + 1);
    verify->accounts_capacity = count + 1;
    verify->accounts_count = count;
    for (size_t i = 0; i < count; i++) {
        verify->accounts[i] = (struct verify_account){
            .account_id = rows[i].account_id,
            .account_code = rows[i].account_code,
            .currency = rows[i].currency,
        };
    }
    for (size_t i = 0; !verify->is_of_one && i < count; i++) {
        if (!rows[i].has_parent) {
            struct ledger_violation about = {.account_code = rows[i].account_code,
                                             .field = TEXT("chart_of_accounts.parent_account_id")};
            LEDGER_TRY(verify_found(verify, CHECK_ORPHANS, &about, "the parent of account %.*s is missing",
                                    TEXT_ARGUMENTS(rows[i].account_code)));
        }
    }
    return verify->is_of_one ? LEDGER_DONE : accounts_take_folded(verify);
}

ledger_status verify_keep_correction(struct verify *verify, const struct verify_correction *correction)
{
    if (verify->corrections_count >= LEDGER_VIOLATIONS_KEPT_MAX) {
        return LEDGER_DONE; /* totals will then be told to differ */
    }
    struct arena *arena = verify->result_arena == NULL ? &verify->call->arena : verify->result_arena;
    void *array = verify->corrections;
    LEDGER_TRY(verify_array_grow(verify->call, arena, &array, verify->corrections_count, &verify->corrections_capacity,
                                 sizeof *verify->corrections));
    verify->corrections = array;
    verify->corrections[verify->corrections_count++] = *correction;
    return LEDGER_DONE;
}

const struct verify_correction *verify_find_correction(const struct verify *verify, int64_t log_index,
                                                       uint32_t entry_number)
{
    size_t low = 0;
    size_t high = verify->corrections_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (verify->corrections[middle].log_index < log_index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < verify->corrections_count && verify->corrections[low].log_index == log_index; low++) {
        if (verify->corrections[low].entry_number == entry_number) {
            return &verify->corrections[low];
        }
    }
    return NULL;
}
