/* What the commands of checkpoints and keys take and tell. */
#include "cli/checkpoint_result.h"

#include <errno.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/results.h"

enum { KEY_BYTES_MAX = 4096 };

struct ledger_checkpoint_options checkpoint_settings(const struct cli *cli)
{
    return (struct ledger_checkpoint_options){
        .struct_size = sizeof(struct ledger_checkpoint_options),
        .directory = cli->settings.checkpoint_directory,
        .key = {.file = cli->settings.checkpoint_key_file, .command = cli->settings.checkpoint_key_command},
        .events_between = cli->settings.checkpoint_events,
        .seconds_between = cli->settings.checkpoint_seconds,
    };
}

/* A key has a '+' in it, where a file that is missing seldom has. */
ledger_status checkpoint_read_key(struct cli *cli, struct ledger_text key, struct ledger_text *ret_verifier_key)
{
    if (access(key.data, F_OK) != 0 && errno == ENOENT && memchr(key.data, '+', key.size) != NULL) {
        *ret_verifier_key = key;
        return LEDGER_DONE;
    }
    return file_read(cli->call, key.data, KEY_BYTES_MAX, ret_verifier_key);
}

void checkpoint_write(struct json_writer *writer, const struct ledger_checkpoint *checkpoint)
{
    json_write_member_integer(writer, "epoch", checkpoint->epoch);
    json_write_member_integer(writer, "log_size", checkpoint->log_size);
    json_write_member_text(writer, "root_hash", ledger_text_of(checkpoint->root_hash));
    results_write_time(writer, "created_at", checkpoint->created_at_us);
    results_write_text_or_null(writer, "origin", checkpoint->origin);
    results_write_digest_or_null(writer, "guards_digest", checkpoint->guards_digest);
    results_write_text_or_null(writer, "guards_changed", checkpoint->guards_changed);
    json_write_member_boolean(writer, "guards_differ", checkpoint->guards_differ);
    results_write_digest_or_null(writer, "grants_digest", checkpoint->grants_digest);
    json_write_member_boolean(writer, "grants_differ", checkpoint->grants_differ);
    results_write_text_or_null(writer, "path", checkpoint->path);
    json_write_member_boolean(writer, "in_database", checkpoint->is_in_database);
}

void checkpoint_write_key(struct json_writer *writer, const struct ledger_key *key)
{
    json_write_member_text(writer, "verifier_key", key->verifier_key);
    results_write_text_or_null(writer, "previous_verifier_key", key->previous_verifier_key);
    json_write_key(writer, "log_index");
    if (key->log_index < 0) {
        json_write_null(writer);
        return;
    }
    json_write_integer(writer, key->log_index);
    results_write_time(writer, "registered_at", key->registered_at_us);
    results_write_text_or_null(writer, "registered_by", key->registered_by);
    json_write_member_boolean(writer, "previous_key_is_lost", key->previous_key_is_lost);
}

void checkpoint_warn_of_database(struct cli *cli, const struct ledger_checkpoint *checkpoint)
{
    if (checkpoint->guards_differ) {
        output_message(&cli->output,
                       "warning: guards, views, constraints or modes of the database are not what they were at the "
                       "checkpoint before, or were taken down and put back; run verify, and ask who did it\n");
    }
    if (checkpoint->grants_differ) {
        output_message(&cli->output,
                       "warning: what accounts may do on the database is not what it was at the checkpoint before; run "
                       "verify, and ask who granted or revoked it\n");
    }
    if (checkpoint->grants_are_hidden) {
        output_message(&cli->output,
                       "note: this user may not read the grants of the server, so the checkpoint says nothing of them; "
                       "an administrator runs what ledger-admin grants prints for its role\n");
    }
}
