/* Drivers opened by the scheme of their URI, and wrapped where a test asks for it. */
#include "store/driver.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "store/driver_mysql.h"
#include "store/driver_sqlite.h"
#include "store/mysql_uri.h"

static bool uri_has_scheme(struct ledger_text uri, const char *scheme)
{
    size_t size = strlen(scheme);
    return uri.size > size && memcmp(uri.data, scheme, size) == 0 && uri.data[size] == ':';
}

static driver_wrapper *driver_wrap_with;
static void *driver_wrap_context;

void driver_wrap(driver_wrapper *wrap, void *context)
{
    driver_wrap_with = wrap;
    driver_wrap_context = context;
}

static ledger_status driver_open_by_scheme(struct ledger_call *call, const struct driver_options *options,
                                           struct driver **ret_driver)
{
    struct ledger_text uri = options->uri;
    if (uri_has_scheme(uri, "sqlite")) {
        return driver_sqlite_open(call, uri, options->mode, ret_driver);
    }
    if (uri_has_scheme(uri, "mysql") || uri_has_scheme(uri, "mariadb") || uri_has_scheme(uri, "mysql+pymysql")) {
        return driver_mysql_open(call, options, ret_driver);
    }
    const char *separator = memchr(uri.data, ':', uri.size);
    return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                       "no database driver for \"%.*s\": this version opens sqlite:///relative.db, "
                       "sqlite:////absolute.db, mysql://user@host/database and mariadb://user@host/database",
                       separator == NULL ? (int)uri.size : (int)(separator - uri.data), uri.data);
}

ledger_status driver_open(struct ledger_call *call, const struct driver_options *options, struct driver **ret_driver)
{
    struct driver *driver = NULL;
    LEDGER_TRY(driver_open_by_scheme(call, options, &driver));
    if (driver_wrap_with != NULL) {
        driver = driver_wrap_with(driver, driver_wrap_context);
    }
    *ret_driver = driver;
    return LEDGER_DONE;
}

ledger_status driver_resolve_uri(struct ledger_call *call, struct ledger_text uri, struct ledger_text *ret_uri)
{
    return uri_has_scheme(uri, "sqlite") ? driver_sqlite_resolve_uri(call, uri, ret_uri)
                                         : ledger_call_copy_text(call, uri, ret_uri);
}

ledger_status driver_show_uri(struct ledger_call *call, struct ledger_text uri, struct ledger_text *ret_shown)
{
    if (uri_has_scheme(uri, "sqlite")) {
        return ledger_call_copy_text(call, uri, ret_shown);
    }
    char shown[MYSQL_URI_SHOWN_SIZE];
    mysql_uri_show(uri, shown);
    return ledger_call_copy_text(call, ledger_text_of(shown), ret_shown);
}

void driver_free(struct driver *driver)
{
    if (driver != NULL) {
        driver->operations->free(driver);
    }
}

ledger_status driver_refuse_difference(struct ledger_call *call, void *context, const char *object_type,
                                       struct ledger_text object_name, const char *difference)
{
    (void)context;
    return ledger_fail(call, LEDGER_GUARDS_ARE_MISSING, "the database is not as shipped: %s %.*s %s", object_type,
                       TEXT_ARGUMENTS(object_name), difference);
}

ledger_status driver_reserve_values(struct ledger_call *call, size_t count, struct value **values, size_t *capacity)
{
    if (*capacity >= count) {
        return LEDGER_DONE;
    }
    struct value *grown = realloc(*values, count * sizeof *grown);
    if (grown == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    *values = grown;
    *capacity = count;
    return LEDGER_DONE;
}

/* The end of what stands in quotes, or `from` where nothing does. */
static const char *sql_skip_quoted(const char *from)
{
    if (*from != '\'' && *from != '`' && *from != '"') {
        return from;
    }
    const char *end = strchr(from + 1, *from);
    assert(end != NULL);
    return end;
}

bool driver_sql_find_values(const char *sql, struct ledger_text *ret_values)
{
    if (strncasecmp(sql, "INSERT", strlen("INSERT")) != 0) {
        return false;
    }
    const char *begin = strcasestr(sql, "VALUES (");
    if (begin == NULL) {
        return false;
    }
    begin += strlen("VALUES ");
    unsigned depth = 0;
    const char *end = begin;
    do {
        end = sql_skip_quoted(end);
        depth += *end == '(' ? 1 : 0;
        depth -= *end == ')' ? 1 : 0;
        end++;
    } while (depth > 0 && *end != '\0');
    *ret_values = (struct ledger_text){begin, (size_t)(end - begin)};
    return strchr(end, '?') == NULL;
}

void cursor_scope_close(struct cursor_scope *scope)
{
    if (scope->cursor != NULL) {
        scope->driver->operations->close(scope->driver, scope->cursor);
    }
}
