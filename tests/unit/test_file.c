/* Whole files, read and replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

struct fixture {
    struct ledger_call call;
    char directory[64];
    char path[128];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL) {
        return -1;
    }
    call_init(&fixture->call);
    (void)snprintf(fixture->directory, sizeof fixture->directory, "/tmp/test_file_XXXXXX");
    if (mkdtemp(fixture->directory) == NULL) {
        return -1;
    }
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/it", fixture->directory);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    (void)unlink(fixture->path);
    bool is_clean = rmdir(fixture->directory) == 0; /* nothing is left behind */
    call_done(&fixture->call);
    free(fixture);
    return is_clean ? 0 : -1;
}

static void put(const char *path, const char *content, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void assert_content(struct fixture *fixture, const char *path, const char *expected)
{
    struct ledger_text content;
    assert_int_equal(file_read(&fixture->call, path, 1024, &content), LEDGER_DONE);
    assert_int_equal(content.size, strlen(expected));
    assert_string_equal(content.data, expected);
}

static size_t count_files(const char *directory)
{
    size_t count = 0;
    DIR *stream = opendir(directory);
    assert_non_null(stream);
    for (struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
        count += entry->d_name[0] != '.';
    }
    assert_int_equal(closedir(stream), 0);
    return count;
}

static void a_file_is_read_up_to_its_limit(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_text content;
    put(fixture->path, "0123456789", 10);
    assert_int_equal(file_read(&fixture->call, fixture->path, 10, &content), LEDGER_DONE);
    assert_int_equal(content.size, 10);
    assert_string_equal(content.data, "0123456789");
    content = TEXT("before");
    assert_int_equal(file_read(&fixture->call, fixture->path, 9, &content), LEDGER_INPUT_IS_TOO_LARGE);
    assert_string_equal(content.data, "before");
    assert_non_null(strstr(ledger_call_message(&fixture->call), fixture->path));
    assert_non_null(strstr(ledger_call_message(&fixture->call), "9 bytes"));
    put(fixture->path, "", 0);
    assert_int_equal(file_read(&fixture->call, fixture->path, 0, &content), LEDGER_DONE);
    assert_int_equal(content.size, 0);
    assert_non_null(content.data);
}

static void large_files_and_those_without_a_size_are_read(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_text content;
    static char large[300000];
    for (size_t i = 0; i < sizeof large; i++) {
        large[i] = (char)('a' + i % 23);
    }
    put(fixture->path, large, sizeof large);
    assert_int_equal(file_read(&fixture->call, fixture->path, sizeof large, &content), LEDGER_DONE);
    assert_int_equal(content.size, sizeof large);
    assert_memory_equal(content.data, large, sizeof large);
    assert_int_equal(file_read(&fixture->call, "/proc/self/status", 65536, &content), LEDGER_DONE);
    assert_int_equal(strncmp(content.data, "Name:", 5), 0);
    assert_int_equal(file_read(&fixture->call, "/dev/zero", 200000, &content), LEDGER_INPUT_IS_TOO_LARGE);
}

static void assert_unreadable(struct fixture *fixture, const char *path, int error)
{
    struct ledger_text content;
    ledger_call_reset(&fixture->call);
    assert_int_equal(file_read(&fixture->call, path, 10, &content), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(&fixture->call), path));
    assert_non_null(strstr(ledger_call_message(&fixture->call), strerror(error)));
}

static void what_cannot_be_read_is_named_with_the_reason(void **state)
{
    struct fixture *fixture = *state;
    char beyond[160];
    assert_unreadable(fixture, fixture->path, ENOENT);
    assert_unreadable(fixture, fixture->directory, EISDIR);
    assert_unreadable(fixture, "", ENOENT);
    put(fixture->path, "x", 1);
    (void)snprintf(beyond, sizeof beyond, "%s/more", fixture->path);
    assert_unreadable(fixture, beyond, ENOTDIR);
}

static void a_dash_is_standard_input(void **state)
{
    struct fixture *fixture = *state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "from a pipe", 11), 11);
    assert_int_equal(close(ends[1]), 0);
    int kept = dup(STDIN_FILENO);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    assert_int_equal(close(ends[0]), 0);
    assert_content(fixture, "-", "from a pipe");
    if (kept >= 0) {
        assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
        assert_int_equal(close(kept), 0);
    }
    struct ledger_text content;
    int closed = dup(STDIN_FILENO);
    (void)close(STDIN_FILENO);
    assert_int_equal(file_read(&fixture->call, "-", 10, &content), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(&fixture->call), "standard input cannot be read"));
    if (closed >= 0) {
        assert_int_equal(dup2(closed, STDIN_FILENO), STDIN_FILENO);
        assert_int_equal(close(closed), 0);
    }
}

static void a_file_is_written_and_replaced(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    mode_t mask = umask(027);
    assert_int_equal(file_write(&fixture->call, fixture->path, TEXT("first")), LEDGER_DONE);
    (void)umask(mask);
    assert_content(fixture, fixture->path, "first");
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(chmod(fixture->path, 0604), 0);
    assert_int_equal(file_write(&fixture->call, fixture->path, TEXT("")), LEDGER_DONE);
    assert_content(fixture, fixture->path, "");
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0604);
    assert_int_equal(count_files(fixture->directory), 1);
}

