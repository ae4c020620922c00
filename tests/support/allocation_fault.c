/* Allocations that fail by a plan. See allocation_fault.h. */
#include "support/allocation_fault.h"

#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

static bool fault_is_awake;
static bool fault_stays_down;
static uint64_t fault_at;
static uint64_t fault_count;
static sqlite3_mem_methods fault_sqlite_methods; /* SQLite's own */

static bool fault_is_due(void)
{
    if (!fault_is_awake) {
        return false;
    }
    fault_count++;
    return fault_at != 0 && (fault_count == fault_at || (fault_stays_down && fault_count > fault_at));
}

void *__wrap_malloc(size_t size)
{
    return fault_is_due() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fault_is_due() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
    return fault_is_due() ? NULL : __real_realloc(pointer, size);
}

static void *fault_sqlite_malloc(int size)
{
    return fault_is_due() ? NULL : fault_sqlite_methods.xMalloc(size);
}

static void *fault_sqlite_realloc(void *pointer, int size)
{
    return fault_is_due() ? NULL : fault_sqlite_methods.xRealloc(pointer, size);
}

static void *fault_openssl_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fault_is_due() ? NULL : __real_malloc(size);
}

static void *fault_openssl_realloc(void *pointer, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fault_is_due() ? NULL : __real_realloc(pointer, size);
}

static void fault_openssl_free(void *pointer, const char *file, int line)
{
    (void)file;
    (void)line;
    free(pointer);
}

void allocation_fault_init(void)
{
    bool is_set = CRYPTO_set_mem_functions(fault_openssl_malloc, fault_openssl_realloc, fault_openssl_free) == 1 &&
                  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &fault_sqlite_methods) == SQLITE_OK;
    sqlite3_mem_methods methods = fault_sqlite_methods;
    methods.xMalloc = fault_sqlite_malloc;
    methods.xRealloc = fault_sqlite_realloc;
    if (!is_set || sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK) {
        abort();
    }
}

void allocation_fault_begin(uint64_t fail_at, bool stays_down)
{
    fault_at = fail_at;
    fault_stays_down = stays_down;
    fault_count = 0;
    fault_is_awake = true;
}

uint64_t allocation_fault_end(void)
{
    fault_is_awake = false;
    return fault_count;
}
