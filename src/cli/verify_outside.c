/* What verify is compared with: read from files and settings. */
#include "cli/verify_outside.h"

#include <dirent.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/checkpoint_result.h"

enum { CHECKPOINT_BYTES_MAX = 1 << 20 };

static LEDGER_MUST_CHECK ledger_status outside_read_key(struct cli *cli, struct ledger_text key_words,
                                                        struct ledger_verify_options *verify_options)
{
    struct ledger_text *key = NULL;
    if (text_is_absent(key_words)) {
        return LEDGER_DONE;
    }
    LEDGER_ALLOCATE(cli->call, key, 1);
    LEDGER_TRY(checkpoint_read_key(cli, key_words, key));
    verify_options->keys = key;
    verify_options->keys_count = 1;
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status outside_read_checkpoint(struct cli *cli, struct ledger_text path,
                                                               struct ledger_verify_checkpoint *ret_checkpoint)
{
    ret_checkpoint->name = path;
    return file_read(cli->call, path.data, CHECKPOINT_BYTES_MAX, &ret_checkpoint->note);
}

/* All files of a directory whose name does not begin with a dot. */
static LEDGER_MUST_CHECK ledger_status outside_read_directory(struct cli *cli, DIR *directory, struct ledger_text path,
                                                              struct ledger_verify_options *verify_options)
{
    struct ledger_verify_checkpoint *checkpoints = NULL;
    size_t capacity = 0;
    size_t count = 0;
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        struct ledger_text name;
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (count == capacity) {
            struct ledger_verify_checkpoint *grown = NULL;
            capacity = capacity == 0 ? 16 : capacity * 2;
            LEDGER_ALLOCATE(cli->call, grown, capacity);
            if (count > 0) {
                memcpy(grown, checkpoints, count * sizeof *grown);
            }
            checkpoints = grown;
        }
        LEDGER_TRY(ledger_call_format(cli->call, &name, "%.*s/%s", TEXT_ARGUMENTS(path), entry->d_name));
        LEDGER_TRY(outside_read_checkpoint(cli, name, &checkpoints[count++]));
    }
    if (count == 0) {
        return ledger_fail(cli->call, LEDGER_CHECKPOINT_NOT_FOUND, "there is no checkpoint in %.*s",
                           TEXT_ARGUMENTS(path));
    }
    verify_options->checkpoints = checkpoints;
    verify_options->checkpoints_count = count;
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status outside_read_checkpoints(struct cli *cli,
                                                                const struct verify_outside_words *words,
                                                                struct ledger_verify_options *verify_options)
{
    struct ledger_text path = words->checkpoint;
    struct ledger_verify_checkpoint *checkpoint = NULL;
    if (text_is_absent(path)) {
        return LEDGER_DONE;
    }
    if (text_is_absent(words->key)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "--checkpoint needs --key: without the key that signed it a checkpoint proves nothing");
    }
    DIR *directory = opendir(path.data);
    if (directory != NULL) {
        ledger_status status = outside_read_directory(cli, directory, path, verify_options);
        (void)closedir(directory);
        return status;
    }
    LEDGER_ALLOCATE(cli->call, checkpoint, 1);
    LEDGER_TRY(outside_read_checkpoint(cli, path, checkpoint));
    verify_options->checkpoints = checkpoint;
    verify_options->checkpoints_count = 1;
    return LEDGER_DONE;
}

ledger_status verify_outside_read(struct cli *cli, const struct verify_outside_words *words,
                                  struct ledger_verify_options *verify_options)
{
    verify_options->trusted_uri = words->trusted;
    verify_options->trusted_password = cli->settings.password;
    verify_options->checkpoint_directory = words->checkpoint_directory;
    bool has_setting = !text_is_empty(cli->settings.checkpoint_directory);
    if (text_is_absent(words->checkpoint_directory) && !words->is_of_one && has_setting) {
        verify_options->checkpoint_directory = cli->settings.checkpoint_directory;
    }
    LEDGER_TRY(outside_read_checkpoints(cli, words, verify_options));
    return outside_read_key(cli, words->key, verify_options);
}
