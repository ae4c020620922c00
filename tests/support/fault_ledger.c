/* The ledger that the fault tests begin with. See fault_ledger.h. */
#include "support/fault_ledger.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "ledger/account.h"
#include "ledger/audit.h"
#include "ledger/checkpoint.h"
#include "ledger/incident.h"
#include "ledger/period.h"

#define TIME_MIN_US INT64_C(100000000000000)

enum {
    FILL_BATCH = 1000,
    LOG_SIZE_DEFAULT = 254, /* I2 */
    DUMP_ROWS_MAX = 500,
};

_Noreturn void fault_die(const char *what, const char *why)
{
    printf("Bail out! %s: %s\n", what, why);
    exit(99);
}

static void must(struct ledger_call *call, ledger_status status, ledger_status expected, const char *what)
{
    if (status != expected) {
        fault_die(what, ledger_call_message(call));
    }
}

struct ledger_open_options fault_ledger_options(const struct fault_ledger *ledger)
{
    return (struct ledger_open_options){
        .struct_size = sizeof(struct ledger_open_options),
        .uri = ledger_text_of(ledger->uri),
        .correction_approval_threshold_minor = FAULT_APPROVAL_THRESHOLD_MINOR,
    };
}

static int64_t clock_stands(void *context)
{
    return *(const int64_t *)context;
}

struct ledger_call *fault_ledger_call(const char *user, int64_t *now_us)
{
    struct ledger_call *call = ledger_call_new();
    struct ledger_actor actor = {.user = ledger_text_of(user), .source_system = TEXT("fault")};
    if (call == NULL || ledger_call_set_actor(call, &actor) != LEDGER_DONE) {
        fault_die("ledger_call_new", "memory ran out");
    }
    ledger_call_set_clock(call, clock_stands, now_us);
    ledger_call_set_timeout(call, 2000);
    return call;
}

static void seed_account(struct ledger_call *call, struct ledger *ledger, struct ledger_account_request request)
{
    struct ledger_account account;
    request.account_name = text_is_absent(request.account_name) ? TEXT("An account") : request.account_name;
    must(call, ledger_account_create(call, ledger, &request, &account), LEDGER_DONE, "create an account");
}

static void seed_accounts(struct ledger_call *call, struct ledger *ledger)
{
    seed_account(call, ledger,
                 (struct ledger_account_request){.account_code = TEXT("1"), .account_role = LEDGER_ROLE_HEADER});
    seed_account(call, ledger,
                 (struct ledger_account_request){
                     .account_code = TEXT("1000"), .account_name = TEXT("Cash"), .parent_account_code = TEXT("1")});
    seed_account(call, ledger, (struct ledger_account_request){.account_code = TEXT("1800"), .currency = TEXT("JPY")});
    seed_account(call, ledger, (struct ledger_account_request){.account_code = TEXT("1900")});
    seed_account(call, ledger,
                 (struct ledger_account_request){.account_code = TEXT("3900"),
                                                 .account_type = LEDGER_EQUITY,
                                                 .account_role = LEDGER_ROLE_RETAINED_EARNINGS});
    seed_account(call, ledger,
                 (struct ledger_account_request){.account_code = TEXT("4000"), .account_type = LEDGER_REVENUE});
    struct ledger_account account;
    must(call, ledger_account_set_active(call, ledger, TEXT("1900"), false, &account), LEDGER_DONE,
         "deactivate an account");
}

static void seed_post(struct ledger_call *call, struct ledger *ledger, int64_t amount_minor,
                      struct ledger_text idempotency_key, char ret_id[LEDGER_ID_TEXT_SIZE])
{
    const struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount_minor = amount_minor, .memo = TEXT("in")},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = amount_minor},
    };
    const struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"),
        .description = TEXT("A sale"),
        .idempotency_key = idempotency_key,
        .entries = entries,
        .entries_count = 2,
    };
    struct ledger_posted posted;
    must(call, ledger_post(call, ledger, &posting, &posted), LEDGER_DONE, "post");
    memcpy(ret_id, posted.transaction_id, LEDGER_ID_TEXT_SIZE);
}

