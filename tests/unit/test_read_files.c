/* Readers of CSV and journals over files: what they give, record by record, and how far they say they have come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exchange/posting_reader.h"

static char directory[] = "/tmp/ledger-read-XXXXXX";

static const char *write_file(const char *name, const char *content)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, strlen(content), file), strlen(content));
    assert_int_equal(fclose(file), 0);
    return path;
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int remove_directory(void **state)
{
    (void)state;
    static const char *const names[] = {"main", "inner"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        (void)unlink(path);
    }
    return rmdir(directory);
}

/* A reading of a file, with what came of it as text. */
struct book {
    struct ledger_call call;
    struct mapping mapping;
    struct posting_reader *reader;
    struct arena arena;
    struct text_builder said;
};

static void book_begin(struct book *book, const char *mapping)
{
    call_init(&book->call);
    mapping_init(&book->mapping);
    arena_init(&book->arena);
    text_builder_init(&book->said, &book->arena, 0);
    book->reader = NULL;
    assert_int_equal(mapping_read_text(&book->call, &book->mapping, ledger_text_of(mapping), "mapping"), LEDGER_DONE);
}

static void book_end(struct book *book)
{
    posting_reader_free(book->reader);
    mapping_done(&book->mapping);
    arena_done(&book->arena);
    call_done(&book->call);
}

static void say_text(struct book *book, const char *name, struct ledger_text text)
{
    if (!text_is_absent(text)) {
        text_builder_add_format(&book->said, " %s=%.*s", name, TEXT_ARGUMENTS(text));
    }
}

static void say_posting(struct book *book, const struct ledger_posting *posting)
{
    text_builder_add_format(&book->said, "%.*s %.*s", TEXT_ARGUMENTS(posting->transaction_date),
                            TEXT_ARGUMENTS(posting->description));
    say_text(book, "type", posting->business_event_type);
    say_text(book, "key", posting->business_key);
    for (uint32_t i = 0; i < posting->entries_count; i++) {
        const struct ledger_entry *entry = &posting->entries[i];
        const char *side = entry->entry_type == LEDGER_DEBIT ? "D" : "C";
        text_builder_add_format(&book->said, " |%s %.*s", text_is_absent(entry->entry_type_text) ? side : "",
                                TEXT_ARGUMENTS(entry->account_code));
        say_text(book, "side", entry->entry_type_text);
        if (text_is_absent(entry->amount)) {
            text_builder_add_format(&book->said, " %lld", (long long)entry->amount_minor);
        }
        say_text(book, "amount", entry->amount);
        say_text(book, "in", entry->currency);
        say_text(book, "memo", entry->memo);
        say_text(book, "cc", entry->cost_center);
        say_text(book, "project", entry->project_code);
    }
    text_builder_add_char(&book->said, '\n');
}

static void say_account(struct book *book, const struct reading *reading)
{
    const struct ledger_account_request *account = &reading->account;
    text_builder_add_format(&book->said, "account %.*s %s", TEXT_ARGUMENTS(account->account_code),
                            text_is_absent(reading->type_fault) ? ledger_account_type_name(account->account_type)
                                                                : "?");
    say_text(book, "name", account->account_name);
    say_text(book, "in", account->currency);
    say_text(book, "under", account->parent_account_code);
    text_builder_add_char(&book->said, '\n');
}

/* Reads all of it; positions never go back, and the last is the end. */
static const char *book_read(struct book *book, uint64_t bytes_total)
{
    struct reading_position position = {.bytes = 0};
    for (;;) {
        struct reading reading = {.line = 0};
        bool has_record = false;
        uint64_t before = position.bytes;
        ledger_call_reset(&book->call);
        ledger_status status = book->reader->operations->next(&book->call, book->reader, &has_record, &reading);
        book->reader->operations->tell(book->reader, &position);
        assert_true(position.bytes >= before);
        if (status == LEDGER_INPUT_IS_MALFORMED) {
            const char *message = ledger_call_message(&book->call);
            const char *place = strstr(message, "line ");
            text_builder_add_format(&book->said, "! %s\n", place == NULL ? message : place);
        } else {
            assert_int_equal(status, LEDGER_DONE);
            if (!has_record) {
                break;
            }
            (void)(reading.kind == READING_POSTING ? say_posting(book, &reading.posting) : say_account(book, &reading));
        }
    }
    assert_int_equal(position.bytes, bytes_total);
    struct ledger_text said;
    assert_int_equal(text_builder_finish(&book->call, &book->said, &said), LEDGER_DONE);
    return said.data;
}

