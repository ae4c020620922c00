/* MySQL URIs: every part read, every limit from both sides, and no password in any message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "store/mysql_uri.h"

struct fixture {
    struct ledger_call call;
    struct arena arena;
    struct mysql_uri uri;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    call_init(&fixture->call);
    arena_init(&fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    call_done(&fixture->call);
    arena_done(&fixture->arena);
    free(fixture);
    return 0;
}

static const struct mysql_uri *accept(struct fixture *fixture, const char *uri)
{
    ledger_status status = mysql_uri_parse(&fixture->call, ledger_text_of(uri), &fixture->arena, &fixture->uri);
    if (status != LEDGER_DONE) {
        print_message("%s: %s\n", uri, ledger_call_message(&fixture->call));
    }
    assert_int_equal(status, LEDGER_DONE);
    return &fixture->uri;
}

/* Refuses with a message that has `why`, and gives that message. */
static const char *refuse(struct fixture *fixture, const char *uri, const char *why)
{
    ledger_call_drop_problems(&fixture->call, 0);
    assert_int_equal(mysql_uri_parse(&fixture->call, ledger_text_of(uri), &fixture->arena, &fixture->uri),
                     LEDGER_CONFIGURATION_IS_INVALID);
    const char *message = ledger_call_message(&fixture->call);
    if (strstr(message, why) == NULL) {
        print_message("%s: %s\n", uri, message);
        fail();
    }
    return message;
}

static void every_part_is_read(void **state)
{
    const struct mysql_uri *uri =
        accept(*state, "mysql+pymysql://led%40ger:p%40s%3As%2F%25@db1:3307,db2,[::1]:3308,[fe80::2]/ledger%5Fdb"
                       "?charset=utf8mb4&ssl_ca=/etc/ssl/a%20b.pem&ssl_cert=c&ssl_key=k&read_default_file=/f&"
                       "connect_timeout=7&flag&=x&&autocommit=false");
    assert_string_equal(uri->user, "led@ger");
    assert_string_equal(uri->password, "p@s:s/%");
    assert_int_equal(uri->hosts_count, 4);
    assert_string_equal(uri->hosts[0].name, "db1");
    assert_int_equal(uri->hosts[0].port, 3307);
    assert_true(uri->hosts[0].has_port);
    assert_string_equal(uri->hosts[1].place, "db2:3306");
    assert_false(uri->hosts[1].has_port);
    assert_string_equal(uri->hosts[2].name, "::1");
    assert_string_equal(uri->hosts[2].place, "[::1]:3308");
    assert_string_equal(uri->hosts[3].place, "[fe80::2]:3306");
    assert_string_equal(uri->database, "ledger_db");
    assert_string_equal(uri->ssl_ca, "/etc/ssl/a b.pem");
    assert_string_equal(uri->ssl_cert, "c");
    assert_string_equal(uri->ssl_key, "k");
    assert_string_equal(uri->defaults_file, "/f");
    assert_int_equal(uri->connect_timeout_s, 7);
    assert_null(uri->unix_socket);
}

static void what_is_not_named_is_absent(void **state)
{
    const struct mysql_uri *uri = accept(*state, "mysql:///ledger_db");
    assert_null(uri->user);
    assert_null(uri->password);
    assert_int_equal(uri->hosts_count, 1);
    assert_string_equal(uri->hosts[0].place, "localhost");
    assert_true(uri->hosts[0].is_local);
    assert_false(uri->hosts[0].has_port);
    assert_null(uri->ssl_ca);
    assert_null(uri->defaults_file);
    assert_int_equal(uri->connect_timeout_s, 0);
    assert_false(uri->ssl_is_forced || uri->ssl_is_unverified);
    uri = accept(*state, "mariadb://ledger@/ledger_db");
    assert_string_equal(uri->user, "ledger");
    assert_null(uri->password);
    uri = accept(*state, "mysql://ledger:@localhost:3306/ledger_db");
    assert_string_equal(uri->password, "");
    assert_string_equal(uri->hosts[0].place, "localhost:3306");
    uri = accept(*state, "mysql://:secret@h/d");
    assert_null(uri->user);
    assert_string_equal(uri->password, "secret");
}

