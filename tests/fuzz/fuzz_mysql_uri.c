/* MySQL URIs from any bytes: refused by name, or every part within its limits; a password is never told. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/mysql_uri.h"

static const char secret[] = "pA5s-w0Rd";

static void require(bool truth)
{
    if (!truth) {
        abort();
    }
}

static void require_in_order(const struct mysql_uri *uri)
{
    require(uri->database != NULL && uri->database[0] != '\0');
    require((uri->hosts_count == 0) == (uri->unix_socket != NULL) && uri->hosts_count <= MYSQL_HOSTS_MAX);
    require(uri->connect_timeout_s <= MYSQL_CONNECT_TIMEOUT_S_MAX);
    for (size_t i = 0; i < uri->hosts_count; i++) {
        const struct mysql_host *host = &uri->hosts[i];
        require(host->name[0] != '\0' && strpbrk(host->name, ";/@ ") == NULL);
        require(host->port >= 1 && host->port <= UINT16_MAX && strstr(host->place, host->name) != NULL);
        (void)mysql_uri_tls(uri, host);
    }
}

static void try_uri(struct ledger_text text)
{
    struct ledger_call call;
    struct arena arena;
    struct mysql_uri uri;
    call_init(&call);
    arena_init(&arena);
    ledger_status status = mysql_uri_parse(&call, text, &arena, &uri);
    if (status == LEDGER_DONE) {
        require_in_order(&uri);
    } else {
        require(status == LEDGER_CONFIGURATION_IS_INVALID);
        require(strstr(ledger_call_message(&call), secret) == NULL);
    }
    arena_done(&arena);
    call_done(&call);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[2 * MYSQL_URI_BYTES_MAX];
    struct ledger_text bytes = {size == 0 ? "" : (const char *)data, size};
    if (memmem(bytes.data, size, secret, strlen(secret)) != NULL) {
        return 0;
    }
    try_uri(bytes);
    size_t front = (size_t)snprintf(text, sizeof text, "mysql://u:%s@", secret);
    size_t taken = size < MYSQL_URI_BYTES_MAX ? size : MYSQL_URI_BYTES_MAX;
    memcpy(text + front, bytes.data, taken);
    try_uri((struct ledger_text){text, front + taken});
    return 0;
}
