/* The lists of each account's entries: made again segment by segment and compared, byte by byte, with what is stored.
 *
 * A list is made in pieces, none of which moves while it grows: every worker has the lists of a segment in memory. */
#include "base/text.h"
#include "base/text_builder.h"
#include "engine/account_list.h"
#include "integrity/verify_state.h"

/* Pieces double, headers included, up to a size. */
enum { LIST_PIECE_BYTES_MIN = 64, LIST_PIECE_BYTES_MAX = 256 };

struct list_piece {
    struct list_piece *next;
    uint32_t capacity;
    uint32_t size;
    unsigned char bytes[];
};

static struct list_piece *list_add_piece(struct verify *verify, struct verify_account *account)
{
    struct list_piece *last = account->list_last;
    size_t bytes = last == NULL ? LIST_PIECE_BYTES_MIN : 2 * (sizeof *last + last->capacity);
    bytes = bytes > LIST_PIECE_BYTES_MAX ? LIST_PIECE_BYTES_MAX : bytes;
    struct list_piece *piece = arena_allocate(&verify->lists, bytes);
    if (piece != NULL) {
        *piece = (struct list_piece){.capacity = (uint32_t)(bytes - sizeof *piece)};
        *(last == NULL ? &account->list_first : &last->next) = piece;
        account->list_last = piece;
    }
    return piece;
}

static ledger_status list_add_bytes(struct verify *verify, struct verify_account *account, const unsigned char *bytes,
                                    size_t size)
{
    struct list_piece *piece = account->list_last;
    if (piece == NULL || size > piece->capacity - piece->size) {
        piece = list_add_piece(verify, account);
        if (piece == NULL) {
            return ledger_fail_out_of_memory(verify->call);
        }
    }
    memcpy(piece->bytes + piece->size, bytes, size);
    piece->size += (uint32_t)size;
    return LEDGER_DONE;
}

/* Whether the pieces are these bytes. */
static bool list_equals(const struct verify_account *account, struct ledger_text stored)
{
    size_t done = 0;
    for (const struct list_piece *piece = account->list_first; piece != NULL; piece = piece->next) {
        if (piece->size > stored.size - done || memcmp(stored.data + done, piece->bytes, piece->size) != 0) {
            return false;
        }
        done += piece->size;
    }
    return done == stored.size;
}

/* The pieces in one: for a list that differs. */
static ledger_status list_join(struct verify *verify, const struct verify_account *account,
                               struct ledger_text *ret_list)
{
    struct text_builder builder;
    text_builder_init(&builder, &verify->lists, 0);
    for (const struct list_piece *piece = account->list_first; piece != NULL; piece = piece->next) {
        text_builder_add(&builder, (const char *)piece->bytes, piece->size);
    }
    return text_builder_finish(verify->call, &builder, ret_list);
}

ledger_status verify_lists_add(struct verify *verify, int64_t log_index, struct verify_account *account,
                               uint32_t entry_number)
{
    int64_t entry_key = log_index << 16 | entry_number;
    if (account->list_count == 0) {
        account->list_previous_key = account_list_origin(verify->segment);
        account->list_first = NULL;
        account->list_last = NULL;
    }
    if (entry_key <= account->list_previous_key) {
        return LEDGER_DONE; /* only with entries that are numbered wrongly, which is told */
    }
    unsigned char packed[ACCOUNT_LIST_KEY_SIZE_MAX];
    size_t size = account_list_pack(account->list_previous_key, entry_key, packed);
    LEDGER_TRY(list_add_bytes(verify, account, packed, size));
    account->list_previous_key = entry_key;
    account->list_count++;
    verify->segment_has_entries = true;
    return LEDGER_DONE;
}

static ledger_status list_report(struct verify *verify, int64_t account_id, int64_t segment, int64_t stored_count,
                                 int64_t computed_count, const char *detail)
{
    const struct verify_account *account = verify_find_account(verify, account_id);
    struct ledger_violation about = {
        .account_code = account == NULL ? TEXT_ABSENT : account->account_code,
        .field =
            stored_count == computed_count ? TEXT("account_list_rows.entries") : TEXT("account_list_rows.entry_count"),
        .stored = verify_text_of_integer(verify->stored_text, stored_count),
        .computed = verify_text_of_integer(verify->computed_text, computed_count),
    };
    return verify_found(verify, CHECK_ACCOUNT_LISTS, &about, "the list of account id %lld in segment %lld %s",
                        (long long)account_id, (long long)segment, detail);
}

