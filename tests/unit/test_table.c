/* Tables: alignment, cutting, trees, totals, colour. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/table.h"
#include "base/table_long.h"
#include "base/text.h"
#include "base/utf8.h"
#include "support/bare_call.h"

#define LINE_OF_5 "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80"

static const struct table_column columns[] = {
    {"code", "Code", TABLE_CODE, false},
    {"name", "Account", TABLE_TEXT, true},
    {"debit", "Debit", TABLE_AMOUNT, false},
    {"credit", "Credit", TABLE_AMOUNT, false},
};

static const struct table_row *add(struct ledger_call *call, struct table *table, enum table_row_kind kind,
                                   const struct table_row *parent, const char *const cells[4])
{
    struct ledger_text texts[4];
    const struct table_row *row = NULL;
    for (size_t i = 0; i < 4; i++) {
        texts[i] = ledger_text_of(cells[i]);
    }
    assert_int_equal(table_add_row(call, table, kind, parent, texts, &row), LEDGER_DONE);
    return row;
}

static void fill(struct ledger_call *call, struct table *table)
{
    table_init(table, "Trial balance", columns, 4);
    const struct table_row *assets =
        add(call, table, TABLE_ROW_PLAIN, NULL, (const char *[]){"1", "Assets", NULL, NULL});
    const struct table_row *cash =
        add(call, table, TABLE_ROW_PLAIN, assets, (const char *[]){"11", "Caixa e dep\xC3\xB3sitos", "1.00", NULL});
    (void)add(call, table, TABLE_ROW_PLAIN, cash,
              (const char *[]){"111", "\xE7\x8E\xB0\xE9\x87\x91", "92233720368547758.07", NULL});
    (void)add(call, table, TABLE_ROW_PLAIN, assets, (const char *[]){"12", "Stock", "0.07", NULL});
    (void)add(call, table, TABLE_ROW_PLAIN, NULL, (const char *[]){"2", "Loans", NULL, "5.00"});
    assert_int_equal(table_add_separator(call, table), LEDGER_DONE);
    (void)add(call, table, TABLE_ROW_TOTAL, NULL, (const char *[]){NULL, "Total", "92233720368547759.14", "5.00"});
}

static void print(struct ledger_call *call, const struct table *table, const struct table_style *style, char *out,
                  size_t out_size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(table_print(call, table, style, file), LEDGER_DONE);
    rewind(file);
    size_t size = fread(out, 1, out_size - 1, file);
    out[size] = '\0';
    assert_int_equal(fclose(file), 0);
}

/* Whatever the locale of the program is: this one runs in C. */
static void a_file_gets_it_plain_and_whole(void **state)
{
    struct table table;
    char out[4096];
    fill(*state, &table);
    print(*state, &table, &(struct table_style){.is_plain = true}, out, sizeof out);
    assert_string_equal(out, "Trial balance\n"
                             "Code Account                            Debit Credit\n"
                             "1    Assets\n"
                             "11     Caixa e dep\xC3\xB3sitos                 1.00\n"
                             "111      \xE7\x8E\xB0\xE9\x87\x91            92233720368547758.07\n"
                             "12     Stock                             0.07\n"
                             "2    Loans                                      5.00\n"
                             "                         " LINE_OF_5 LINE_OF_5 LINE_OF_5 LINE_OF_5 " " LINE_OF_5
                             "\xE2\x94\x80\n"
                             "     Total               92233720368547759.14   5.00\n");
}

static void a_terminal_gets_the_tree_drawn(void **state)
{
    struct table table;
    char out[4096];
    fill(*state, &table);
    print(*state, &table, &(struct table_style){.width = 80}, out, sizeof out);
    assert_non_null(strstr(out, "11   \xE2\x94\x9C\xE2\x94\x80"
                                "Caixa e dep\xC3\xB3sitos"));
    assert_non_null(strstr(out, "111  \xE2\x94\x82 \xE2\x94\x94\xE2\x94\x80\xE7\x8E\xB0"));
    assert_non_null(strstr(out, "12   \xE2\x94\x94\xE2\x94\x80Stock"));
    assert_null(strchr(out, '\033'));
}

static size_t widest_line(const char *out)
{
    size_t widest = 0;
    while (*out != '\0') {
        size_t length = strcspn(out, "\n");
        size_t width = utf8_width((struct ledger_text){out, length});
        widest = width > widest ? width : widest;
        out += length + 1;
    }
    return widest;
}

static void only_text_is_cut_and_the_cut_shows(void **state)
{
    struct table table;
    char out[4096];
    fill(*state, &table);
    print(*state, &table, &(struct table_style){.width = 52}, out, sizeof out);
    assert_null(strstr(out, "\xE2\x80\xA6"));
    assert_int_equal(widest_line(out), 52);
    for (size_t width = 51; width >= 41; width--) {
        print(*state, &table, &(struct table_style){.width = width}, out, sizeof out);
        assert_non_null(strstr(out, "\xE2\x80\xA6"));
        assert_int_equal(widest_line(out), width);
        assert_int_equal(utf8_first_invalid(ledger_text_of(out)), strlen(out));
        assert_non_null(strstr(out, "92233720368547758.07"));
    }
    /* Too narrow for the amounts: they stay whole. */
    print(*state, &table, &(struct table_style){.width = 5}, out, sizeof out);
    assert_int_equal(widest_line(out), 41);
    assert_non_null(strstr(out, "92233720368547758.07"));
    assert_non_null(strstr(out, "\nCode Account"));
}

