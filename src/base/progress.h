/* A progress bar on standard error for work that passes two seconds; nothing at all where that is no terminal. */
#ifndef LEDGER_BASE_PROGRESS_H
#define LEDGER_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PROGRESS_DELAY_MS = 2000,   /* before anything is shown */
    PROGRESS_INTERVAL_MS = 100, /* between two showings, at least */
};

/* In place, for one thread. */
struct progress {
    const char *what;
    uint64_t total;      /* 0 where it is not known */
    uint64_t next_check; /* the count at which the clock is asked again; never, where nothing is to be shown */
    uint64_t check_step;
    int64_t begin_ms;
    int64_t last_check_ms;
    int64_t last_shown_ms;
    bool is_shown;
    int64_t (*now_ms)(void); /* monotonic */
};

/* Begins the work `what` ("verifying"), a text that lives as long. `is_wanted` is false under --quiet and the like. */
void progress_begin(struct progress *progress, const char *what, uint64_t total, bool is_wanted);

/* Asks the clock and shows the bar where it is time; called by progress_update alone. */
void progress_check(struct progress *progress, uint64_t done);

/* `done` of the total is done. Cheap enough to be called for every item. */
static inline void progress_update(struct progress *progress, uint64_t done)
{
    if (done >= progress->next_check) {
        progress_check(progress, done);
    }
}

/* Wipes the bar, so that what is printed next begins on a line of its own. */
void progress_end(struct progress *progress);

#endif
