// Row and element-wise kernels of the house, in single and double precision.
//
// Every kernel exists once in source and is compiled for several instruction sets; the best that the machine has
// is chosen when first asked for. All variants give the same bits: sums run over 16 lanes in a fixed order, the
// compiler may not contract a product and a sum, and the exponential is our own.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

#include "CKernelsPrefetch.h"

#define CK_REAL float
#define CK_TABLE ck_kernels_f32
#include "CKernelsTable.h"
#undef CK_REAL
#undef CK_TABLE
#define CK_REAL double
#define CK_TABLE ck_kernels_f64
#include "CKernelsTable.h"
#undef CK_REAL
#undef CK_TABLE

/// The kernels for this machine.
const struct ck_kernels_f32 *_Nonnull ck_kernels_float(void);
const struct ck_kernels_f64 *_Nonnull ck_kernels_double(void);

/// The variants this machine can run, the best first; `index` counts from 0. Null beyond the last.
const struct ck_kernels_f32 *_Nullable ck_variant_float(long index);
const struct ck_kernels_f64 *_Nullable ck_variant_double(long index);

/// Tells the processor that the thread is waiting in a loop.
static inline void ck_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
