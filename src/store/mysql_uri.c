/* MySQL URIs: cut into their parts, each part decoded and checked. What is wrong is told with the URI's own text, its
 * password and options left out. */
#include "store/mysql_uri.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

#include "base/quote.h"
#include "base/text.h"
#include "base/utf8.h"

static const char uri_scheme_end[] = "://";

/* A URI on its way into its parts. `rest` is what is not read yet. */
struct uri_reader {
    struct ledger_call *call;
    struct arena *arena;
    struct ledger_text whole;
    struct ledger_text rest;
    struct mysql_uri uri;
};

static size_t uri_find(struct ledger_text text, const char *characters)
{
    size_t at = 0;
    while (at < text.size && (text.data[at] == '\0' || strchr(characters, text.data[at]) == NULL)) {
        at++;
    }
    return at;
}

static size_t uri_find_last(struct ledger_text text, char character)
{
    size_t at = text.size;
    while (at > 0 && text.data[at - 1] != character) {
        at--;
    }
    return at == 0 ? text.size : at - 1;
}

static struct ledger_text uri_from(struct ledger_text text, size_t at)
{
    return (struct ledger_text){text.data + at, text.size - at};
}

/* Takes `size` bytes off the front, and the character behind them where there is one. */
static struct ledger_text uri_take(struct ledger_text *rest, size_t size)
{
    struct ledger_text taken = {rest->data, size};
    *rest = uri_from(*rest, size < rest->size ? size + 1 : size);
    return taken;
}

static size_t uri_scheme_size(struct ledger_text uri)
{
    const char *found = memmem(uri.data, uri.size, uri_scheme_end, sizeof uri_scheme_end - 1);
    return found == NULL ? uri.size : (size_t)(found - uri.data) + sizeof uri_scheme_end - 1;
}

static bool uri_is_number(struct ledger_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return true;
}

/* What of `behind`, which follows the scheme, may be shown: `front`, *** where `ret_is_cut`, and the rest from
 * `ret_back` on. */
static void uri_hide(struct ledger_text behind, struct ledger_text *ret_front, bool *ret_is_cut,
                     struct ledger_text *ret_back)
{
    size_t at_sign = uri_find_last(behind, '@');
    size_t colon = uri_find(behind, ":");
    size_t port_end = colon + uri_find(uri_from(behind, colon), "/?");
    bool has_at_sign = at_sign < behind.size;
    bool has_secret =
        has_at_sign
            ? colon < at_sign
            : colon < port_end && !uri_is_number((struct ledger_text){behind.data + colon + 1, port_end - colon - 1});
    *ret_front = (struct ledger_text){behind.data, has_secret ? colon : behind.size};
    *ret_is_cut = has_secret;
    *ret_back = uri_from(behind, has_secret && has_at_sign ? at_sign : behind.size);
}

/* A text as text_quote shows it, without the quotes. */
static const char *uri_safe(struct ledger_text text, char out[QUOTE_SIZE])
{
    size_t size = strlen(text_quote(text, out));
    out[size - 1] = '\0';
    return out + 1;
}

/* I1: whatever may be a password becomes ***, by a rule that needs no well-formed URI: all between the first ':' and
 * the last '@', and without an '@' all behind a ':' that is not a plain port. Options are not shown at all. */
void mysql_uri_show(struct ledger_text uri, char out[MYSQL_URI_SHOWN_SIZE])
{
    char parts[3][QUOTE_SIZE];
    struct ledger_text front;
    struct ledger_text back;
    bool is_cut = false;
    size_t scheme_size = uri_scheme_size(uri);
    struct ledger_text scheme = {uri.data, scheme_size == uri.size ? uri_find(uri, ":") : scheme_size};
    uri_hide(uri_from(uri, scheme.size), &front, &is_cut, &back);
    front.size = uri_find(front, "?");
    back.size = uri_find(back, "?");
    (void)snprintf(out, MYSQL_URI_SHOWN_SIZE, "%s%s%s%s", uri_safe(scheme, parts[0]), uri_safe(front, parts[1]),
                   is_cut ? ":***" : "", uri_safe(back, parts[2]));
}

/* `why` is a sentence of ours, without anything from the URI but what cannot be the password. */
static ledger_status uri_refuse(struct uri_reader *reader, const char *why)
{
    char shown[MYSQL_URI_SHOWN_SIZE];
    mysql_uri_show(reader->whole, shown);
    return ledger_fail(reader->call, LEDGER_CONFIGURATION_IS_INVALID,
                       "the database's URI %s cannot be used: %s; write mysql://user:password@host:3306/database",
                       shown, why);
}

