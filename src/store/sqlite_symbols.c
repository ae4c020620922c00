/* The dictionary of repeated texts, remembered in two small hash tables. */
#include "store/sqlite_symbols.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void sqlite_symbols_init(struct sqlite_symbols *symbols, sqlite3 *connection)
{
    *symbols = (struct sqlite_symbols){.connection = connection};
    arena_init(&symbols->arena);
}

void sqlite_symbols_done(struct sqlite_symbols *symbols)
{
    (void)sqlite3_finalize(symbols->find_by_text);
    (void)sqlite3_finalize(symbols->find_by_id);
    (void)sqlite3_finalize(symbols->insert);
    arena_done(&symbols->arena);
}

void sqlite_symbols_forget(struct sqlite_symbols *symbols)
{
    memset(symbols->by_text, 0, sizeof symbols->by_text);
    memset(symbols->by_id, 0, sizeof symbols->by_id);
    symbols->count = 0;
    arena_reset(&symbols->arena);
}

void sqlite_symbols_trim(struct sqlite_symbols *symbols)
{
    if (symbols->count > SYMBOLS_MAX) {
        sqlite_symbols_forget(symbols);
    }
}

static int symbols_keep(struct sqlite_symbols *symbols, struct ledger_text text, int64_t text_id,
                        struct ledger_text *ret_kept)
{
    struct symbol *symbol = arena_allocate(&symbols->arena, sizeof *symbol);
    char *copy = arena_allocate(&symbols->arena, text.size + 1);
    if (symbol == NULL || copy == NULL) {
        return SQLITE_NOMEM;
    }
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    symbol->text = (struct ledger_text){copy, text.size};
    symbol->text_id = text_id;
    struct symbol **by_text = &symbols->by_text[text_hash(text) % SYMBOL_BUCKETS];
    struct symbol **by_id = &symbols->by_id[(uint64_t)text_id % SYMBOL_BUCKETS];
    symbol->next_by_text = *by_text;
    symbol->next_by_id = *by_id;
    *by_text = symbol;
    *by_id = symbol;
    symbols->count++;
    *ret_kept = symbol->text;
    return SQLITE_OK;
}

static int symbols_prepare(struct sqlite_symbols *symbols, const char *sql, sqlite3_stmt **statement)
{
    if (*statement != NULL) {
        return SQLITE_OK;
    }
    return sqlite3_prepare_v3(symbols->connection, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
}

/* SQLITE_ROW with the number where the dictionary has the text, SQLITE_DONE where not, else a failure. */
static int symbols_find(struct sqlite_symbols *symbols, struct ledger_text text, int64_t *ret_text_id)
{
    int code = symbols_prepare(symbols, "SELECT text_id FROM text_dictionary WHERE text = ?1", &symbols->find_by_text);
    if (code != SQLITE_OK) {
        return code;
    }
    (void)sqlite3_bind_text64(symbols->find_by_text, 1, text.data, text.size, SQLITE_STATIC, SQLITE_UTF8);
    code = sqlite3_step(symbols->find_by_text);
    if (code == SQLITE_ROW) {
        *ret_text_id = sqlite3_column_int64(symbols->find_by_text, 0);
    }
    (void)sqlite3_reset(symbols->find_by_text);
    return code;
}

static int symbols_insert(struct sqlite_symbols *symbols, struct ledger_text text, int64_t *ret_text_id)
{
    int code = symbols_prepare(symbols, "INSERT INTO text_dictionary (text) VALUES (?1)", &symbols->insert);
    if (code != SQLITE_OK) {
        return code;
    }
    (void)sqlite3_bind_text64(symbols->insert, 1, text.data, text.size, SQLITE_STATIC, SQLITE_UTF8);
    code = sqlite3_step(symbols->insert);
    *ret_text_id = sqlite3_last_insert_rowid(symbols->connection);
    (void)sqlite3_reset(symbols->insert);
    return code;
}

int sqlite_symbols_intern(struct sqlite_symbols *symbols, struct ledger_text text, int64_t *ret_text_id)
{
    for (struct symbol *symbol = symbols->by_text[text_hash(text) % SYMBOL_BUCKETS]; symbol != NULL;
         symbol = symbol->next_by_text) {
        if (text_equals(symbol->text, text)) {
            *ret_text_id = symbol->text_id;
            return SQLITE_OK;
        }
    }
    int code = symbols_find(symbols, text, ret_text_id);
    if (code == SQLITE_DONE) {
        code = symbols_insert(symbols, text, ret_text_id);
        code = code == SQLITE_DONE ? SQLITE_ROW : code;
    }
    struct ledger_text kept;
    return code == SQLITE_ROW ? symbols_keep(symbols, text, *ret_text_id, &kept) : code;
}

int sqlite_symbols_get(struct sqlite_symbols *symbols, int64_t text_id, struct ledger_text *ret_text)
{
    for (struct symbol *symbol = symbols->by_id[(uint64_t)text_id % SYMBOL_BUCKETS]; symbol != NULL;
         symbol = symbol->next_by_id) {
        if (symbol->text_id == text_id) {
            *ret_text = symbol->text;
            return SQLITE_OK;
        }
    }
    int code = symbols_prepare(symbols, "SELECT text FROM text_dictionary WHERE text_id = ?1", &symbols->find_by_id);
    if (code != SQLITE_OK) {
        return code;
    }
    (void)sqlite3_bind_int64(symbols->find_by_id, 1, text_id);
    code = sqlite3_step(symbols->find_by_id);
    bool is_text = code == SQLITE_ROW && sqlite3_column_type(symbols->find_by_id, 0) == SQLITE_TEXT;
    if (is_text) {
        struct ledger_text text = {(const char *)sqlite3_column_text(symbols->find_by_id, 0),
                                   (size_t)sqlite3_column_bytes(symbols->find_by_id, 0)};
        code = text.data == NULL ? SQLITE_NOMEM : symbols_keep(symbols, text, text_id, ret_text);
    } else if (code == SQLITE_DONE || code == SQLITE_ROW) {
        /* Not absent, which would be another fact: the row says that there is a text. */
        char missing[48];
        int length = snprintf(missing, sizeof missing, "(text %lld is missing)", (long long)text_id);
        code = symbols_keep(symbols, (struct ledger_text){missing, (size_t)length}, text_id, ret_text);
        if (code == SQLITE_OK) { /* to be found by its number alone: a text of these words is another */
            struct symbol **by_text = &symbols->by_text[text_hash(*ret_text) % SYMBOL_BUCKETS];
            *by_text = (*by_text)->next_by_text;
        }
    }
    (void)sqlite3_reset(symbols->find_by_id);
    return code;
}
