/* Which texts the ledger takes. */
#include "engine/texts.h"

#include "base/text.h"
#include "base/utf8.h"
#include "domain/redaction_mark.h"
#include "ledger/transaction.h"

static bool texts_check_size(struct ledger_call *call, ledger_status status, const char *field, struct ledger_text text,
                             size_t length_max, uint32_t entry_number)
{
    size_t invalid = utf8_first_invalid(text);
    if (invalid < text.size) {
        ledger_call_add_problem(call, status, entry_number, "%s is not UTF-8: byte %zu", field, invalid + 1);
        return false;
    }
    size_t length = text.size <= length_max ? 0 : utf8_length(text);
    if (length > length_max) {
        ledger_call_add_problem(call, status, entry_number, "%s is too long: %zu characters, at most %zu", field,
                                length, length_max);
        return false;
    }
    return true;
}

/* Nearly all texts are: nothing can be wrong with their size, their bytes or their characters. */
static bool text_is_plain(struct ledger_text text, size_t length_max)
{
    return text.size <= length_max && utf8_is_printable_ascii(text);
}

bool texts_check_name(struct ledger_call *call, const char *field, struct ledger_text text, size_t length_max)
{
    if (text_is_plain(text, length_max)) {
        return true;
    }
    if (!texts_check_size(call, LEDGER_TEXT_IS_INVALID, field, text, length_max, 0)) {
        return false;
    }
    if (utf8_has_control(text)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "%s has a control character", field);
        return false;
    }
    return true;
}

bool texts_check_required_name(struct ledger_call *call, const char *field, struct ledger_text text, size_t length_max)
{
    if (text_is_empty(text)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "%s is missing or empty", field);
        return false;
    }
    return texts_check_name(call, field, text, length_max);
}

static bool free_text_has_control(struct ledger_text text)
{
    size_t offset = 0;
    while (offset < text.size) {
        uint32_t code_point = utf8_next(text, &offset);
        bool is_line = code_point == '\t' || code_point == '\n' || code_point == '\r';
        if (!is_line && (code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f))) {
            return true;
        }
    }
    return false;
}

bool texts_check_free(struct ledger_call *call, const char *field, struct ledger_text text, size_t length_max,
                      uint32_t entry_number)
{
    bool is_plain = text_is_plain(text, length_max);
    if (!is_plain && !texts_check_size(call, LEDGER_TEXT_IS_INVALID, field, text, length_max, entry_number)) {
        return false;
    }
    if (!is_plain && free_text_has_control(text)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, entry_number,
                                "%s has a control character other than tabs and line ends", field);
        return false;
    }
    if (redaction_mark_begins(text)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, entry_number,
                                "%s begins as the mark of a redaction does: use other words", field);
        return false;
    }
    return true;
}

/* Letters, digits and signs of ASCII are a code as they stand: nearly all codes are. */
static bool code_is_plain(struct ledger_text text)
{
    return text.size > 0 && text_is_plain(text, LEDGER_CODE_MAX) && memchr(text.data, ' ', text.size) == NULL;
}

ledger_status texts_normalise_code(struct ledger_call *call, const char *field, struct ledger_text text,
                                   ledger_status fault_status, uint32_t entry_number, bool *ret_is_good,
                                   struct ledger_text *ret_code)
{
    *ret_code = text;
    *ret_is_good = code_is_plain(text);
    if (*ret_is_good) {
        return LEDGER_DONE;
    }
    if (text_is_empty(text)) {
        ledger_call_add_problem(call, fault_status, entry_number, "%s is missing or empty", field);
        return LEDGER_DONE;
    }
    /* No character decomposes into more than four, so nothing beyond that needs a look. */
    if (!texts_check_size(call, fault_status, field, text, (size_t)4 * LEDGER_CODE_MAX, entry_number)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(utf8_normalise(call, text, ret_code));
    if (!texts_check_size(call, fault_status, field, *ret_code, LEDGER_CODE_MAX, entry_number)) {
        return LEDGER_DONE;
    }
    if (utf8_has_control(*ret_code) || utf8_has_outer_space(*ret_code)) {
        ledger_call_add_problem(call, fault_status, entry_number,
                                "%s has a control character, or white space at an end", field);
        return LEDGER_DONE;
    }
    *ret_is_good = true;
    return LEDGER_DONE;
}