static int uri_hexadecimal(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* The text with its %XX decoded, terminated, in the URI's arena. */
static ledger_status uri_decode(struct uri_reader *reader, struct ledger_text text, const char **ret_string)
{
    char *out = arena_allocate(reader->arena, text.size + 1);
    if (out == NULL) {
        return ledger_fail_out_of_memory(reader->call);
    }
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (byte == '%') {
            int high = i + 2 < text.size ? uri_hexadecimal(text.data[i + 1]) : -1;
            int low = i + 2 < text.size ? uri_hexadecimal(text.data[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return uri_refuse(reader, "a % is not followed by two hexadecimal digits (a plain % is %25)");
            }
            byte = (char)(high * 16 + low);
            i += 2;
        }
        if (byte == '\0') {
            return uri_refuse(reader, "it has a zero byte");
        }
        out[size++] = byte;
    }
    out[size] = '\0';
    *ret_string = out;
    return LEDGER_DONE;
}

/* A decoded text that messages may show: UTF-8 without control characters. */
static ledger_status uri_decode_name(struct uri_reader *reader, struct ledger_text text, const char **ret_string)
{
    LEDGER_TRY(uri_decode(reader, text, ret_string));
    struct ledger_text decoded = ledger_text_of(*ret_string);
    if (utf8_first_invalid(decoded) != decoded.size || utf8_has_control(decoded)) {
        return uri_refuse(reader, "a part of it is not UTF-8, or has a control character");
    }
    return LEDGER_DONE;
}

static ledger_status uri_read_scheme(struct uri_reader *reader)
{
    static const char *const schemes[] = {"mysql", "mariadb", "mysql+pymysql"};
    size_t size = uri_scheme_size(reader->whole);
    struct ledger_text scheme = {reader->whole.data, size - (sizeof uri_scheme_end - 1)};
    bool is_known = false;
    for (size_t i = 0; size < reader->whole.size && i < sizeof schemes / sizeof schemes[0]; i++) {
        is_known = is_known || text_equals_string(scheme, schemes[i]);
    }
    if (!is_known) {
        return uri_refuse(reader, "it does not begin with mysql://, mariadb:// or mysql+pymysql:// and a place");
    }
    reader->rest = uri_from(reader->whole, size);
    return LEDGER_DONE;
}

/* How many bytes user and password take; `ret_has_user` is false where there are none. A password reaches to the first
 * '@' at least, and on to the last one before the hosts end. */
static size_t uri_userinfo_size(struct ledger_text rest, bool *ret_has_user)
{
    size_t user_end = uri_find(rest, ":@/?");
    size_t at = user_end;
    if (at < rest.size && rest.data[at] == ':') {
        at += uri_find(uri_from(rest, at), "@");
    }
    *ret_has_user = at < rest.size && rest.data[at] == '@';
    if (!*ret_has_user) {
        return 0;
    }
    struct ledger_text behind = uri_from(rest, at);
    struct ledger_text authority = {behind.data, uri_find(behind, "/?")};
    return at + uri_find_last(authority, '@');
}

static ledger_status uri_read_user(struct uri_reader *reader)
{
    bool has_user = false;
    size_t size = uri_userinfo_size(reader->rest, &has_user);
    if (!has_user) {
        return LEDGER_DONE;
    }
    struct ledger_text userinfo = uri_take(&reader->rest, size);
    size_t colon = uri_find(userinfo, ":");
    struct ledger_text user = {userinfo.data, colon};
    if (user.size > 0) {
        LEDGER_TRY(uri_decode_name(reader, user, &reader->uri.user));
    }
    if (colon < userinfo.size) {
        LEDGER_TRY(uri_decode(reader, uri_from(userinfo, colon + 1), &reader->uri.password));
    }
    return LEDGER_DONE;
}

static ledger_status uri_copy(struct uri_reader *reader, struct ledger_text text, const char **ret_string)
{
    char *out = arena_allocate(reader->arena, text.size + 1);
    if (out == NULL) {
        return ledger_fail_out_of_memory(reader->call);
    }
    memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    *ret_string = out;
    return LEDGER_DONE;
}

static bool uri_is_local(const char *name)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, name, &four) == 1) {
        return ntohl(four.s_addr) >> 24 == 127;
    }
    if (inet_pton(AF_INET6, name, &six) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
    }
    return strcasecmp(name, "localhost") == 0;
}

/* I2 */
static bool uri_is_host_name(struct ledger_text name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_') {
            return false;
        }
    }
    return name.size > 0 && name.size <= MYSQL_HOST_BYTES_MAX;
}

