// Counts what a thread allocates, in tests that say that something allocates nothing.
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

/// How often the calling thread has asked for memory since it began.
long allocation_count(void);

#endif
