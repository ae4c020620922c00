/* Commands of the shell that are given something to read. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "base/time.h"
#include "support/bare_call.h"

static char directory[] = "/tmp/ledger-subprocess-XXXXXX";

static ledger_status feed(struct ledger_call *call, const char *command, struct ledger_text input, uint32_t timeout_ms)
{
    ledger_call_reset(call);
    return subprocess_feed(call, ledger_text_of(command), input, timeout_ms);
}

static void it_reads_what_it_is_given(void **state)
{
    struct ledger_call *call = *state;
    struct ledger_text read;
    static char large[1000000];
    memset(large, 'x', sizeof large);
    assert_int_equal(feed(call, "cat >small; exit 0", TEXT("{\"a\": 1}\n"), 10000), LEDGER_DONE);
    assert_int_equal(file_read(call, "small", 100, &read), LEDGER_DONE);
    assert_memory_equal(read.data, "{\"a\": 1}\n", read.size);
    assert_int_equal(feed(call, "cat >large", (struct ledger_text){large, sizeof large}, 10000), LEDGER_DONE);
    assert_int_equal(file_read(call, "large", sizeof large, &read), LEDGER_DONE);
    assert_int_equal(read.size, sizeof large);
    assert_int_equal(feed(call, "cat >none", TEXT(""), 10000), LEDGER_DONE);
    /* It need not read. */
    assert_int_equal(feed(call, "exec true", (struct ledger_text){large, sizeof large}, 10000), LEDGER_DONE);
    assert_int_equal(feed(call, "head -c 10 >/dev/null", (struct ledger_text){large, sizeof large}, 10000),
                     LEDGER_DONE);
}

static void its_end_is_told(void **state)
{
    struct ledger_call *call = *state;
    assert_int_equal(feed(call, "exit 3", TEXT("x"), 10000), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(call), "the command \"exit 3\" ended with exit status 3"));
    assert_int_equal(feed(call, "no-such-command 2>/dev/null", TEXT("x"), 10000), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(call), "exit status 127"));
    assert_int_equal(feed(call, "kill -9 $$", TEXT("x"), 10000), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(call), "was ended by signal 9"));
}

/* With all that it started, and also where it reads nothing of what is too much for the pipe. */
static void it_is_killed_when_its_time_is_over(void **state)
{
    struct ledger_call *call = *state;
    static char large[1000000];
    memset(large, 'x', sizeof large);
    int64_t begin_ms = monotonic_ms();
    assert_int_equal(feed(call, "sleep 60 & echo $! >child; wait", (struct ledger_text){large, sizeof large}, 300),
                     LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(call), "did not end within 300 ms and was killed"));
    assert_true(monotonic_ms() - begin_ms < 10000);
    struct ledger_text child;
    assert_int_equal(file_read(call, "child", 100, &child), LEDGER_DONE);
    for (int tries = 0; tries < 500 && kill((pid_t)strtol(child.data, NULL, 10), 0) == 0; tries++) {
        (void)usleep(10000);
    }
    char stat[64];
    char status_path[64];
    (void)snprintf(status_path, sizeof status_path, "/proc/%ld/stat", strtol(child.data, NULL, 10));
    FILE *file = fopen(status_path, "r");
    if (file != NULL) { /* nobody may have waited for it yet: then it is a zombie */
        assert_non_null(fgets(stat, sizeof stat, file));
        assert_non_null(strstr(stat, ") Z "));
        (void)fclose(file);
    }
}

/* What is blocked or ignored here is neither there. */
static void signals_mean_what_they_mean(void **state)
{
    struct ledger_call *call = *state;
    sigset_t blocked;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &blocked, NULL);
    assert_int_equal(feed(call, "kill -TERM $$; sleep 5; exit 0", TEXT(""), 10000), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(call), "was ended by signal 15"));
    assert_int_equal(feed(call, "kill -PIPE $$; sleep 5; exit 0", TEXT(""), 10000), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(call), "was ended by signal 13"));
    (void)sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static int begin(void **state)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)bare_call_setup(state);
    return mkdtemp(directory) == NULL ? -1 : chdir(directory);
}

static int end(void **state)
{
    (void)bare_call_teardown(state);
    static const char *const files[] = {"small", "large", "none", "child"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)unlink(files[i]);
    }
    return chdir("/") + rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_what_it_is_given),
        cmocka_unit_test(its_end_is_told),
        cmocka_unit_test(it_is_killed_when_its_time_is_over),
        cmocka_unit_test(signals_mean_what_they_mean),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