static ledger_status uri_read_port(struct uri_reader *reader, struct ledger_text text, struct mysql_host *host)
{
    uint32_t port = 0;
    for (size_t i = 0; i < text.size && port <= UINT16_MAX; i++) {
        port = uri_is_number(text) ? port * 10 + (uint32_t)(text.data[i] - '0') : 0;
    }
    if (port == 0 || port > UINT16_MAX) {
        return uri_refuse(reader, "a port is not a number from 1 to 65535");
    }
    host->port = port;
    host->has_port = true;
    return LEDGER_DONE;
}

/* Takes the name off `text`; what is left is the port with its colon, or nothing. */
static ledger_status uri_read_host_name(struct uri_reader *reader, struct ledger_text *text, struct mysql_host *host)
{
    if (text->size == 0 || text->data[0] != '[') {
        struct ledger_text name = {text->data, uri_find(*text, ":")};
        if (!uri_is_host_name(name)) {
            return uri_refuse(reader, "a host is missing, too long (253 bytes at most), or has other characters than "
                                      "letters, digits, '.', '-' and '_'; an IPv6 address stands in brackets");
        }
        *text = uri_from(*text, name.size);
        return uri_copy(reader, name, &host->name);
    }
    size_t end = uri_find(*text, "]");
    struct in6_addr address;
    if (end == text->size) {
        return uri_refuse(reader, "the bracket of an IPv6 address is not closed");
    }
    LEDGER_TRY(uri_copy(reader, (struct ledger_text){text->data + 1, end - 1}, &host->name));
    if (strlen(host->name) != end - 1 || inet_pton(AF_INET6, host->name, &address) != 1) {
        return uri_refuse(reader, "what stands in brackets is no IPv6 address");
    }
    *text = uri_from(*text, end + 1);
    return LEDGER_DONE;
}

static ledger_status uri_read_host(struct uri_reader *reader, struct ledger_text text)
{
    struct mysql_host host = {.name = "", .port = MYSQL_PORT_DEFAULT};
    if (reader->uri.hosts_count == MYSQL_HOSTS_MAX) {
        return uri_refuse(reader, "it names more than 16 hosts");
    }
    LEDGER_TRY(uri_read_host_name(reader, &text, &host));
    if (text.size > 0 && text.data[0] != ':') {
        return uri_refuse(reader, "something other than a port follows the bracket of an IPv6 address");
    }
    if (text.size > 0) {
        LEDGER_TRY(uri_read_port(reader, uri_from(text, 1), &host));
    }
    host.is_local = uri_is_local(host.name);
    char place[MYSQL_HOST_BYTES_MAX + sizeof "[]:65535"];
    bool is_six = strchr(host.name, ':') != NULL;
    bool is_socket = !host.has_port && strcasecmp(host.name, "localhost") == 0;
    int size = is_socket ? snprintf(place, sizeof place, "%s", host.name)
                         : snprintf(place, sizeof place, is_six ? "[%s]:%u" : "%s:%u", host.name, host.port);
    LEDGER_TRY(uri_copy(reader, (struct ledger_text){place, (size_t)size}, &host.place));
    reader->uri.hosts[reader->uri.hosts_count++] = host;
    return LEDGER_DONE;
}

static ledger_status uri_read_hosts(struct uri_reader *reader)
{
    struct ledger_text hosts = {reader->rest.data, uri_find(reader->rest, "/?")};
    reader->rest = uri_from(reader->rest, hosts.size);
    if (hosts.size == 0) {
        return uri_read_host(reader, TEXT("localhost"));
    }
    for (;;) {
        size_t size = uri_find(hosts, ",");
        bool is_last = size == hosts.size;
        LEDGER_TRY(uri_read_host(reader, uri_take(&hosts, size)));
        if (is_last) {
            return LEDGER_DONE;
        }
    }
}

static ledger_status uri_read_database(struct uri_reader *reader)
{
    struct ledger_text path = uri_take(&reader->rest, uri_find(reader->rest, "?"));
    if (path.size < 2) {
        return uri_refuse(reader, "it names no database");
    }
    struct ledger_text name = uri_from(path, 1);
    if (uri_find(name, "/@") < name.size) {
        return uri_refuse(reader, "the database's name has a '/' or '@' (write %2F or %40; in the password too)");
    }
    LEDGER_TRY(uri_decode_name(reader, name, &reader->uri.database));
    if (utf8_length(ledger_text_of(reader->uri.database)) > MYSQL_DATABASE_CHARACTERS_MAX) {
        return uri_refuse(reader, "the database's name has more than 64 characters");
    }
    return LEDGER_DONE;
}

static ledger_status uri_take_truth(struct uri_reader *reader, const char *value, bool *ret_truth)
{
    *ret_truth = strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0;
    if (!*ret_truth && strcasecmp(value, "false") != 0 && strcmp(value, "0") != 0) {
        return uri_refuse(reader, "the options ssl_verify_cert and ssl_disabled are true or false, and one is neither");
    }
    return LEDGER_DONE;
}

