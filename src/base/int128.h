/* 128-bit integers for totals of reports: exact, and too wide to overflow in practice (2^64 totals of 2^63 fit). */
#ifndef LEDGER_BASE_INT128_H
#define LEDGER_BASE_INT128_H

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#endif
