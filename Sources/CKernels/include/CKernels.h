// Row and element-wise kernels, in single and double precision, and random draws.
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
#define CK_PRODUCT ck_product_f32
#define CK_ATTENTION ck_attention_f32
#include "CKernelsTable.h"
#undef CK_REAL
#undef CK_TABLE
#undef CK_PRODUCT
#undef CK_ATTENTION
#define CK_REAL double
#define CK_TABLE ck_kernels_f64
#define CK_PRODUCT ck_product_f64
#define CK_ATTENTION ck_attention_f64
#include "CKernelsTable.h"
#undef CK_REAL
#undef CK_TABLE
#undef CK_PRODUCT
#undef CK_ATTENTION

/// Products of float matrices whose factors are rounded to bfloat16 first; sums are float. See Templates/BFloat16.h for the
/// arithmetic, which is the same on every machine.
struct ck_kernels_bf16 {
    const char *_Nonnull variant;
    /// As `pack` for floats: (k + 1) / 2 * 32 words a panel.
    void (*_Nonnull pack)(uint32_t *_Nonnull panels, const float *_Nonnull b, long b_row, long b_column, long k, long n);
    void (*_Nonnull product)(const struct ck_product_f32 *_Nonnull product, const uint32_t *_Nullable panels);
    /// Attention whose products are rounded so; its softmax is not.
    void (*_Nonnull attention_forward)(const struct ck_attention_f32 *_Nonnull attention, float *_Nonnull out,
                                       long out_row);
    void (*_Nonnull attention_backward)(const struct ck_attention_f32 *_Nonnull attention, const float *_Nonnull dout,
                                        long out_row, float *_Nonnull dquery, float *_Nonnull dkey,
                                        float *_Nonnull dvalue, int adding);
    /// As those for floats. Keys take (width + 1) / 2 words for each head and position, positions in blocks of 16; values
    /// take d words for two positions, and 16 words beyond them may be read. Scores have `heads` rows of `length`,
    /// padded to 32; a head has at most 512 elements.
    void (*_Nonnull cache_append)(uint32_t *_Nonnull keys, uint32_t *_Nonnull values, const float *_Nonnull key,
                                  const float *_Nonnull value, long position, long key_heads, long width);
    void (*_Nonnull cache_attention)(float *_Nonnull out, const float *_Nonnull query, const uint32_t *_Nonnull keys,
                                     const uint32_t *_Nonnull values, float *_Nonnull scores, long heads,
                                     long key_heads, long width, long length, float scale);
};

/// Random draws. All variants give the same bits.
struct ck_random {
    const char *_Nonnull variant;
    /// Standard normal draws first ... first + n - 1 of the stream of a Philox key whose blocks are counted by the
    /// first word of the counter; c1, c2 and c3 are the others. See Templates/Normals.h for the arithmetic.
    void (*_Nonnull normals)(double *_Nonnull out, uint64_t first, uint64_t n, uint64_t key, uint32_t c1, uint32_t c2,
                             uint32_t c3);
    /// The bits of draws first ... first + n - 1 of that stream, two to a block, the lower half of a draw first.
    void (*_Nonnull words)(uint64_t *_Nonnull out, uint64_t first, uint64_t n, uint64_t key, uint32_t c1, uint32_t c2,
                           uint32_t c3);
};

/// The kernels for this machine.
const struct ck_kernels_f32 *_Nonnull ck_kernels_float(void);
const struct ck_kernels_f64 *_Nonnull ck_kernels_double(void);
const struct ck_kernels_bf16 *_Nonnull ck_kernels_bfloat16(void);
const struct ck_random *_Nonnull ck_random(void);

/// The variants this machine can run, the best first; `index` counts from 0. Null beyond the last.
const struct ck_kernels_f32 *_Nullable ck_variant_float(long index);
const struct ck_kernels_f64 *_Nullable ck_variant_double(long index);
const struct ck_kernels_bf16 *_Nullable ck_variant_bfloat16(long index);
const struct ck_random *_Nullable ck_variant_random(long index);

/// Lets the C library keep freed blocks of up to 32 MB for the next array instead of returning them to the system, where
/// it is glibc's.
void ck_keep_freed_memory(void);

/// Tells the processor that the thread is waiting in a loop.
static inline void ck_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