static void seed_transactions(struct ledger_call *call, struct ledger *ledger, struct fault_ledger *seed)
{
    char ids[3][LEDGER_ID_TEXT_SIZE];
    char *const requests[] = {seed->approvable_id, seed->deniable_id};
    seed_post(call, ledger, 100, TEXT("key-1"), seed->reversible_id);
    seed_post(call, ledger, 5000000, TEXT_ABSENT, seed->large_id);
    for (size_t i = 0; i < 3; i++) {
        seed_post(call, ledger, i < 2 ? 6000000 : 700, TEXT_ABSENT, ids[i]);
        struct ledger_reversal reversal = {.transaction = ledger_text_of(ids[i]), .reason = TEXT("A mistake")};
        struct ledger_posted posted;
        must(call, ledger_reverse(call, ledger, &reversal, &posted), i < 2 ? LEDGER_APPROVAL_IS_PENDING : LEDGER_DONE,
             "reverse");
        if (i < 2) {
            memcpy(requests[i], posted.approval_request_id, LEDGER_ID_TEXT_SIZE);
        }
        ledger_call_reset(call);
    }
    must(call, ledger_redact(call, ledger, ledger_text_of(ids[2]), TEXT("A request"), seed->redaction_id),
         LEDGER_APPROVAL_IS_PENDING, "redact");
    ledger_call_reset(call);
    struct ledger_incident_opening opening = {.summary = TEXT("Something odd"), .severity = LEDGER_WARNING};
    must(call, ledger_incident_open(call, ledger, &opening, seed->incident_id), LEDGER_DONE, "open an incident");
    struct ledger_period period;
    int32_t day = (int32_t)(FAULT_SEED_US / INT64_C(86400000000));
    must(call, ledger_period_set(call, ledger, day - 60, day - 30, true, TEXT("closed"), &period), LEDGER_DONE,
         "close a period");
}

/* Fills the log up with postings. */
static void seed_fill(struct ledger_call *call, struct ledger *ledger, int64_t log_size)
{
    static struct ledger_posting postings[FILL_BATCH];
    static struct ledger_posted posted[FILL_BATCH];
    const struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount_minor = 1},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 1},
    };
    for (size_t i = 0; i < FILL_BATCH; i++) {
        postings[i] = (struct ledger_posting){
            .business_event_type = TEXT("SALE"), .description = TEXT("x"), .entries = entries, .entries_count = 2};
    }
    char id[LEDGER_ID_TEXT_SIZE];
    const struct ledger_event_record *events;
    size_t count = 0;
    struct ledger_audit_filter newest = {.limit = 1};
    seed_post(call, ledger, 1, TEXT_ABSENT, id);
    must(call, ledger_audit_list(call, ledger, &newest, &events, &count), LEDGER_DONE, "list the log");
    for (int64_t size = events[0].log_index + 1; size < log_size;) {
        size_t batch = log_size - size < FILL_BATCH ? (size_t)(log_size - size) : FILL_BATCH;
        must(call, ledger_post_batch(call, ledger, postings, batch, LEDGER_BATCH_EACH, posted), LEDGER_DONE, "fill");
        ledger_call_reset(call);
        size += (int64_t)batch;
    }
}

