/* The progress bar.
 *
 * I1 Nothing is written unless standard error is a terminal, and nothing before two seconds have passed.
 * I2 The clock is asked about every PROGRESS_CHECK_MS: the step between two questions doubles while the work is faster
 *    than that and falls back when it slows down. */
#include "base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/call.h"
#include "base/int128.h"

enum {
    PROGRESS_CHECK_MS = 20,
    PROGRESS_LINE_SIZE = 256,
    PROGRESS_BAR_WIDTH = 24,
    PROGRESS_WIDTH_DEFAULT = 80,
    PROGRESS_NUMBER_SIZE = 32,
};

static bool progress_terminal_is_able(void)
{
    const char *terminal = getenv("TERM");
    return terminal != NULL && terminal[0] != '\0' && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO) == 1;
}

void progress_begin(struct progress *progress, const char *what, uint64_t total, bool is_wanted)
{
    int64_t now_ms = monotonic_ms();
    bool is_possible = is_wanted && progress_terminal_is_able();
    *progress = (struct progress){
        .what = what,
        .total = total,
        .next_check = is_possible ? 1 : UINT64_MAX,
        .check_step = 1,
        .begin_ms = now_ms,
        .last_check_ms = now_ms,
        .now_ms = monotonic_ms,
    };
}

/* 1234567 as "1,234,567". */
static const char *progress_format_number(uint64_t number, char out[PROGRESS_NUMBER_SIZE])
{
    char *at = out + PROGRESS_NUMBER_SIZE - 1;
    *at = '\0';
    int digits_count = 0;
    do {
        if (digits_count > 0 && digits_count % 3 == 0) {
            *--at = ',';
        }
        *--at = (char)('0' + number % 10);
        number /= 10;
        digits_count++;
    } while (number > 0);
    return at;
}

/* `number` × `factor` / `divisor`, which need not fit between. */
static uint64_t progress_scale(uint64_t number, uint64_t factor, uint64_t divisor)
{
    uint128 result = (uint128)number * factor / divisor;
    return result > UINT64_MAX ? UINT64_MAX : (uint64_t)result;
}

/* "verifying   45% [###########-------------] 450,000/1,000,000  98,765/s  0:00:05 left" */
static size_t progress_format(const struct progress *progress, uint64_t done, int64_t now_ms,
                              char line[PROGRESS_LINE_SIZE])
{
    char done_text[PROGRESS_NUMBER_SIZE];
    char total_text[PROGRESS_NUMBER_SIZE];
    char rate_text[PROGRESS_NUMBER_SIZE];
    uint64_t elapsed_ms = now_ms > progress->begin_ms ? (uint64_t)(now_ms - progress->begin_ms) : 1;
    const char *rate = progress_format_number(progress_scale(done, 1000, elapsed_ms), rate_text);
    const char *done_number = progress_format_number(done, done_text);
    if (progress->total == 0 || done == 0) {
        int length = snprintf(line, PROGRESS_LINE_SIZE, "%.40s  %s  %s/s", progress->what, done_number, rate);
        return (size_t)length;
    }
    uint64_t total = progress->total > done ? progress->total : done;
    uint64_t left_s = progress_scale(total - done, elapsed_ms, done) / 1000;
    char bar[PROGRESS_BAR_WIDTH + 1];
    size_t filled = (size_t)progress_scale(done, PROGRESS_BAR_WIDTH, total);
    memset(bar, '#', filled);
    memset(bar + filled, '-', PROGRESS_BAR_WIDTH - filled);
    bar[PROGRESS_BAR_WIDTH] = '\0';
    int length = snprintf(
        line, PROGRESS_LINE_SIZE, "%.40s %3" PRIu64 "%% [%s] %s/%s  %s/s  %" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " left",
        progress->what, progress_scale(done, 100, total), bar, done_number, progress_format_number(total, total_text),
        rate, left_s / 3600, left_s / 60 % 60, left_s % 60);
    return (size_t)length;
}

/* A bar that cannot be written is no reason to stop the work. */
static void progress_write(const char *data, size_t size)
{
    ssize_t written = write(STDERR_FILENO, data, size);
    (void)written;
}

static void progress_show(const struct progress *progress, uint64_t done, int64_t now_ms)
{
    char line[PROGRESS_LINE_SIZE];
    char output[PROGRESS_LINE_SIZE + 8];
    struct winsize size;
    bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    size_t width = is_known ? size.ws_col : PROGRESS_WIDTH_DEFAULT;
    size_t length = progress_format(progress, done, now_ms, line);
    /* The last column stays free: a terminal may go to the next line behind it. */
    length = length < width ? length : width - 1;
    int output_length = snprintf(output, sizeof output, "\r%.*s\033[K", (int)length, line);
    progress_write(output, (size_t)output_length);
}

void progress_check(struct progress *progress, uint64_t done)
{
    if (progress->next_check == UINT64_MAX) {
        return;
    }
    int64_t now_ms = progress->now_ms();
    int64_t passed_ms = now_ms - progress->last_check_ms;
    if (passed_ms < PROGRESS_CHECK_MS && progress->check_step < UINT64_MAX / 4) {
        progress->check_step *= 2;
    } else if (passed_ms > 2 * PROGRESS_CHECK_MS) {
        progress->check_step = progress->check_step > 8 ? progress->check_step / 8 : 1;
    }
    progress->last_check_ms = now_ms;
    progress->next_check = done < UINT64_MAX / 2 ? done + progress->check_step : UINT64_MAX;
    if (now_ms - progress->begin_ms < PROGRESS_DELAY_MS ||
        (progress->is_shown && now_ms - progress->last_shown_ms < PROGRESS_INTERVAL_MS)) {
        return;
    }
    progress_show(progress, done, now_ms);
    progress->is_shown = true;
    progress->last_shown_ms = now_ms;
}

void progress_end(struct progress *progress)
{
    if (progress->is_shown) {
        progress_write("\r\033[K", 4);
    }
    progress->next_check = UINT64_MAX;
    progress->is_shown = false;
}