static ledger_status list_compare(struct verify *verify, const struct store_account_list *stored,
                                  struct verify_account *account)
{
    if (stored->entry_count != account->list_count) {
        return list_report(verify, account->account_id, stored->segment, stored->entry_count, account->list_count,
                           "does not count as many entries as there are");
    }
    if (list_equals(account, stored->entries)) {
        return LEDGER_DONE;
    }
    struct ledger_text computed;
    LEDGER_TRY(list_join(verify, account, &computed));
    struct account_list_reader stored_reader;
    struct account_list_reader computed_reader;
    account_list_reader_init(&stored_reader, stored->segment, stored->entries);
    account_list_reader_init(&computed_reader, stored->segment, computed);
    int64_t stored_key = 0;
    int64_t computed_key = 0;
    while (account_list_next(&stored_reader, &stored_key) && account_list_next(&computed_reader, &computed_key) &&
           stored_key == computed_key) {
    }
    struct ledger_text detail;
    LEDGER_TRY(ledger_call_format(verify_scratch(verify), &detail,
                                  "does not name its entries as they are: the first to differ is near entry %lld of "
                                  "log position %lld",
                                  (long long)(computed_key & 0xffff), (long long)(computed_key >> 16)));
    return list_report(verify, account->account_id, stored->segment, stored->entry_count, account->list_count,
                       detail.data);
}

/* The accounts with entries in the segment from `*place` on, up to an account: their lists are missing. */
static ledger_status lists_report_missing(struct verify *verify, size_t *place, int64_t before_account_id)
{
    for (; *place < verify->accounts_count && verify->accounts[*place].account_id < before_account_id; ++*place) {
        const struct verify_account *account = &verify->accounts[*place];
        if (account->list_count > 0) {
            LEDGER_TRY(list_report(verify, account->account_id, verify->segment, 0, account->list_count, "is missing"));
        }
    }
    return LEDGER_DONE;
}

ledger_status verify_lists_compare(struct verify *verify)
{
    STORE_SCAN(scan);
    size_t place = 0;
    LEDGER_TRY(store_account_list_scan(verify->call, verify->store, verify->segment, verify->segment + 1, &scan));
    for (;;) {
        bool has_list = false;
        struct store_account_list stored;
        LEDGER_TRY(store_account_list_next(verify->call, &scan, &has_list, &stored));
        if (!has_list) {
            return lists_report_missing(verify, &place, INT64_MAX);
        }
        verify->sums.checked_counts[CHECK_ACCOUNT_LISTS]++;
        LEDGER_TRY(lists_report_missing(verify, &place, stored.account_id));
        struct verify_account *account = verify_find_account(verify, stored.account_id);
        if (account == NULL || account->list_count == 0) {
            LEDGER_TRY(list_report(verify, stored.account_id, stored.segment, stored.entry_count, 0,
                                   "is there, but the account has no entries in it"));
        } else {
            LEDGER_TRY(list_compare(verify, &stored, account));
        }
        place += account != NULL && place < verify->accounts_count && account == &verify->accounts[place];
    }
}

static void lists_clear(struct verify *verify)
{
    for (size_t i = 0; verify->segment_has_entries && i < verify->accounts_count; i++) {
        verify->accounts[i].list_count = 0;
    }
    verify->segment_has_entries = false;
    arena_reset(&verify->lists);
}

/* Every list of a scan is one too many. */
static ledger_status lists_report_all(struct verify *verify, struct store_scan *scan, const char *detail)
{
    for (;;) {
        bool has_list = false;
        struct store_account_list stored;
        LEDGER_TRY(store_account_list_next(verify->call, scan, &has_list, &stored));
        if (!has_list) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(list_report(verify, stored.account_id, stored.segment, stored.entry_count, 0, detail));
    }
}

void verify_lists_begin(struct verify *worker, int64_t segment)
{
    lists_clear(worker);
    worker->segment = segment;
}

/* What the ranges did not come to: segments without a row in them, and those that are not full. */
ledger_status verify_finish_lists(struct verify *verify)
{
    int64_t segments_count = verify->log.log_size >> STORE_SEGMENT_BITS;
    if (verify->segments_end < segments_count) {
        STORE_SCAN(scan);
        LEDGER_TRY(store_account_list_scan(verify->call, verify->store, verify->segments_end, segments_count, &scan));
        LEDGER_TRY(lists_report_all(verify, &scan, "is there, but the segment has no entries"));
    }
    STORE_SCAN(strays);
    LEDGER_TRY(store_account_list_scan_stray(verify->call, verify->store, segments_count, &strays));
    return lists_report_all(verify, &strays, "is there, but the segment is not full");
}