/* The whole database in its one file, and that file in memory. */
static void seed_read(struct fault_ledger *seed)
{
    sqlite3 *connection = NULL;
    if (sqlite3_open_v2(seed->path, &connection, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_exec(connection, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) != SQLITE_OK) {
        fault_die("checkpoint the seed", sqlite3_errmsg(connection));
    }
    (void)sqlite3_close(connection);
    FILE *file = fopen(seed->path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fault_die(seed->path, "cannot be read");
    }
    seed->seed_size = (size_t)ftell(file);
    seed->seed = malloc(seed->seed_size);
    rewind(file);
    if (seed->seed == NULL || fread(seed->seed, 1, seed->seed_size, file) != seed->seed_size) {
        fault_die(seed->path, "cannot be read");
    }
    (void)fclose(file);
}

static void seed_make(const char *uri)
{
    int64_t now_us = FAULT_SEED_US;
    struct ledger_call *call = fault_ledger_call("ana", &now_us);
    struct ledger_open_options options = {.struct_size = sizeof options, .uri = ledger_text_of(uri)};
    struct ledger_settings settings = {.default_currency = TEXT("EUR")};
    struct ledger *ledger = NULL;
    must(call, ledger_create(call, &options, &settings, &ledger), LEDGER_DONE, "create a ledger");
    ledger_free(ledger);
    ledger_call_free(call);
}

static void seed_place(struct fault_ledger *seed)
{
    if (scratch_backend() == SCRATCH_MARIADB) {
        fault_server_init(seed);
        return;
    }
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(seed->directory, sizeof seed->directory, "%.400s/ledger-fault-XXXXXX",
                   temporary == NULL ? "/tmp" : temporary);
    if (mkdtemp(seed->directory) == NULL || chdir(seed->directory) != 0) {
        fault_die(seed->directory, "cannot be made");
    }
    (void)snprintf(seed->path, sizeof seed->path, "%.480s/ledger.db", seed->directory);
    (void)snprintf(seed->uri, sizeof seed->uri, "sqlite:///%s", seed->path);
}

/* What checkpoints are made with. */
static void seed_make_files(void)
{
    static const char key[] = FAULT_SIGNING_KEY "\n";
    int descriptor = open(FAULT_KEY_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (mkdir(FAULT_CHECKPOINTS, 0700) != 0 || descriptor < 0 ||
        write(descriptor, key, sizeof key - 1) != (ssize_t)sizeof key - 1 || close(descriptor) != 0) {
        fault_die(FAULT_KEY_FILE, "cannot be written");
    }
}

void fault_ledger_remove_checkpoints(void)
{
    DIR *directory = opendir(FAULT_CHECKPOINTS);
    for (const struct dirent *entry = NULL; directory != NULL && (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.') {
            (void)unlinkat(dirfd(directory), entry->d_name, 0);
        }
    }
    (void)closedir(directory);
}

static void seed_remove_files(void)
{
    fault_ledger_remove_checkpoints();
    (void)rmdir(FAULT_CHECKPOINTS);
    (void)unlink(FAULT_KEY_FILE);
}

void fault_ledger_init(struct fault_ledger *seed, int64_t log_size)
{
    seed_place(seed);
    seed_make_files();
    seed_make(seed->uri);
    int64_t now_us = FAULT_SEED_US;
    struct ledger_call *call = fault_ledger_call("ana", &now_us);
    struct ledger_open_options options = fault_ledger_options(seed);
    struct ledger *ledger = NULL;
    struct ledger_key key;
    must(call, ledger_open(call, &options, &ledger), LEDGER_DONE, "open the ledger");
    seed_accounts(call, ledger);
    must(call, ledger_key_register(call, ledger, TEXT(FAULT_VERIFIER_KEY), false, &key), LEDGER_DONE, "register a key");
    seed_transactions(call, ledger, seed);
    seed_fill(call, ledger, log_size == 0 ? LOG_SIZE_DEFAULT : log_size);
    ledger_free(ledger);
    ledger_call_free(call);
    if (scratch_backend() == SCRATCH_MARIADB) {
        fault_server_keep(seed, seed_make);
    } else {
        seed_read(seed);
    }
}

void fault_ledger_remove(const struct fault_ledger *ledger)
{
    if (scratch_backend() == SCRATCH_MARIADB) {
        fault_server_remove(ledger);
        return;
    }
    static const char *const suffixes[] = {"", "-wal", "-shm", "-writer-lock", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[FAULT_PATH_SIZE + 16];
        (void)snprintf(path, sizeof path, "%s%s", ledger->path, suffixes[i]);
        (void)unlink(path);
    }
}

void fault_ledger_copy(const struct fault_ledger *ledger)
{
    fault_ledger_remove_checkpoints();
    if (scratch_backend() == SCRATCH_MARIADB) {
        fault_server_copy(ledger);
        return;
    }
    fault_ledger_remove(ledger);
    int descriptor = open(ledger->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 || write(descriptor, ledger->seed, ledger->seed_size) != (ssize_t)ledger->seed_size) {
        fault_die(ledger->path, "cannot be written");
    }
    (void)close(descriptor);
}

void fault_ledger_done(struct fault_ledger *ledger)
{
    seed_remove_files();
    if (scratch_backend() == SCRATCH_MARIADB) {
        fault_server_done(ledger);
        return;
    }
    fault_ledger_remove(ledger);
    if (chdir("/") != 0 || rmdir(ledger->directory) != 0) {
        fault_die(ledger->directory, "cannot be removed");
    }
    free(ledger->seed);
    ledger->seed = NULL;
}

/* The length of the form where the text begins with one like it, in which an x is a hexadecimal digit; else 0. */
static size_t length_of_form(const char *form, const char *text)
{
    size_t length = 0;
    for (; form[length] != '\0'; length++) {
        bool is_digit = text[length] != '\0' && strchr("0123456789abcdef", text[length]) != NULL;
        if (form[length] == 'x' ? !is_digit : text[length] != form[length]) {
            return 0;
        }
    }
    return length;
}

/* The length of the hash and key of a public key, behind its name. */
static size_t length_of_key(const char *text)
{
    size_t length = length_of_form("+xxxxxxxx+A", text);
    return length == 0
               ? 0
               : length + strspn(text + length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
}

/* The length of what is to be shown of a signed note: two lines; of another text all of it. */
static size_t length_shown(const char *text)
{
    const char *signatures = strstr(text, "\n\n\u2014 ");
    const char *first = signatures == NULL ? NULL : strchr(text, '\n');
    const char *second = first == NULL ? NULL : strchr(first + 1, '\n');
    return second == NULL ? strlen(text) : (size_t)(second - text);
}

/* I3: a UUID, hash, salt, key or instant in a text reads as one asterisk. */
void fault_dump_text(FILE *out, const char *text)
{
    size_t length_max = length_shown(text);
    static const char *const forms[] = {
        "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",     "xxxx-xx-xxTxx:xx:xx.xxxxxxZ",
        "xxxx-xx-xx xx:xx:xx.xxxxxx",
    };
    for (size_t i = 0; i < length_max;) {
        size_t length = length_of_key(text + i);
        for (size_t f = 0; length == 0 && f < sizeof forms / sizeof forms[0]; f++) {
            length = length_of_form(forms[f], text + i);
        }
        (void)fputc(length > 0 ? '*' : text[i], out);
        i += length > 0 ? length : 1;
    }
}

/* I3: of a blob its size counts, of an instant that there is one. */
static void dump_value(FILE *out, sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: {
        int64_t integer = sqlite3_column_int64(statement, column);
        (void)fprintf(out, integer >= TIME_MIN_US ? "|time" : "|%" PRId64, integer);
        break;
    }
    case SQLITE_TEXT:
        (void)fputc('|', out);
        fault_dump_text(out, (const char *)sqlite3_column_text(statement, column));
        break;
    case SQLITE_BLOB:
        (void)fprintf(out, "|blob of %d", sqlite3_column_bytes(statement, column));
        break;
    default:
        (void)fputs("|NULL", out);
        break;
    }
}

/* How many rows there are, and the rows; of a long table the last. */
static int dump_table(FILE *out, sqlite3 *connection, const char *table)
{
    char *sql = sqlite3_mprintf("SELECT (SELECT count(*) FROM \"%w\"), * FROM \"%w\" ORDER BY 2 DESC LIMIT %d", table,
                                table, DUMP_ROWS_MAX);
    sqlite3_stmt *statement = NULL;
    int code = sql == NULL ? SQLITE_NOMEM : sqlite3_prepare_v2(connection, sql, -1, &statement, NULL);
    sqlite3_free(sql);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            (void)fputs(table, out);
            for (int column = 0; column < sqlite3_column_count(statement); column++) {
                dump_value(out, statement, column);
            }
            (void)fputc('\n', out);
        }
    }
    (void)sqlite3_finalize(statement);
    return code;
}