static void a_name_alone_is_written_where_one_stands(void **state)
{
    struct fixture *fixture = *state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(fixture->directory), 0);
    assert_int_equal(file_write(&fixture->call, "it", TEXT("here")), LEDGER_DONE);
    assert_int_equal(chdir(before), 0);
    assert_content(fixture, fixture->path, "here");
}

static void a_link_stays_and_its_target_is_replaced(void **state)
{
    struct fixture *fixture = *state;
    char link_path[160];
    struct stat status;
    put(fixture->path, "old", 3);
    (void)snprintf(link_path, sizeof link_path, "%s/link", fixture->directory);
    assert_int_equal(symlink("it", link_path), 0);
    assert_int_equal(file_write(&fixture->call, link_path, TEXT("new")), LEDGER_DONE);
    assert_int_equal(lstat(link_path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_content(fixture, fixture->path, "new");
    /* One that leads nowhere is refused. */
    assert_int_equal(unlink(fixture->path), 0);
    assert_int_equal(file_write(&fixture->call, link_path, TEXT("new")), LEDGER_FILE_IS_UNREADABLE);
    assert_int_equal(unlink(link_path), 0);
    assert_int_equal(count_files(fixture->directory), 0);
}

static void devices_and_pipes_are_written_to_and_stay(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    assert_int_equal(file_write(&fixture->call, "/dev/null", TEXT("nothing")), LEDGER_DONE);
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_int_equal(file_write(&fixture->call, "/dev/full", TEXT("x")), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(&fixture->call), strerror(ENOSPC)));
}

/* The limit on a file's size stands in for a full disk: it strikes in the middle of the new file. */
static void a_failed_write_leaves_the_old_file(void **state)
{
    struct fixture *fixture = *state;
    static char large[8192];
    struct rlimit before;
    put(fixture->path, "precious", 8);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    ledger_status status = file_write(&fixture->call, fixture->path, (struct ledger_text){large, sizeof large});
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(status, LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(&fixture->call), fixture->path));
    assert_non_null(strstr(ledger_call_message(&fixture->call), strerror(EFBIG)));
    assert_content(fixture, fixture->path, "precious");
    assert_int_equal(count_files(fixture->directory), 1);
}

static void what_cannot_be_written_is_named_with_the_reason(void **state)
{
    struct fixture *fixture = *state;
    char beyond[160];
    assert_int_equal(file_write(&fixture->call, fixture->directory, TEXT("x")), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(&fixture->call), strerror(EISDIR)));
    ledger_call_reset(&fixture->call);
    (void)snprintf(beyond, sizeof beyond, "%s/none/it", fixture->directory);
    assert_int_equal(file_write(&fixture->call, beyond, TEXT("x")), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(&fixture->call), strerror(ENOENT)));
    assert_int_equal(file_write(&fixture->call, "", TEXT("x")), LEDGER_FILE_IS_UNREADABLE);
}

static void a_replacement_is_whole_or_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct file_replacement replacement;
    put(fixture->path, "old", 3);
    assert_int_equal(file_replacement_begin(&fixture->call, fixture->path, &replacement), LEDGER_DONE);
    assert_int_equal(file_replacement_write(&fixture->call, &replacement, TEXT("new")), LEDGER_DONE);
    assert_content(fixture, fixture->path, "old");
    file_replacement_abandon(&replacement);
    assert_content(fixture, fixture->path, "old");
    assert_int_equal(count_files(fixture->directory), 1);
    assert_int_equal(file_replacement_begin(&fixture->call, fixture->path, &replacement), LEDGER_DONE);
    assert_int_equal(file_replacement_write(&fixture->call, &replacement, TEXT("n")), LEDGER_DONE);
    assert_int_equal(file_replacement_write(&fixture->call, &replacement, TEXT("ew")), LEDGER_DONE);
    assert_int_equal(file_replacement_finish(&fixture->call, &replacement), LEDGER_DONE);
    file_replacement_abandon(&replacement);
    assert_content(fixture, fixture->path, "new");
    assert_int_equal(count_files(fixture->directory), 1);
}

static void what_cannot_be_replaced_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct file_replacement replacement;
    assert_int_equal(file_replacement_begin(&fixture->call, fixture->directory, &replacement),
                     LEDGER_FILE_IS_UNREADABLE);
    assert_int_equal(file_replacement_begin(&fixture->call, "/missing/it", &replacement), LEDGER_FILE_IS_UNREADABLE);
}

static void a_device_is_written_directly_piece_by_piece(void **state)
{
    struct fixture *fixture = *state;
    struct file_replacement replacement;
    assert_int_equal(file_replacement_begin(&fixture->call, "/dev/full", &replacement), LEDGER_DONE);
    assert_int_equal(file_replacement_write(&fixture->call, &replacement, TEXT("x")), LEDGER_FILE_IS_UNREADABLE);
    file_replacement_abandon(&replacement);
    assert_int_equal(file_replacement_begin(&fixture->call, "/dev/null", &replacement), LEDGER_DONE);
    assert_int_equal(file_replacement_write(&fixture->call, &replacement, TEXT("x")), LEDGER_DONE);
    assert_int_equal(file_replacement_finish(&fixture->call, &replacement), LEDGER_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_read_up_to_its_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_files_and_those_without_a_size_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_named_with_the_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dash_is_standard_input, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_written_and_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_alone_is_written_where_one_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_stays_and_its_target_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(devices_and_pipes_are_written_to_and_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_write_leaves_the_old_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_is_named_with_the_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_replacement_is_whole_or_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_replaced_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_device_is_written_directly_piece_by_piece, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
