/* The thread beside: asked by a flag, it checkpoints once. */
#include "store/sqlite_checkpointer.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>

struct sqlite_checkpointer {
    sqlite3 *connection; /* the thread's, once it runs */
    pthread_t thread;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t has_moved;
    bool is_at_work;
    bool is_ending;
};

static void *checkpointer_run(void *context)
{
    struct sqlite_checkpointer *checkpointer = context;
    (void)pthread_mutex_lock(&checkpointer->mutex);
    while (!checkpointer->is_ending) {
        if (!checkpointer->is_at_work) {
            (void)pthread_cond_wait(&checkpointer->has_moved, &checkpointer->mutex);
            continue;
        }
        (void)pthread_mutex_unlock(&checkpointer->mutex);
        (void)sqlite3_wal_checkpoint_v2(checkpointer->connection, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        (void)pthread_mutex_lock(&checkpointer->mutex);
        checkpointer->is_at_work = false;
    }
    (void)pthread_mutex_unlock(&checkpointer->mutex);
    return NULL;
}

/* As durable as the writer's own checkpoints; and its close moves nothing (I2). The read opens the log. */
static bool checkpointer_connect(struct sqlite_checkpointer *checkpointer, const char *path)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(path, &checkpointer->connection, flags, NULL) != SQLITE_OK) {
        return false;
    }
    (void)sqlite3_db_config(checkpointer->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return sqlite3_exec(checkpointer->connection,
                        "PRAGMA synchronous = FULL; PRAGMA cache_size = 0; PRAGMA schema_version", NULL, NULL,
                        NULL) == SQLITE_OK;
}

struct sqlite_checkpointer *sqlite_checkpointer_new(const char *path)
{
    struct sqlite_checkpointer *checkpointer = calloc(1, sizeof *checkpointer);
    if (checkpointer == NULL) {
        return NULL;
    }
    (void)pthread_mutex_init(&checkpointer->mutex, NULL);
    (void)pthread_cond_init(&checkpointer->has_moved, NULL);
    bool runs = checkpointer_connect(checkpointer, path) &&
                pthread_create(&checkpointer->thread, NULL, checkpointer_run, checkpointer) == 0;
    if (runs) {
        return checkpointer;
    }
    (void)sqlite3_close(checkpointer->connection);
    (void)pthread_cond_destroy(&checkpointer->has_moved);
    (void)pthread_mutex_destroy(&checkpointer->mutex);
    free(checkpointer);
    return NULL;
}

void sqlite_checkpointer_free(struct sqlite_checkpointer *checkpointer)
{
    if (checkpointer == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->is_ending = true;
    (void)pthread_cond_signal(&checkpointer->has_moved);
    (void)pthread_mutex_unlock(&checkpointer->mutex);
    (void)pthread_join(checkpointer->thread, NULL);
    (void)sqlite3_close(checkpointer->connection);
    (void)pthread_cond_destroy(&checkpointer->has_moved);
    (void)pthread_mutex_destroy(&checkpointer->mutex);
    free(checkpointer);
}

void sqlite_checkpointer_begin(struct sqlite_checkpointer *checkpointer)
{
    (void)pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->is_at_work = true;
    (void)pthread_cond_signal(&checkpointer->has_moved);
    (void)pthread_mutex_unlock(&checkpointer->mutex);
}

bool sqlite_checkpointer_is_at_work(struct sqlite_checkpointer *checkpointer)
{
    (void)pthread_mutex_lock(&checkpointer->mutex);
    bool is_at_work = checkpointer->is_at_work;
    (void)pthread_mutex_unlock(&checkpointer->mutex);
    return is_at_work;
}