static void csv_is(const char *mapping, const char *content, const char *expected)
{
    struct book book;
    book_begin(&book, mapping);
    assert_int_equal(read_csv_open(&book.call, write_file("main", content), &book.mapping, &book.reader), LEDGER_DONE);
    assert_string_equal(book_read(&book, strlen(content)), expected);
    book_end(&book);
}

static void journal_is(enum journal_dialect dialect, bool declares_all, const char *content, const char *expected)
{
    struct book book;
    book_begin(&book, "[commodities]\nKn = HRK\n[types]\nAktiva = ASSET\n[accounts]\nIncome:Mapped = 4000\n");
    assert_int_equal(
        read_journal_open(&book.call, write_file("main", content), dialect, &book.mapping, declares_all, &book.reader),
        LEDGER_DONE);
    assert_string_equal(book_read(&book, strlen(content)), expected);
    book_end(&book);
}

static void rows_of_one_transaction_stand_together(void **state)
{
    (void)state;
    csv_is("",
           "transaction,description,account_code,entry_type,amount,memo\n"
           "1,\"a\nb\",1,DEBIT,5,\"x \"\"y\"\"\"\n1,,2,CREDIT,5,\n\n\"1\",again,1,DEBIT,7,z\n2,c,3,DEBIT,1,\n",
           " a\nb | 1 side=DEBIT amount=5 memo=x \"y\" | 2 side=CREDIT amount=5\n"
           " again | 1 side=DEBIT amount=7 memo=z\n"
           " c | 3 side=DEBIT amount=1\n");
    csv_is("", "transaction;account_code;debit;credit\r\nx;1;5;\r\nx;2;0.00;5\r\nx;3;1;1\r\ny;4;;\r\n",
           "! line 4: debit \"1\" and credit: one of the two has an amount\n"
           "! line 5: debit \"\" and credit: one of the two has an amount\n");
}

static void one_bad_row_spoils_no_other(void **state)
{
    (void)state;
    csv_is("", "debit_account,credit_account,amount\n1,2\n1,\"2,3\n1,2,3\n1,2\"x,3\n1,2,\xff\n4,5,6\n",
           "! line 2: the row has 2 fields, the header 3\n"
           "! line 3: the quote that opens here is never closed\n"
           "  |D 1 amount=3 |C 2 amount=3\n"
           "! line 5: a quote stands inside a field that does not begin with one\n"
           "! line 6: a field is not UTF-8\n"
           "  |D 4 amount=6 |C 5 amount=6\n");
}

static void a_mapping_turns_what_others_write(void **state)
{
    (void)state;
    csv_is("[format]\ndate = DD.MM.YYYY hh:mm\ndecimal = ,\nsign = credit\n[columns]\namount = Betrag\n"
           "transaction_date = Tag\n[defaults]\ndescription = none\ndebit_account = 1\ncredit_account = 2\n"
           "[accounts]\n2 = 20\n[ignored]\ncolumn = Saldo\n",
           "Tag;Betrag;Saldo\n1.2.2026 9:05;1.000,50;x\n31.12.2026 10:00;-5;x\n2026-01-01;5;\n1.1.26 1:1;5;\n",
           "2026-02-01T09:05:00 none |C 1 100050 |D 20 100050\n"
           "2026-12-31T10:00:00 none |D 1 500 |C 20 500\n"
           "! line 4: transaction_date \"2026-01-01\" is not of the form that the mapping gives dates\n"
           "! line 5: transaction_date \"1.1.26 1:1\" is not of the form that the mapping gives dates\n");
}

