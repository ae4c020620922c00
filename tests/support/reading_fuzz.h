/* What the fuzzers of readers of postings share. */
#ifndef LEDGER_TESTS_READING_FUZZ_H
#define LEDGER_TESTS_READING_FUZZ_H

#include "exchange/posting_reader.h"

/* A file of this process with these bytes; the same one each time. */
const char *reading_fuzz_file(const char *data, size_t size);

/* Reads to the end, as an import does, and aborts where something is not as the interface says. */
void reading_fuzz(struct posting_reader *reader);

#endif
