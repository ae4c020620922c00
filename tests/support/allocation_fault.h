/* Allocations that fail by a plan, within the program and so under the sanitizers too: ours, those of SQLite and those
 * of OpenSSL. The program has to be linked with --wrap for malloc, calloc and realloc (its name begins with `fault_`).
 */
#ifndef LEDGER_SUPPORT_ALLOCATION_FAULT_H
#define LEDGER_SUPPORT_ALLOCATION_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* Before anything of SQLite or OpenSSL is used. */
void allocation_fault_init(void);

/* From now on allocations are counted; the one of number `fail_at` fails, 0: none does, and all after it where it
 * `stays_down`. */
void allocation_fault_begin(uint64_t fail_at, bool stays_down);

/* Nothing fails any more; gives how many there were. */
uint64_t allocation_fault_end(void);

#endif