static void dump_tables(FILE *out, sqlite3 *connection)
{
    sqlite3_stmt *tables = NULL;
    int code = sqlite3_prepare_v2(connection,
                                  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migrations' "
                                  "ORDER BY name",
                                  -1, &tables, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(tables);
        if (code == SQLITE_ROW &&
            dump_table(out, connection, (const char *)sqlite3_column_text(tables, 0)) != SQLITE_DONE) {
            fault_die("dump the ledger", sqlite3_errmsg(connection));
        }
    }
    if (code != SQLITE_DONE) {
        fault_die("dump the ledger", sqlite3_errmsg(connection));
    }
    (void)sqlite3_finalize(tables);
}

char *fault_ledger_dump(const struct fault_ledger *ledger)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) {
        fault_die("dump the ledger", "memory ran out");
    }
    if (scratch_backend() == SCRATCH_MARIADB) {
        fault_server_dump(ledger, out);
    } else if (access(ledger->path, F_OK) == 0) {
        sqlite3 *connection = NULL;
        if (sqlite3_open_v2(ledger->path, &connection, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
            fault_die("open the ledger", sqlite3_errmsg(connection));
        }
        (void)sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        dump_tables(out, connection);
        (void)sqlite3_close(connection);
    }
    (void)fclose(out);
    return text;
}

void fault_show_difference(const char *left, const char *right)
{
    while (*left != '\0' && *right != '\0') {
        size_t left_size = strcspn(left, "\n");
        size_t right_size = strcspn(right, "\n");
        if (left_size != right_size || memcmp(left, right, left_size) != 0) {
            break;
        }
        left += left_size + 1;
        right += right_size + 1;
    }
    printf("#   it has:    %.*s\n#   expected: %.*s\n", (int)strcspn(left, "\n"), left, (int)strcspn(right, "\n"),
           right);
}
