/* Posts a chart of accounts and a file of transactions: the quarter of the demo, or your own.
 *
 *     example_post_quarter URI CHART.csv TRANSACTIONS.csv USER
 *
 * The ledger exists already (`ledger-admin init --confirm`). The files are plain lines of fields between commas, with a
 * heading, without quotes; examples/quarter has both. Lines that follow each other with the same business_key are the
 * entries of one transaction. All transactions are one batch: one durable commit, or nothing. The business key is the
 * idempotency key as well, so the same file can be sent again: what is posted stays posted once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/account.h"
#include "ledger/transaction.h"

#define TEXT(literal) ledger_text_of(literal)

enum { CODE, NAME, TYPE, ROLE, PARENT, CHART_FIELDS };
enum { KEY, DATE, EVENT_TYPE, DESCRIPTION, ACCOUNT, ENTRY_TYPE, AMOUNT, MEMO, TRANSACTION_FIELDS, FIELDS_MAX = 8 };

/* A file in memory, terminated; the fields point into it. NULL where it cannot be read. */
static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    size_t size = 0;
    size_t capacity = 65536;
    char *bytes = malloc(capacity);
    while (bytes != NULL) {
        size += fread(bytes + size, 1, capacity - size - 1, file);
        if (size < capacity - 1) {
            bytes[size] = '\0';
            break;
        }
        capacity *= 2;
        char *larger = realloc(bytes, capacity);
        if (larger == NULL) {
            free(bytes);
        }
        bytes = larger;
    }
    if (ferror(file)) {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

/* Takes the next line apart; an empty field is an absent text. False at the end of the file. */
static bool next_line(char **rest, struct ledger_text *fields, size_t fields_count)
{
    char *line = *rest;
    if (*line == '\0') {
        return false;
    }
    char *end = line + strcspn(line, "\n");
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    memset(fields, 0, fields_count * sizeof *fields);
    for (size_t index = 0; index < fields_count; index++) {
        size_t size = strcspn(line, ",");
        if (size > 0) {
            fields[index] = (struct ledger_text){line, size};
        }
        line += size + (line[size] == ',' ? 1 : 0);
    }
    return true;
}

static bool same_text(struct ledger_text left, struct ledger_text right)
{
    return left.size == right.size && (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

/* Creates those accounts of the chart that are not there yet. */
static ledger_status create_chart(struct ledger_call *call, struct ledger *ledger, char *file)
{
    struct ledger_text fields[FIELDS_MAX];
    size_t created_count = 0;
    next_line(&file, fields, CHART_FIELDS); /* the heading */
    while (next_line(&file, fields, CHART_FIELDS)) {
        struct ledger_account_request request = {
            .account_code = fields[CODE], .account_name = fields[NAME], .parent_account_code = fields[PARENT]};
        if (!ledger_account_type_parse(fields[TYPE], &request.account_type) ||
            !ledger_account_role_parse(fields[ROLE], &request.account_role)) {
            fprintf(stderr, "account %.*s: unknown type or role\n", (int)fields[CODE].size, fields[CODE].data);
            return LEDGER_ACCOUNT_TYPE_IS_INVALID;
        }
        struct ledger_account account;
        ledger_status status = ledger_account_get(call, ledger, fields[CODE], &account);
        if (status == LEDGER_ACCOUNT_NOT_FOUND) {
            ledger_call_reset(call);
            status = ledger_account_create(call, ledger, &request, &account);
            created_count++;
        }
        if (status != LEDGER_DONE) {
            return status;
        }
    }
    printf("%zu accounts created\n", created_count);
    return LEDGER_DONE;
}

/* Makes postings of the file's lines. `postings` and `entries` have a place for each line. */
static size_t read_postings(char *file, struct ledger_posting *postings, struct ledger_entry *entries)
{
    struct ledger_text fields[FIELDS_MAX];
    size_t postings_count = 0;
    size_t entries_count = 0;
    next_line(&file, fields, TRANSACTION_FIELDS); /* the heading */
    while (next_line(&file, fields, TRANSACTION_FIELDS)) {
        if (postings_count == 0 || !same_text(postings[postings_count - 1].business_key, fields[KEY])) {
            postings[postings_count++] = (struct ledger_posting){
                .business_event_type = fields[EVENT_TYPE],
                .business_key = fields[KEY],
                .description = fields[DESCRIPTION],
                .transaction_date = fields[DATE],
                .idempotency_key = fields[KEY],
                .allow_future = true, /* whatever today is where the demo runs */
                .entries = &entries[entries_count],
            };
        }
        entries[entries_count++] = (struct ledger_entry){
            .account_code = fields[ACCOUNT],
            .entry_type_text = fields[ENTRY_TYPE],
            .amount = fields[AMOUNT],
            .memo = fields[MEMO],
        };
        postings[postings_count - 1].entries_count++;
    }
    return postings_count;
}

static ledger_status post_all(struct ledger_call *call, struct ledger *ledger, const struct ledger_posting *postings,
                              size_t count)
{
    struct ledger_posted *posted = calloc(count + 1, sizeof *posted);
    if (posted == NULL) {
        return LEDGER_OUT_OF_MEMORY;
    }
    ledger_status status = ledger_post_batch(call, ledger, postings, count, LEDGER_BATCH_ALL, posted);
    size_t replayed_count = 0;
    for (size_t index = 0; status == LEDGER_DONE && index < count; index++) {
        replayed_count += posted[index].replayed ? 1 : 0;
    }
    if (status == LEDGER_DONE) {
        printf("%zu transactions posted, %zu had been posted before\n", count - replayed_count, replayed_count);
    }
    if (status == LEDGER_DONE && count > 0) {
        printf("from %s to %s\n", posted[0].transaction_number, posted[count - 1].transaction_number);
    }
    free(posted);
    return status;
}

static ledger_status post_file(struct ledger_call *call, struct ledger *ledger, char *file)
{
    size_t lines_count = 1;
    for (const char *next = file; *next != '\0'; next++) {
        lines_count += *next == '\n' ? 1 : 0;
    }
    struct ledger_posting *postings = calloc(lines_count, sizeof *postings);
    struct ledger_entry *entries = calloc(lines_count, sizeof *entries);
    ledger_status status = LEDGER_OUT_OF_MEMORY;
    if (postings != NULL && entries != NULL) {
        status = post_all(call, ledger, postings, read_postings(file, postings, entries));
    }
    free(postings);
    free(entries);
    return status;
}

static ledger_status run(struct ledger_call *call, char **argv, char *chart, char *transactions)
{
    const struct ledger_open_options options = {.struct_size = sizeof options, .uri = TEXT(argv[1])};
    const struct ledger_actor actor = {.user = TEXT(argv[4]), .source_system = TEXT("post_quarter")};
    struct ledger *ledger = NULL;
    ledger_status status = ledger_call_set_actor(call, &actor);
    if (status == LEDGER_DONE) {
        status = ledger_open(call, &options, &ledger);
    }
    if (status == LEDGER_DONE) {
        status = create_chart(call, ledger, chart);
    }
    if (status == LEDGER_DONE) {
        status = post_file(call, ledger, transactions);
    }
    ledger_free(ledger);
    return status;
}

/* Each problem, and of a batch which transaction of the file it is about. */
static void tell_problems(const struct ledger_call *call, ledger_status status)
{
    for (size_t index = 0; index < ledger_call_problems_count(call); index++) {
        const struct ledger_problem *problem = ledger_call_problem(call, index);
        if (status == LEDGER_BATCH_IS_REFUSED) {
            fprintf(stderr, "  transaction %zu:", problem->item_index + 1);
        }
        fprintf(stderr, "  %.*s\n", (int)problem->message.size, problem->message.data);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s URI CHART.csv TRANSACTIONS.csv USER\n", argv[0]);
        return ledger_status_exit(LEDGER_USAGE_IS_WRONG);
    }
    struct ledger_call *call = ledger_call_new();
    char *chart = read_file(argv[2]);
    char *transactions = read_file(argv[3]);
    ledger_status status = LEDGER_FILE_IS_UNREADABLE;
    if (call != NULL && chart != NULL && transactions != NULL) {
        status = run(call, argv, chart, transactions);
    }
    if (status != LEDGER_DONE) {
        fprintf(stderr, "%s: %s\n", ledger_status_name(status), ledger_status_sentence(status));
    }
    if (status != LEDGER_DONE && call != NULL) {
        tell_problems(call, status);
    }
    free(transactions);
    free(chart);
    ledger_call_free(call);
    return ledger_status_exit(status);
}
