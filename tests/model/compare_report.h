/* The trial balance of the ledger beside the model's. */
#ifndef LEDGER_MODEL_COMPARE_REPORT_H
#define LEDGER_MODEL_COMPARE_REPORT_H

#include "model/compare.h"

/* The report at the head: its rows are the model's, its position the one given; its hash is remembered. */
void compare_report_first(struct run *run, struct run_position *position);

/* The same report again, whatever was posted or back-dated since: the same rows, the same hash. */
void compare_report_again(struct run *run, const struct run_position *position);

#endif