static void a_password_is_read_as_the_original_reads_it(void **state)
{
    assert_string_equal(accept(*state, "mysql://u:a/b?c#d:e@h/d")->password, "a/b?c#d:e");
    assert_string_equal(accept(*state, "mysql://u:a@b@h/d")->password, "a@b");
    assert_string_equal(accept(*state, "mysql://u:12/a@h/d")->password, "12/a");
    assert_string_equal(accept(*state, "mysql://u:a+b@h/d")->password, "a+b");
    assert_string_equal(accept(*state, "mysql://u:p@h/d")->hosts[0].place, "h:3306");
}

static void a_socket_takes_the_place_of_the_hosts(void **state)
{
    const struct mysql_uri *uri = accept(*state, "mysql://u@localhost/d?unix_socket=/run/my%2Esock");
    assert_int_equal(uri->hosts_count, 0);
    assert_string_equal(uri->unix_socket, "/run/my.sock");
    assert_string_equal(accept(*state, "mysql:///d?socket=/s")->unix_socket, "/s");
}

static void local_hosts_are_known(void **state)
{
    static const char *const local[] = {"localhost", "LocalHost", "127.0.0.1",
                                        "127.9.9.9", "[::1]",     "[::ffff:127.0.0.1]"};
    static const char *const far[] = {"db1",   "localhost.example", "128.0.0.1", "127.0.0.1.example",
                                      "[::2]", "[::ffff:10.0.0.1]", "0.0.0.0"};
    char uri[100];
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        (void)snprintf(uri, sizeof uri, "mysql://%s/d", local[i]);
        assert_true(accept(*state, uri)->hosts[0].is_local);
    }
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        (void)snprintf(uri, sizeof uri, "mysql://%s/d", far[i]);
        assert_false(accept(*state, uri)->hosts[0].is_local);
    }
}

static enum mysql_tls tls_of(struct fixture *fixture, const char *text)
{
    const struct mysql_uri *uri = accept(fixture, text);
    return mysql_uri_tls(uri, uri->hosts_count == 0 ? NULL : &uri->hosts[0]);
}

static void off_the_machine_a_certificate_is_asked_for(void **state)
{
    assert_int_equal(tls_of(*state, "mysql://127.0.0.1/d"), MYSQL_TLS_AS_CONFIGURED);
    assert_int_equal(tls_of(*state, "mysql://127.0.0.1/d?ssl_ca=x"), MYSQL_TLS_VERIFIED);
    assert_int_equal(tls_of(*state, "mysql://127.0.0.1/d?ssl_cert=x&ssl_key=x"), MYSQL_TLS_VERIFIED);
    assert_int_equal(tls_of(*state, "mysql://127.0.0.1/d?ssl_verify_cert=true"), MYSQL_TLS_VERIFIED);
    assert_int_equal(tls_of(*state, "mysql://127.0.0.1/d?ssl_verify_cert=false"), MYSQL_TLS_AS_CONFIGURED);
    assert_int_equal(tls_of(*state, "mysql://127.0.0.1/d?ssl_ca=x&ssl_verify_cert=0"), MYSQL_TLS_ENCRYPTED);
    assert_int_equal(tls_of(*state, "mysql://db1/d"), MYSQL_TLS_VERIFIED);
    assert_int_equal(tls_of(*state, "mysql://db1/d?ssl_verify_cert=TRUE"), MYSQL_TLS_VERIFIED);
    assert_int_equal(tls_of(*state, "mysql://db1/d?ssl_verify_cert=False"), MYSQL_TLS_ENCRYPTED);
    assert_int_equal(tls_of(*state, "mysql://db1/d?ssl_verify_cert=0&ssl_verify_cert=1"), MYSQL_TLS_VERIFIED);
    assert_int_equal(tls_of(*state, "mysql://db1/d?socket=/s"), MYSQL_TLS_AS_CONFIGURED);
    assert_int_equal(tls_of(*state, "mysql://db1/d?ssl_disabled=true"), MYSQL_TLS_AS_CONFIGURED);
    assert_int_equal(tls_of(*state, "mysql://db1/d?ssl_disabled=false"), MYSQL_TLS_VERIFIED);
}

