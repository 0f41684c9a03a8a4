// Hints to the processor for loops that wait for memory.
#ifndef CKERNELS_PREFETCH_H
#define CKERNELS_PREFETCH_H

/// Begins to load the cache line at `address`, which need not be one: a wrong address costs time and nothing else.
static inline void ck_prefetch(const void *_Nonnull address) {
    __builtin_prefetch(address);
}

#endif