static void accounts_come_before_their_use(void **state)
{
    (void)state;
    journal_is(JOURNAL_PLAIN, true,
               "account Aktiva:Unused  ; type: C\n2026-01-31 (K) a | b ; cost_center: C1\n  Assets:Bank:Giro  $5\n"
               "  Income:Mapped\n2026-01-31 c\n  Assets:Bank:Giro  5 $ = $10.00  ; m, project_code: P\n  Odd:One\n",
               "account Assets ASSET name=Assets in=USD\n"
               "account Assets:Bank ASSET name=Bank in=USD under=Assets\n"
               "account Assets:Bank:Giro ASSET name=Giro in=USD under=Assets:Bank\n"
               "account 4000 REVENUE name=Income:Mapped in=USD\n"
               "2026-01-31 a | b type=JOURNAL key=K |D Assets:Bank:Giro 500 in=USD cc=C1 |C 4000 500 in=USD cc=C1\n"
               "account Odd:One ? name=One in=USD under=Odd\n"
               "2026-01-31 c type=JOURNAL |D Assets:Bank:Giro 500 in=USD memo=m project=P |C Odd:One 500 in=USD\n"
               "account Aktiva ASSET name=Aktiva\n"
               "account Aktiva:Unused ASSET name=Unused under=Aktiva\n");
    journal_is(JOURNAL_PLAIN, false, "account A\n2026-01-31 c\n  A  5\n  B\n",
               "account A ? name=A\n"
               "2026-01-31 c type=JOURNAL |D A 500 |C B 500\n");
}

static void what_is_elided_is_what_is_left(void **state)
{
    (void)state;
    journal_is(JOURNAL_PLAIN, false, "2026/1/31 x\n A  $5\n B  5 Kn\n C\n2026.2.1\n A  1\n B  -1\n C\n",
               "2026-01-31 x type=JOURNAL |D A 500 in=USD |D B 500 in=HRK |C C 500 in=USD |C C 500 in=HRK\n"
               "! line 8: nothing is left for the posting without an amount\n");
    journal_is(JOURNAL_BEANCOUNT, false, "2026-01-31 * \"p\" \"n\"\n A 5 USD\n B 7 EUR\n C USD\n D EUR\n",
               "2026-01-31 p | n type=JOURNAL |D A 500 in=USD |D B 700 in=EUR |C C 500 in=USD |C D 700 in=EUR\n");
}

static void balances_are_those_of_the_file(void **state)
{
    (void)state;
    journal_is(JOURNAL_PLAIN, false,
               "2026-01-01 a\n A:X  5 = 5\n B\n2026-01-02 b\n A:X  5 = 11\n B\n2026-01-03 c\n A:X  0 = 10\n"
               " A  0 =* 10\n A  0 == 0\n2026-01-03 d\n A:X  0 = 11\n",
               "2026-01-01 a type=JOURNAL |D A:X 500 |C B 500\n"
               "! line 5: the balance of A:X is 10.00, and should be 11.00\n"
               "! line 12: the balance of A:X is 10.00, and should be 11.00\n");
}