/* "mysql://…/d" with `count` times `unit` at the place of the %s. */
static const char *repeated(struct fixture *fixture, const char *before, const char *unit, size_t count,
                            const char *after)
{
    size_t size = strlen(before) + strlen(unit) * count + strlen(after) + 1;
    char *text = arena_allocate(&fixture->arena, size);
    assert_non_null(text);
    char *end = stpcpy(text, before);
    for (size_t i = 0; i < count; i++) {
        end = stpcpy(end, unit);
    }
    (void)stpcpy(end, after);
    return text;
}

static void limits_hold_on_both_sides(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(accept(fixture, repeated(fixture, "mysql://h", ",h", MYSQL_HOSTS_MAX - 1, "/d"))->hosts_count,
                     MYSQL_HOSTS_MAX);
    (void)refuse(fixture, repeated(fixture, "mysql://h", ",h", MYSQL_HOSTS_MAX, "/d"), "more than 16 hosts");
    (void)accept(fixture, repeated(fixture, "mysql://", "h", MYSQL_HOST_BYTES_MAX, "/d"));
    (void)refuse(fixture, repeated(fixture, "mysql://", "h", MYSQL_HOST_BYTES_MAX + 1, "/d"), "253 bytes");
    (void)accept(fixture, repeated(fixture, "mysql://h/", "%C3%A9", MYSQL_DATABASE_CHARACTERS_MAX, ""));
    (void)refuse(fixture, repeated(fixture, "mysql://h/", "d", MYSQL_DATABASE_CHARACTERS_MAX + 1, ""), "64 characters");
    (void)accept(fixture, repeated(fixture, "mysql://h/d?socket=", "s", MYSQL_SOCKET_BYTES_MAX, ""));
    (void)refuse(fixture, repeated(fixture, "mysql://h/d?socket=", "s", MYSQL_SOCKET_BYTES_MAX + 1, ""), "107 bytes");
    size_t frame = strlen("mysql://h/d?x=");
    (void)accept(fixture, repeated(fixture, "mysql://h/d?x=", "x", MYSQL_URI_BYTES_MAX - frame, ""));
    (void)refuse(fixture, repeated(fixture, "mysql://h/d?x=", "x", MYSQL_URI_BYTES_MAX - frame + 1, ""), "4096 bytes");
    assert_int_equal(accept(fixture, "mysql://h:1/d")->hosts[0].port, 1);
    assert_int_equal(accept(fixture, "mysql://h:65535/d")->hosts[0].port, 65535);
    assert_int_equal(accept(fixture, "mysql://h/d?connect_timeout=1")->connect_timeout_s, 1);
    assert_int_equal(accept(fixture, "mysql://h/d?connect_timeout=3600")->connect_timeout_s, 3600);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *uri;
        const char *why;
    } cases[] = {
        {"", "does not begin with mysql://"},
        {"mysql", "does not begin with mysql://"},
        {"mysql:", "does not begin with mysql://"},
        {"mysql://", "does not begin with mysql://"},
        {"postgresql://h/d", "does not begin with mysql://"},
        {"MYSQL://h/d", "does not begin with mysql://"},
        {"mysql://h", "names no database"},
        {"mysql://h/", "names no database"},
        {"mysql://h?x=y", "names no database"},
        {"mysql://h/?x=y", "names no database"},
        {"mysql://h/d/e", "has a '/' or '@'"},
        {"mysql://h/d@e", "has a '/' or '@'"},
        {"mysql://h/d%0A", "control character"},
        {"mysql://h/d%FF", "not UTF-8"},
        {"mysql://h/d%00", "zero byte"},
        {"mysql://h/d%", "two hexadecimal digits"},
        {"mysql://h/d%4", "two hexadecimal digits"},
        {"mysql://h/d%4g", "two hexadecimal digits"},
        {"mysql://u%1F@h/d", "control character"},
        {"mysql://,h/d", "a host is missing"},
        {"mysql://h,/d", "a host is missing"},
        {"mysql://:3306/d", "a host is missing"},
        {"mysql://h;x/d", "a host is missing"},
        {"mysql://h:/d", "a port is not a number"},
        {"mysql://h:0/d", "a port is not a number"},
        {"mysql://h:65536/d", "a port is not a number"},
        {"mysql://h:4294967297/d", "a port is not a number"},
        {"mysql://h:33a/d", "a port is not a number"},
        {"mysql://h:3:3/d", "a port is not a number"},
        {"mysql://::1/d", "IPv6 address stands in brackets"},
        {"mysql://[::1/d", "not closed"},
        {"mysql://[::1]x/d", "follows the bracket"},
        {"mysql://[::1]:/d", "a port is not a number"},
        {"mysql://[h]/d", "no IPv6 address"},
        {"mysql://[]/d", "no IPv6 address"},
        {"mysql://[127.0.0.1]/d", "no IPv6 address"},
        {"mysql://h/d?ssl_verify_cert=yes", "one is neither"},
        {"mysql://h/d?ssl_verify_cert", "one is neither"},
        {"mysql://h/d?connect_timeout=0", "connect_timeout"},
        {"mysql://h/d?connect_timeout=3601", "connect_timeout"},
        {"mysql://h/d?connect_timeout=4294967297", "connect_timeout"},
        {"mysql://h/d?connect_timeout=1s", "connect_timeout"},
        {"mysql://h/d?ssl_disabled=2", "one is neither"},
        {"mysql://h/d?ssl_disabled=1&ssl_ca=x", "contradicts"},
        {"mysql://h/d?ssl_verify_cert=1&ssl_disabled=1", "contradicts"},
        {"mysql://h/d?ssl_ca=", "is empty"},
        {"mysql://h/d?socket", "is empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)refuse(*state, cases[i].uri, cases[i].why);
    }
}

