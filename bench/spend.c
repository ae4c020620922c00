/* What a command spends: its time, its processor time, the most memory that it had.
 *
 *   bench_spend FILE COMMAND [ARGUMENT ...]
 *
 * Runs the command, which keeps its standard input and outputs, and writes one line of JSON to FILE: seconds, the
 * processor's seconds in it and in the kernel for it, and its largest resident size in KiB. It is a program of its own
 * because a child begins with the size of the process that makes it, and this is a small one. Ends as the command
 * did; 127 where there is no such command. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

enum { EXIT_NOT_FOUND = 127, EXIT_SIGNAL = 128, NS_PER_SECOND = 1000000000 };

static double clock_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / NS_PER_SECOND;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        die("usage", "bench_spend FILE COMMAND [ARGUMENT ...]");
    }
    FILE *file = fopen(argv[1], "we");
    if (file == NULL) {
        die(argv[1], strerror(errno));
    }
    double begin_seconds = clock_seconds();
    pid_t child = fork();
    if (child < 0) {
        die("fork", strerror(errno));
    }
    if (child == 0) {
        (void)execvp(argv[2], argv + 2);
        (void)fprintf(stderr, "bench_spend: %s: %s\n", argv[2], strerror(errno));
        _exit(EXIT_NOT_FOUND);
    }
    int state = 0;
    struct rusage usage;
    if (wait4(child, &state, 0, &usage) != child) {
        die("wait", strerror(errno));
    }
    (void)fprintf(file, "{\"seconds\": %.6f, \"user\": %.6f, \"system\": %.6f, \"peak_kib\": %ld}\n",
                  clock_seconds() - begin_seconds, seconds_of(usage.ru_utime), seconds_of(usage.ru_stime),
                  usage.ru_maxrss);
    if (fclose(file) != 0) {
        die(argv[1], strerror(errno));
    }
    return WIFEXITED(state) ? WEXITSTATUS(state) : EXIT_SIGNAL + WTERMSIG(state);
}