static void colour_is_given_only_when_asked(void **state)
{
    struct table table;
    char out[4096];
    fill(*state, &table);
    print(*state, &table, &(struct table_style){.width = 80, .has_color = true}, out, sizeof out);
    assert_int_equal(strncmp(out, "\033[1mTrial balance\033[0m\n\033[1mCode", 30), 0);
    assert_non_null(strstr(out, "\033[1m     Total"));
    assert_null(strstr(out, "\033[1m1    Assets"));
}

static void no_text_commands_the_terminal(void **state)
{
    struct table table;
    char out[4096];
    table_init(&table, "a\033]0;x\a", columns, 4);
    (void)add(*state, &table, TABLE_ROW_PLAIN, NULL,
              (const char *[]){"1\n2", "\033[2J\xFF\xC2\x9B\xC3", "\t", "\xE2\x82\xAC"});
    print(*state, &table, &(struct table_style){.width = 80}, out, sizeof out);
    assert_string_equal(out, "a?]0;x?\n"
                             "Code Account Debit Credit\n"
                             "1?2  ?[2J???     ?      \xE2\x82\xAC\n");
}

static void a_table_may_be_empty_or_without_title(void **state)
{
    struct table table;
    char out[256];
    table_init(&table, "Audit trail", columns, 4);
    print(*state, &table, &(struct table_style){.width = 80}, out, sizeof out);
    assert_string_equal(out, "Audit trail\n(none)\n");
    table_init(&table, NULL, columns, 1);
    assert_int_equal(table_add_row(*state, &table, TABLE_ROW_PLAIN, NULL, &TEXT("1"), NULL), LEDGER_DONE);
    print(*state, &table, &(struct table_style){.is_plain = true}, out, sizeof out);
    assert_string_equal(out, "Code\n1\n");
}

static void a_tree_may_be_deep(void **state)
{
    struct table table;
    static char out[256 * 1024];
    const struct table_row *row = NULL;
    table_init(&table, NULL, columns, 4);
    for (int i = 0; i < 200; i++) {
        row = add(*state, &table, TABLE_ROW_PLAIN, row, (const char *[]){"x", "name", "1.00", NULL});
    }
    print(*state, &table, &(struct table_style){.width = 80}, out, sizeof out);
    assert_non_null(strstr(out, "1.00"));
    print(*state, &table, &(struct table_style){.is_plain = true}, out, sizeof out);
    assert_int_equal(widest_line(out), 4 + 1 + 199 * 2 + 4 + 1 + 5 + 1 + 6);
}

/* Seven amounts of nine columns each, behind a code of four and a name of eight. */
static void a_series_stands_in_parts(void **state)
{
    static const struct table_column series[] = {
        {"code", "Code", TABLE_CODE, false}, {"name", "Account", TABLE_TEXT, true}, {"a", "1", TABLE_SERIES, false},
        {"b", "2", TABLE_SERIES, false},     {"c", "3", TABLE_SERIES, false},       {"d", "4", TABLE_SERIES, false},
        {"e", "5", TABLE_SERIES, false},     {"f", "6", TABLE_SERIES, false},       {"g", "7", TABLE_SERIES, false},
    };
    struct ledger_text cells[9] = {TEXT("1000"),      TEXT("Receivables"), TEXT("111111.11"),
                                   TEXT("222222.22"), TEXT("333333.33"),   TEXT("444444.44"),
                                   TEXT("555555.55"), TEXT("666666.66"),   TEXT("777777.77")};
    struct table table;
    char out[4096];
    table_init(&table, NULL, series, 9);
    assert_int_equal(table_add_row(*state, &table, TABLE_ROW_PLAIN, NULL, cells, NULL), LEDGER_DONE);
    assert_int_equal(table_add_separator(*state, &table), LEDGER_DONE);
    print(*state, &table, &(struct table_style){.width = 86}, out, sizeof out);
    assert_int_equal(widest_line(out), 86);
    assert_null(strstr(out, "\n\n"));
    /* One column less: six of them would fit beside a name that is cut, and four and three are about the same. */
    print(*state, &table, &(struct table_style){.width = 85}, out, sizeof out);
    assert_string_equal(out, "Code Account             1         2         3         4\n"
                             "1000 Receivables 111111.11 222222.22 333333.33 444444.44\n"
                             "                 " LINE_OF_5 "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80 " LINE_OF_5
                             "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80 " LINE_OF_5
                             "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80 " LINE_OF_5
                             "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\n"
                             "\n"
                             "Code Account             5         6         7\n"
                             "1000 Receivables 555555.55 666666.66 777777.77\n"
                             "                 " LINE_OF_5 "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80 " LINE_OF_5
                             "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80 " LINE_OF_5
                             "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\n");
    for (size_t width = 84; width >= 23; width--) {
        print(*state, &table, &(struct table_style){.width = width}, out, sizeof out);
        assert_true(widest_line(out) <= width);
        for (size_t i = 2; i < 9; i++) {
            assert_non_null(strstr(out, cells[i].data));
        }
    }
    /* Too narrow for any: one in each part, and nothing is cut that is an amount. */
    print(*state, &table, &(struct table_style){.width = 5}, out, sizeof out);
    assert_non_null(strstr(out, "1000 Receiva\xE2\x80\xA6 777777.77\n"));
    print(*state, &table, &(struct table_style){.is_plain = true}, out, sizeof out);
    assert_int_equal(widest_line(out), 86);
}