static void no_message_shows_a_password(void **state)
{
    static const char *const wrong[] = {
        "mysql://u:s3cret@h",
        "mysql://u:s3cret@h:99999/d",
        "mysql://u:s3cret@h,/d",
        "mysql://u:s3cret%zz@h/d",
        "mysql://u:s3cret/s3cret@h",
        "mysql://u:s3cret?s3cret@h:x/d",
        "mysql://u:s3cret@s3cret@h:x/d",
        "mysql://u:s3cret",
        "mysql://u:s3cret/d",
        "mysql://u:12/s3cret@h/d/d",
        "mysql://u:a,s3cret/d",
        "mysql://u:a/s3cret",
        "mysql://u@h:s3cret@h/d/d",
        "mysql:u:s3cret@h/d",
        "mysql:/u:s3cret@h/d",
        "u:s3cret@h/d",
        "mysql://h/d?password=s3cret&connect_timeout=x",
        "mysql://u:p@h/d?password=s3cret&connect_timeout=x",
        "mysql://h?password=s3cret",
        "mysql://u:s3cret@h/d?ssl_verify_cert=maybe",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_null(strstr(refuse(*state, wrong[i], "cannot be used"), "s3cret"));
    }
    assert_non_null(strstr(refuse(*state, wrong[1], "a port"), "mysql://u:***@h:99999/d "));
    (void)refuse(*state, "mysql://h1:3306,h2:x/d", "mysql://h1:*** ");
    (void)refuse(*state, "mysql://h:0/d?x=y", "mysql://h:0/d ");
    (void)refuse(*state, "mysql://u@h:x/d", "mysql://u@h:x/d ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_part_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_named_is_absent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_password_is_read_as_the_original_reads_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_socket_takes_the_place_of_the_hosts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(local_hosts_are_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(off_the_machine_a_certificate_is_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(limits_hold_on_both_sides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_message_shows_a_password, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
