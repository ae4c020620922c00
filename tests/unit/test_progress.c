/* The progress bar: nothing without a terminal, nothing early, at most ten times a second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/progress.h"

static int64_t clock_ms;
static int clock_asked_count;

static int64_t test_now_ms(void)
{
    clock_asked_count++;
    return clock_ms;
}

static void begin(struct progress *progress, const char *what, uint64_t total)
{
    progress_begin(progress, what, total, true);
    clock_ms = 1000;
    clock_asked_count = 0;
    progress->begin_ms = clock_ms;
    progress->last_check_ms = clock_ms;
    progress->now_ms = test_now_ms;
}

/* Standard error put aside, and `descriptor` in its place. */
static int divert(int descriptor)
{
    int kept = dup(STDERR_FILENO);
    assert_true(kept >= 0);
    assert_int_equal(dup2(descriptor, STDERR_FILENO), STDERR_FILENO);
    return kept;
}

static void restore(int kept)
{
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(close(kept), 0);
}

static size_t read_all(int descriptor, char *out, size_t out_size)
{
    size_t size = 0;
    ssize_t count;
    assert_int_equal(fcntl(descriptor, F_SETFL, O_NONBLOCK), 0);
    while (size < out_size - 1 && (count = read(descriptor, out + size, out_size - 1 - size)) > 0) {
        size += (size_t)count;
    }
    out[size] = '\0';
    return size;
}

static void a_pipe_gets_nothing(void **state)
{
    (void)state;
    int ends[2];
    char out[256];
    struct progress progress;
    assert_int_equal(pipe(ends), 0);
    int kept = divert(ends[1]);
    begin(&progress, "verifying", 1000);
    for (uint64_t done = 0; done <= 1000; done++) {
        clock_ms += 100;
        progress_update(&progress, done);
    }
    progress_check(&progress, 1000);
    progress_end(&progress);
    restore(kept);
    assert_int_equal(read_all(ends[0], out, sizeof out), 0);
    assert_int_equal(clock_asked_count, 0);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
}

/* A pseudo-terminal in place of standard error; -1 where the machine gives none. */
static int open_terminal(int *terminal)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        skip();
    }
    *terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(*terminal >= 0);
    struct termios settings;
    assert_int_equal(tcgetattr(*terminal, &settings), 0);
    cfmakeraw(&settings);
    assert_int_equal(tcsetattr(*terminal, TCSANOW, &settings), 0);
    struct winsize size = {.ws_row = 24, .ws_col = 100};
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
    return master;
}

static void close_terminal(int master, int terminal)
{
    assert_int_equal(close(terminal), 0);
    assert_int_equal(close(master), 0);
}

static void nothing_is_shown_before_two_seconds(void **state)
{
    (void)state;
    int terminal = -1;
    int master = open_terminal(&terminal);
    char out[4096];
    struct progress progress;
    int kept = divert(terminal);
    begin(&progress, "verifying", 1000000);
    clock_ms += PROGRESS_DELAY_MS - 1;
    progress_check(&progress, 100);
    progress_end(&progress);
    size_t early = read_all(master, out, sizeof out);
    begin(&progress, "verifying", 1000000);
    clock_ms += PROGRESS_DELAY_MS;
    progress_check(&progress, 250000);
    progress_end(&progress);
    restore(kept);
    assert_int_equal(early, 0);
    (void)read_all(master, out, sizeof out);
    assert_string_equal(out, "\rverifying  25% [######------------------] 250,000/1,000,000  125,000/s  0:00:06 left"
                             "\033[K\r\033[K");
    close_terminal(master, terminal);
}

static size_t count_of(const char *text, char character)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += *text == character;
    }
    return count;
}

static void it_is_shown_ten_times_a_second_at_most(void **state)
{
    (void)state;
    int terminal = -1;
    int master = open_terminal(&terminal);
    static char out[64 * 1024];
    struct progress progress;
    int kept = divert(terminal);
    begin(&progress, "posting", 0);
    for (uint64_t done = 1; done <= 4000000; done++) {
        clock_ms += done % 1000 == 0; /* a million a second */
        progress_update(&progress, done);
    }
    restore(kept);
    (void)read_all(master, out, sizeof out);
    size_t shown = count_of(out, '\r');
    assert_in_range(shown, 15, 21);
    assert_in_range(clock_asked_count, 50, 1000);
    close_terminal(master, terminal);
}

static void slow_work_is_shown_at_every_step(void **state)
{
    (void)state;
    int terminal = -1;
    int master = open_terminal(&terminal);
    static char out[64 * 1024];
    struct progress progress;
    int kept = divert(terminal);
    begin(&progress, "copying", 10);
    for (uint64_t done = 1; done <= 10; done++) {
        clock_ms += 1000;
        progress_update(&progress, done);
    }
    restore(kept);
    (void)read_all(master, out, sizeof out);
    assert_int_equal(count_of(out, '\r'), 9);
    assert_non_null(strstr(out, "copying 100% [########################] 10/10  1/s  0:00:00 left"));
    close_terminal(master, terminal);
}

static void it_keeps_to_the_width(void **state)
{
    (void)state;
    int terminal = -1;
    int master = open_terminal(&terminal);
    char out[4096];
    struct progress progress;
    struct winsize size = {.ws_row = 24, .ws_col = 20};
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    int kept = divert(terminal);
    begin(&progress, "verifying", UINT64_MAX);
    clock_ms += 5000;
    progress_check(&progress, UINT64_MAX - 1);
    restore(kept);
    (void)read_all(master, out, sizeof out);
    assert_string_equal(out, "\rverifying  99% [###\033[K");
    close_terminal(master, terminal);
}

static void who_does_not_want_it_gets_nothing(void **state)
{
    (void)state;
    int terminal = -1;
    int master = open_terminal(&terminal);
    char out[256];
    struct progress progress;
    int kept = divert(terminal);
    progress_begin(&progress, "verifying", 10, false);
    bool is_silent = progress.next_check == UINT64_MAX;
    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    progress_begin(&progress, "verifying", 10, true);
    is_silent = is_silent && progress.next_check == UINT64_MAX;
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
    progress_begin(&progress, "verifying", 10, true);
    is_silent = is_silent && progress.next_check != UINT64_MAX;
    progress_end(&progress);
    restore(kept);
    assert_true(is_silent);
    assert_int_equal(read_all(master, out, sizeof out), 0);
    close_terminal(master, terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_gets_nothing),
        cmocka_unit_test(nothing_is_shown_before_two_seconds),
        cmocka_unit_test(it_is_shown_ten_times_a_second_at_most),
        cmocka_unit_test(slow_work_is_shown_at_every_step),
        cmocka_unit_test(it_keeps_to_the_width),
        cmocka_unit_test(who_does_not_want_it_gets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