static ledger_status uri_take_verify(struct uri_reader *reader, const char *value)
{
    bool is_verified = false;
    LEDGER_TRY(uri_take_truth(reader, value, &is_verified));
    reader->uri.ssl_is_forced = is_verified;
    reader->uri.ssl_is_unverified = !is_verified;
    return LEDGER_DONE;
}

static ledger_status uri_take_timeout(struct uri_reader *reader, const char *value)
{
    uint32_t seconds = 0;
    struct ledger_text text = ledger_text_of(value);
    for (size_t i = 0; i < text.size && seconds <= MYSQL_CONNECT_TIMEOUT_S_MAX; i++) {
        seconds = uri_is_number(text) ? seconds * 10 + (uint32_t)(text.data[i] - '0') : 0;
    }
    if (seconds == 0 || seconds > MYSQL_CONNECT_TIMEOUT_S_MAX) {
        return uri_refuse(reader, "the option connect_timeout is not a number of seconds from 1 to 3600");
    }
    reader->uri.connect_timeout_s = seconds;
    return LEDGER_DONE;
}

static ledger_status uri_read_option(struct uri_reader *reader, struct ledger_text option)
{
    struct mysql_uri *uri = &reader->uri;
    const struct {
        const char *name;
        const char **value;
    } texts[] = {
        {"unix_socket", &uri->unix_socket}, {"socket", &uri->unix_socket}, {"ssl_ca", &uri->ssl_ca},
        {"ssl_cert", &uri->ssl_cert},       {"ssl_key", &uri->ssl_key},    {"read_default_file", &uri->defaults_file},
    };
    struct ledger_text name = uri_take(&option, uri_find(option, "="));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (text_equals_string(name, texts[i].name)) {
            if (option.size == 0) {
                return uri_refuse(reader, "an option that names a file or socket is empty");
            }
            return uri_decode_name(reader, option, texts[i].value);
        }
    }
    bool is_verify = text_equals_string(name, "ssl_verify_cert");
    bool is_timeout = text_equals_string(name, "connect_timeout");
    if (!is_verify && !is_timeout && !text_equals_string(name, "ssl_disabled")) {
        return LEDGER_DONE; /* another program's */
    }
    const char *value = NULL;
    LEDGER_TRY(uri_decode_name(reader, option, &value));
    if (is_timeout) {
        return uri_take_timeout(reader, value);
    }
    return is_verify ? uri_take_verify(reader, value) : uri_take_truth(reader, value, &uri->ssl_is_disabled);
}

static ledger_status uri_read_options(struct uri_reader *reader)
{
    struct mysql_uri *uri = &reader->uri;
    while (reader->rest.size > 0) {
        LEDGER_TRY(uri_read_option(reader, uri_take(&reader->rest, uri_find(reader->rest, "&"))));
    }
    uri->ssl_is_forced = uri->ssl_is_forced || uri->ssl_ca != NULL || uri->ssl_cert != NULL;
    if (uri->ssl_is_disabled && uri->ssl_is_forced) {
        return uri_refuse(reader, "ssl_disabled=true contradicts ssl_ca, ssl_cert and ssl_verify_cert=true");
    }
    if (uri->unix_socket != NULL) {
        uri->hosts_count = 0;
        if (strlen(uri->unix_socket) > MYSQL_SOCKET_BYTES_MAX) {
            return uri_refuse(reader, "the path of the socket has more than 107 bytes");
        }
    }
    return LEDGER_DONE;
}

ledger_status mysql_uri_parse(struct ledger_call *call, struct ledger_text uri, struct arena *arena,
                              struct mysql_uri *ret_uri)
{
    struct uri_reader reader = {.call = call, .arena = arena, .whole = uri, .rest = uri};
    if (uri.size > MYSQL_URI_BYTES_MAX) {
        return uri_refuse(&reader, "it has more than 4096 bytes");
    }
    LEDGER_TRY(uri_read_scheme(&reader));
    LEDGER_TRY(uri_read_user(&reader));
    LEDGER_TRY(uri_read_hosts(&reader));
    LEDGER_TRY(uri_read_database(&reader));
    LEDGER_TRY(uri_read_options(&reader));
    *ret_uri = reader.uri;
    return LEDGER_DONE;
}

enum mysql_tls mysql_uri_tls(const struct mysql_uri *uri, const struct mysql_host *host)
{
    if (host == NULL || uri->ssl_is_disabled || (host->is_local && !uri->ssl_is_forced)) {
        return MYSQL_TLS_AS_CONFIGURED;
    }
    return uri->ssl_is_unverified ? MYSQL_TLS_ENCRYPTED : MYSQL_TLS_VERIFIED;
}