static void a_full_disk_is_told(void **state)
{
    struct table table;
    FILE *file = fopen("/dev/full", "w");
    assert_non_null(file);
    fill(*state, &table);
    assert_int_equal(table_print(*state, &table, &(struct table_style){.is_plain = true}, file),
                     LEDGER_FILE_IS_UNREADABLE);
    (void)fclose(file);
}

static const struct table_column flat_columns[] = {
    {"code", "Code", TABLE_CODE, false},
    {"name", "Account", TABLE_TEXT, false},
    {"debit", "Debit", TABLE_AMOUNT, false},
    {"credit", "Credit", TABLE_AMOUNT, false},
};

/* A table without a tree, in two parts: rows, a separator and a total among them. */
static void fill_flat(struct ledger_call *call, struct table *table, bool is_second)
{
    if (!is_second) {
        (void)add(call, table, TABLE_ROW_PLAIN, NULL, (const char *[]){"1", "Caixa e dep\xC3\xB3sitos", "1.00", NULL});
        (void)add(
            call, table, TABLE_ROW_PLAIN, NULL,
            (const char *[]){"111", "\xE7\x8E\xB0\xE9\x87\x91 in a place with a name that is long", NULL, "0.07"});
        return;
    }
    (void)add(call, table, TABLE_ROW_PLAIN, NULL, (const char *[]){"2", "bell \a", "12345.00", "5.00"});
    assert_int_equal(table_add_separator(call, table), LEDGER_DONE);
    (void)add(call, table, TABLE_ROW_TOTAL, NULL, (const char *[]){NULL, "Total", "12346.00", "5.07"});
}

/* One that is too long for memory looks like one that is not. */
static void a_long_table_looks_like_a_short_one(void **state)
{
    static const struct table_style styles[] = {
        {.is_plain = true}, {.width = 80}, {.width = 40}, {.width = 10}, {.width = 200, .has_color = true}};
    char expected[4096];
    char out[4096];
    for (size_t s = 0; s < sizeof styles / sizeof styles[0]; s++) {
        struct table whole;
        struct table part;
        struct table_long table;
        table_init(&whole, "Title", flat_columns, 4);
        fill_flat(*state, &whole, false);
        fill_flat(*state, &whole, true);
        print(*state, &whole, &styles[s], expected, sizeof expected);
        table_long_init(&table, flat_columns, 4);
        for (int second = 0; second < 2; second++) {
            table_init(&part, "Title", flat_columns, 4);
            fill_flat(*state, &part, second == 1);
            assert_int_equal(table_long_take(*state, &table, &part), LEDGER_DONE);
        }
        FILE *file = tmpfile();
        assert_non_null(file);
        assert_int_equal(table_long_print(*state, &table, "Title", &styles[s], file), LEDGER_DONE);
        rewind(file);
        out[fread(out, 1, sizeof out - 1, file)] = '\0';
        assert_int_equal(fclose(file), 0);
        assert_string_equal(out, expected);
        table_long_done(&table);
    }
}

static void the_style_follows_the_stream(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    struct table_style style = table_style_of(file, true);
    assert_true(style.is_plain && !style.has_color && style.width == 0);
    assert_int_equal(fclose(file), 0);

    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        skip();
    }
    struct winsize size = {.ws_row = 24, .ws_col = 97};
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    file = fdopen(terminal, "r+");
    assert_non_null(file);
    style = table_style_of(file, true);
    assert_true(!style.is_plain && style.has_color && style.width == 97);
    style = table_style_of(file, false);
    assert_false(style.has_color);
    size.ws_col = 0;
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    style = table_style_of(file, false);
    assert_int_equal(style.width, 80);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(close(master), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE_CALL_TEST(a_file_gets_it_plain_and_whole),
        BARE_CALL_TEST(a_terminal_gets_the_tree_drawn),
        BARE_CALL_TEST(only_text_is_cut_and_the_cut_shows),
        BARE_CALL_TEST(colour_is_given_only_when_asked),
        BARE_CALL_TEST(no_text_commands_the_terminal),
        BARE_CALL_TEST(a_table_may_be_empty_or_without_title),
        BARE_CALL_TEST(a_tree_may_be_deep),
        BARE_CALL_TEST(a_series_stands_in_parts),
        BARE_CALL_TEST(a_full_disk_is_told),
        BARE_CALL_TEST(a_long_table_looks_like_a_short_one),
        cmocka_unit_test(the_style_follows_the_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
