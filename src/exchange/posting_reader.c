/* What is common to all readers of postings. */
#include "exchange/posting_reader.h"

void posting_reader_free(struct posting_reader *reader)
{
    if (reader != NULL) {
        reader->operations->free(reader);
    }
}
