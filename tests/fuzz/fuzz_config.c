/* Settings from any bytes. Refused, nothing of it is taken; accepted, every name can be asked for. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/text.h"

static void require(bool truth)
{
    if (!truth) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    struct config config;
    int64_t number = 0;
    call_init(&call);
    config_init(&config);
    require(config_read_text(&call, &config, TEXT("KEPT=1"), "kept") == LEDGER_DONE);
    struct ledger_text source = {size == 0 ? "" : (const char *)data, size};
    ledger_status status = config_read_text(&call, &config, source, "bytes");
    if (status == LEDGER_DONE) {
        (void)config_describe_source(&config, "A");
        struct ledger_text value = config_find(&config, "A");
        require(text_is_absent(value) || value.data[value.size] == '\0');
        require(text_is_absent(value) || memchr(value.data, '\0', value.size) == NULL);
        if (config_get_integer(&call, &config, "A", -100, 100, 0, &number) == LEDGER_DONE) {
            require(number >= -100 && number <= 100);
        }
    } else {
        require(status == LEDGER_CONFIGURATION_IS_INVALID && ledger_call_problems_count(&call) > 0);
        require(config.settings_count == 1);
    }
    require(!text_is_absent(config_find(&config, "KEPT")));
    config_done(&config);
    call_done(&call);
    return 0;
}
