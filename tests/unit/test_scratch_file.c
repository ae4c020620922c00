/* Scratch files and what is held back in them. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/spool.h"
#include "base/text_builder.h"
#include "support/bare_call.h"

static size_t files_count(const char *directory)
{
    size_t count = 0;
    DIR *open_directory = opendir(directory);
    assert_non_null(open_directory);
    for (const struct dirent *entry = readdir(open_directory); entry != NULL; entry = readdir(open_directory)) {
        count += entry->d_name[0] != '.';
    }
    (void)closedir(open_directory);
    return count;
}

static void it_has_no_name_and_is_its_owners_alone(void **state)
{
    char directory[] = "/tmp/scratch-test-XXXXXX";
    struct scratch_file file = SCRATCH_FILE_NONE;
    struct stat status;
    char back[8] = "";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(setenv("TMPDIR", directory, 1), 0);
    assert_int_equal(scratch_file_make(*state, &file), LEDGER_DONE);
    assert_int_equal(files_count(directory), 0);
    assert_int_equal(fstat(file.descriptor, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(scratch_file_add(&file, "abcdef", 6), 0);
    assert_int_equal(scratch_file_add(&file, "gh", 2), 0);
    assert_int_equal(scratch_file_read(&file, 4, back, 4), 0);
    assert_string_equal(back, "efgh");
    assert_int_not_equal(scratch_file_read(&file, 6, back, 4), 0); /* behind the end */
    scratch_file_done(&file);
    scratch_file_done(&file);
    assert_int_equal(unsetenv("TMPDIR"), 0);
    assert_int_equal(rmdir(directory), 0);
}

static void a_directory_that_cannot_be_used_is_told(void **state)
{
    struct scratch_file file = SCRATCH_FILE_NONE;
    assert_int_equal(setenv("TMPDIR", "/dev/null", 1), 0);
    assert_int_equal(scratch_file_make(*state, &file), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(*state), "no temporary file can be made in /dev/null"));
    assert_int_equal(unsetenv("TMPDIR"), 0);
    scratch_file_done(&file);
}

static void take(void *context, struct ledger_text piece)
{
    text_builder_add_text(context, piece);
}

/* On both sides of what stays in memory, in pieces that do not fit its size. */
static void a_spool_gives_what_it_took(void **state)
{
    static const size_t sizes[] = {
        0, 1, SPOOL_MEMORY_BYTES - 1, SPOOL_MEMORY_BYTES, SPOOL_MEMORY_BYTES + 1, 3 * SPOOL_MEMORY_BYTES + 17};
    struct ledger_call *call = *state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        struct spool spool = SPOOL_EMPTY;
        struct text_builder back;
        char *whole = malloc(sizes[s] + 1);
        assert_non_null(whole);
        for (size_t i = 0; i < sizes[s]; i++) {
            whole[i] = (char)('a' + i * i % 23);
        }
        for (size_t done = 0; done < sizes[s];) {
            size_t piece = sizes[s] - done < 77777 ? sizes[s] - done : 77777;
            assert_int_equal(spool_add(call, &spool, (struct ledger_text){whole + done, piece}), LEDGER_DONE);
            done += piece;
        }
        assert_true((spool.file.directory != NULL) == (sizes[s] > SPOOL_MEMORY_BYTES));
        text_builder_init(&back, &call->arena, sizes[s] + 1);
        assert_int_equal(spool_give(call, &spool, take, &back), LEDGER_DONE);
        assert_int_equal(back.size, sizes[s]);
        assert_memory_equal(back.data, whole, sizes[s]);
        spool_done(&spool);
        free(whole);
        ledger_call_reset(call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE_CALL_TEST(it_has_no_name_and_is_its_owners_alone),
        BARE_CALL_TEST(a_directory_that_cannot_be_used_is_told),
        BARE_CALL_TEST(a_spool_gives_what_it_took),
    };
    return cmocka_run_group_tests_name("scratch_file", tests, NULL, NULL);
}
