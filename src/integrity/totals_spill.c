/* What one pass over the entries sums and has no room for, in a scratch file: the passes that follow need not read the
 * entries again. See totals_state.h. */
#include <stdlib.h>
#include <string.h>

#include "integrity/verify_state.h"

void totals_spill_lose(struct totals_spill *spill)
{
    scratch_file_done(&spill->file);
    free(spill->held);
    *spill = (struct totals_spill){.file = SCRATCH_FILE_NONE, .is_lost = true};
}

/* The reason is of no interest: the entries are there to be read again. */
static bool spill_make(struct ledger_call *call, struct totals_spill *spill)
{
    if (spill->held != NULL) {
        return true;
    }
    size_t problems_before = ledger_call_problems_count(call);
    spill->held = calloc(TOTALS_SPILL_SLOTS, sizeof *spill->held);
    bool is_made = spill->held != NULL && scratch_file_make(call, &spill->file) == LEDGER_DONE;
    ledger_call_drop_problems(call, problems_before);
    return is_made;
}

static bool spill_write(struct totals_spill *spill)
{
    size_t size = spill->held_count * sizeof *spill->held;
    spill->held_count = 0;
    return size == 0 || scratch_file_add(&spill->file, spill->held, size) == 0;
}

void totals_spill_add(struct ledger_call *call, struct totals_spill *spill, const struct total_slot *slot)
{
    if (spill->is_lost) {
        return;
    }
    if (!spill_make(call, spill) || (spill->held_count == TOTALS_SPILL_SLOTS && !spill_write(spill))) {
        totals_spill_lose(spill);
        return;
    }
    spill->held[spill->held_count++] = *slot;
}

void totals_spill_read(struct totals_spill *spill, uint64_t first, struct total_slot *slots, size_t *ret_count)
{
    *ret_count = 0;
    if (spill->is_lost || spill->held == NULL) {
        return;
    }
    uint64_t offset = first * sizeof *slots;
    bool is_good = spill_write(spill);
    if (is_good && offset < spill->file.size) {
        uint64_t left = (spill->file.size - offset) / sizeof *slots;
        *ret_count = left < TOTALS_SPILL_SLOTS ? (size_t)left : TOTALS_SPILL_SLOTS;
        is_good = scratch_file_read(&spill->file, offset, slots, *ret_count * sizeof *slots) == 0;
    }
    if (!is_good) {
        *ret_count = 0;
        totals_spill_lose(spill);
    }
}