static void files_include_each_other(void **state)
{
    (void)state;
    static const char inner[] = "apply account A\n03-01 in\n B  5\n C\nend apply account\ninclude main\n";
    static const char outer[] = "Y2026\n02-01 out\n A  1\n B\ninclude inner\n\n04-01 after\n A  2\n B";
    struct book book;
    struct reading_position position;
    (void)write_file("inner", inner);
    book_begin(&book, "");
    assert_int_equal(
        read_journal_open(&book.call, write_file("main", outer), JOURNAL_PLAIN, &book.mapping, false, &book.reader),
        LEDGER_DONE);
    assert_string_equal(book_read(&book, strlen(inner) + strlen(outer)),
                        "2026-02-01 out type=JOURNAL |D A 100 |C B 100\n"
                        "2026-03-01 in type=JOURNAL |D A:B 500 |C A:C 500\n"
                        "! line 6: include \"main\": the file includes itself, here or by others\n"
                        "2026-04-01 after type=JOURNAL |D A 200 |C B 200\n");
    book.reader->operations->tell(book.reader, &position);
    assert_int_equal(position.line, 15);
    char all[512];
    const char *split = strstr(outer, "\n04-01") + 0;
    (void)snprintf(all, sizeof all, "%.*s%s%s", (int)(split - outer), outer, inner, split);
    struct sha256 *sha256 = sha256_new();
    struct sha256_hash expected = sha256_of(sha256, all, strlen(all));
    assert_memory_equal(&position.digest, &expected, sizeof expected);
    sha256_free(sha256);
    book_end(&book);
    (void)unlink(write_file("inner", ""));
    book_begin(&book, "");
    assert_int_equal(
        read_journal_open(&book.call, write_file("main", outer), JOURNAL_PLAIN, &book.mapping, false, &book.reader),
        LEDGER_DONE);
    struct reading reading;
    bool has_record = false;
    assert_int_equal(book.reader->operations->next(&book.call, book.reader, &has_record, &reading), LEDGER_DONE);
    assert_int_equal(book.reader->operations->next(&book.call, book.reader, &has_record, &reading),
                     LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(&book.call), "(included by "));
    book_end(&book);
}

/* Until the record is given, how far the reading has come does not count it. */
static void accounts_are_before_the_record(void **state)
{
    (void)state;
    static const char content[] = "2026-01-01 a\n  Assets:A  5\n  Income:B\n";
    struct book book;
    struct reading_position position;
    book_begin(&book, "");
    assert_int_equal(
        read_journal_open(&book.call, write_file("main", content), JOURNAL_PLAIN, &book.mapping, true, &book.reader),
        LEDGER_DONE);
    for (size_t i = 0; i < 5; i++) {
        struct reading reading;
        bool has_record = false;
        ledger_call_reset(&book.call);
        assert_int_equal(book.reader->operations->next(&book.call, book.reader, &has_record, &reading), LEDGER_DONE);
        assert_true(has_record);
        assert_int_equal(reading.kind, i < 4 ? READING_ACCOUNT : READING_POSTING);
        book.reader->operations->tell(book.reader, &position);
        assert_int_equal(position.bytes, i < 4 ? 0 : strlen(content));
        assert_int_equal(position.line, i < 4 ? 0 : 3);
    }
    book_end(&book);
}

static void mappings_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"x = 1\n", "m line 1: not understood \"x = 1\": a line is [section], or name = value in a section"},
        {"[format]\nsign = up\n", "m line 2: sign \"up\": "},
        {"[format]\ncolour = red\n", "m line 2: unknown setting \"colour\""},
        {"\n[colours]\n", "m line 2: unknown section \"[colours]\""},
        {"[columns]\nrejected_because = x\n", "unknown column"},
        {"[defaults]\nmemos = x\n", "m line 2: unknown column \"memos\": memo"},
        {"[ignored]\nrow = x\n", "m line 2: unknown setting"},
        {"[types]\nx = y\n", "m line 2: unknown type"},
        {"[accounts]\n\"a = b\" = 1\n\"a = b\" = 2\n", "m: \"a = b\" stands there twice"},
        {"[accounts]\n\xff = 1\n", "m is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ledger_call call;
        struct mapping mapping;
        call_init(&call);
        mapping_init(&mapping);
        assert_int_equal(mapping_read_text(&call, &mapping, ledger_text_of(cases[i].text), "m"),
                         LEDGER_INPUT_IS_MALFORMED);
        if (strstr(ledger_call_message(&call), cases[i].message) == NULL) {
            fail_msg("%s", ledger_call_message(&call));
        }
        mapping_done(&mapping);
        call_done(&call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_one_transaction_stand_together),
        cmocka_unit_test(one_bad_row_spoils_no_other),
        cmocka_unit_test(a_mapping_turns_what_others_write),
        cmocka_unit_test(accounts_come_before_their_use),
        cmocka_unit_test(what_is_elided_is_what_is_left),
        cmocka_unit_test(balances_are_those_of_the_file),
        cmocka_unit_test(files_include_each_other),
        cmocka_unit_test(accounts_are_before_the_record),
        cmocka_unit_test(mappings_are_checked),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
