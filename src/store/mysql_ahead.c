/* What the head is known to be. */
#include "store/mysql_ahead.h"

#include <assert.h>
#include <string.h>

_Static_assert((int)HEAD_UPDATE_INS == (int)HEAD_GET_OUTS + 1, "the same columns, and the open leaves");
_Static_assert((int)HEAD_REPLACE_INS == 2 * (int)HEAD_GET_OUTS, "the new row and the known one");

/* Copies a head, whose frontier is the only one of its values that has bytes. */
static void known_head_copy(struct mysql_known_head *head, const struct value values[HEAD_GET_OUTS])
{
    struct value *frontier = &head->values[HEAD_GET_OUT_FRONTIER];
    memcpy(head->values, values, sizeof head->values);
    assert(frontier->type == VALUE_BLOB && frontier->text.size <= sizeof head->frontier);
    memcpy(head->frontier, frontier->text.data, frontier->text.size);
    frontier->text.data = head->frontier;
}

void mysql_ahead_note(struct mysql_ahead *ahead, const struct value *row)
{
    const struct value values[HEAD_GET_OUTS] = {
        [HEAD_GET_OUT_LOG_SIZE] = row[HEAD_UPDATE_IN_LOG_SIZE],
        [HEAD_GET_OUT_FRONTIER] = row[HEAD_UPDATE_IN_FRONTIER],
        [HEAD_GET_OUT_EPOCH] = row[HEAD_UPDATE_IN_EPOCH],
        [HEAD_GET_OUT_POSTING_DAY] = row[HEAD_UPDATE_IN_POSTING_DAY],
        [HEAD_GET_OUT_LAST_NUMBER] = row[HEAD_UPDATE_IN_LAST_NUMBER],
        [HEAD_GET_OUT_LAST_POSTING_DATE] = row[HEAD_UPDATE_IN_LAST_POSTING_DATE],
        [HEAD_GET_OUT_AMOUNT_BOUND] = row[HEAD_UPDATE_IN_AMOUNT_BOUND],
        [HEAD_GET_OUT_RULES_VERSION] = row[HEAD_UPDATE_IN_RULES_VERSION],
        [HEAD_GET_OUT_FROZEN] = row[HEAD_UPDATE_IN_FROZEN],
    };
    known_head_copy(&ahead->noted, values);
    ahead->is_noted = true;
}

void mysql_ahead_fill_replacement(const struct mysql_ahead *ahead, struct value *ret_row)
{
    assert(ahead->is_known && ahead->is_noted);
    memcpy(ret_row, ahead->noted.values, sizeof ahead->noted.values);
    memcpy(ret_row + HEAD_GET_OUTS, ahead->known.values, sizeof ahead->known.values);
}

void mysql_ahead_keep(struct mysql_ahead *ahead)
{
    if (!ahead->is_noted) {
        return; /* the head stayed as it was */
    }
    known_head_copy(&ahead->known, ahead->noted.values);
    ahead->is_known = true;
    ahead->is_noted = false;
    ahead->rest_units -= ahead->rest_units > 0 ? 1 : 0;
}

void mysql_ahead_forget(struct mysql_ahead *ahead)
{
    ahead->is_known = false;
    ahead->is_noted = false;
}

void mysql_ahead_rest(struct mysql_ahead *ahead)
{
    ahead->rest_units = MYSQL_AHEAD_REST_UNITS;
}
