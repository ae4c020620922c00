/* Files that are named as evidence of an incident. */
#include "cli/evidence.h"

#include <errno.h>
#include <inttypes.h>

#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/text.h"

enum { EVIDENCE_PIECE_BYTES = 64 * 1024 };

/* Piece by piece: a dump may be large. */
static ledger_status evidence_read(struct ledger_call *call, const char *path, FILE *file, struct sha256 *hasher,
                                   struct ledger_evidence *evidence)
{
    char piece[EVIDENCE_PIECE_BYTES];
    sha256_begin(hasher);
    errno = 0;
    for (size_t size = 0; (size = fread(piece, 1, sizeof piece, file)) > 0;) {
        sha256_add(hasher, piece, size);
        evidence->size_bytes += (int64_t)size;
    }
    if (ferror(file)) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "cannot read %s: %s", path,
                           strerror(errno == 0 ? EIO : errno));
    }
    struct sha256_hash hash = sha256_finish(hasher);
    sha256_format(&hash, evidence->sha256);
    return LEDGER_DONE;
}

static ledger_status evidence_digest(struct ledger_call *call, const char *path, struct ledger_evidence *evidence)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "cannot read %s: %s", path, strerror(errno));
    }
    struct sha256 *hasher = sha256_new();
    ledger_status status =
        hasher == NULL ? ledger_fail_out_of_memory(call) : evidence_read(call, path, file, hasher, evidence);
    sha256_free(hasher);
    (void)fclose(file);
    return status;
}

ledger_status evidence_add_file(struct cli *cli, struct ledger_text path,
                                struct ledger_evidence evidence[LEDGER_EVIDENCE_MAX], size_t *count)
{
    if (text_is_absent(path)) {
        return LEDGER_DONE;
    }
    const char *slash = strrchr(path.data, '/');
    struct ledger_evidence file = {.name = ledger_text_of(slash == NULL ? path.data : slash + 1)};
    LEDGER_TRY(evidence_digest(cli->call, path.data, &file));
    evidence[(*count)++] = file;
    return LEDGER_DONE;
}

static struct ledger_text member_text(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_find(object, key);
    return value == NULL || value->type != JSON_STRING ? TEXT_ABSENT : value->text;
}

static uint32_t member_number(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_find(object, key);
    uint32_t number = 0;
    for (size_t i = 0; value != NULL && value->type == JSON_NUMBER && i < value->text.size && i < 9; i++) {
        char digit = value->text.data[i];
        number = digit >= '0' && digit <= '9' ? number * 10 + (uint32_t)(digit - '0') : number;
    }
    return number;
}

ledger_status evidence_read_violations(struct cli *cli, struct ledger_text path,
                                       struct ledger_incident_opening *opening)
{
    struct ledger_text content;
    const struct json_value *document = NULL;
    struct ledger_violation *violations = NULL;
    LEDGER_TRY(file_read(cli->call, path.data, JSON_BYTES_MAX, &content));
    LEDGER_TRY(json_read(cli->call, content, path.data, &document));
    const struct json_value *list = json_find(document, "violations");
    if (list == NULL || list->type != JSON_ARRAY) {
        return ledger_fail(cli->call, LEDGER_INPUT_IS_MALFORMED,
                           "%s has no list \"violations\": it is what ledger-admin --json verify printed", path.data);
    }
    LEDGER_ALLOCATE(cli->call, violations, list->count);
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        violations[opening->violations_kept++] = (struct ledger_violation){
            .check = member_text(item, "check"),
            .is_critical = text_equals_string(member_text(item, "severity"), "CRITICAL"),
            .transaction_id = member_text(item, "transaction_id"),
            .transaction_number = member_text(item, "transaction_number"),
            .entry_number = member_number(item, "entry_number"),
            .account_code = member_text(item, "account_code"),
            .field = member_text(item, "field"),
            .stored = member_text(item, "stored"),
            .computed = member_text(item, "computed"),
            .detail = member_text(item, "detail"),
        };
    }
    opening->violations = violations;
    opening->violations_count = opening->violations_kept;
    return LEDGER_DONE;
}
