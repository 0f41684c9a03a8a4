// Both types at one level: expects LEVEL (part of the names), LEVEL_NAME, FLOAT_TILE_ROWS and FLOAT_TILE_VECTORS, and
// LEVEL_HAS_BFLOAT16 where there are instructions for it.

#include "CKernels.h"

#pragma clang fp contract(off)
// Vectors are only handed to functions that are inlined, so their calling convention does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define INFINITY __builtin_inff()
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
// Columns of a panel of a product's right factor.
#define PANEL 32
#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN_(a, b, c)

// log(x) for x > 0: x = 2^k m with m in [sqrt(1/2), sqrt 2), then the series of 2 artanh((m - 1) / (m + 1)).
static double logarithm(double x) {
    union {
        double value;
        int64_t bits;
    } u = {x};
    if (!(x > 0) || u.bits >= 0x7ff0000000000000) return x == 0 ? -__builtin_inf() : x;
    double k = (double)((u.bits >> 52) - 1023);
    u.bits = (u.bits & 0x000fffffffffffff) | 0x3ff0000000000000;
    double m = u.value;
    if (m > 1.4142135623730951) m *= 0.5, k += 1;
    double f = m - 1, s = f / (2 + f), z = s * s, tail = 2.0 / 25;
    for (int j = 23; j >= 3; j -= 2) tail = tail * z + 2.0 / j;
    return k * 0.69314718055994530942 + (2 * s + s * z * tail);
}

#define REAL float
#define INTEGER int32_t
#define TABLE ck_kernels_f32
#define PRODUCT ck_product_f32
#define ATTENTION ck_attention_f32
#define PAIRED_TABLE ck_kernels_bf16
#define TILE_ROWS FLOAT_TILE_ROWS
#define TILE_VECTORS FLOAT_TILE_VECTORS
#define NAME(x) JOIN(x, f32, LEVEL)
#define SQUARE_ROOT __builtin_elementwise_sqrt
#define EXP_LOW (-87.336544f)
#define EXP_HIGH 88.0f
#define EXP_MAGIC 12582912.0f
#define EXP_SHIFT 23
#define LN2_HIGH 0.693359375f
#define LN2_LOW (-2.12194440054690e-4f)
#define EXP_POLYNOMIAL                                                                                                 \
    {1.3926213466332444e-3f, 8.363202971575855e-3f, 4.166655443768594e-2f, 1.6666576845993977e-1f, 0.5f}
#include "Variant.h"
#undef REAL
#undef INTEGER
#undef TABLE
#undef PRODUCT
#undef ATTENTION
#undef PAIRED_TABLE
#undef TILE_ROWS
#undef TILE_VECTORS
#undef NAME
#undef SQUARE_ROOT
#undef EXP_LOW
#undef EXP_HIGH
#undef EXP_MAGIC
#undef EXP_SHIFT
#undef LN2_HIGH
#undef LN2_LOW
#undef EXP_POLYNOMIAL

#define REAL double
#define INTEGER int64_t
#define TABLE ck_kernels_f64
#define PRODUCT ck_product_f64
#define ATTENTION ck_attention_f64
#define TILE_ROWS 6
#define TILE_VECTORS 1
#define NAME(x) JOIN(x, f64, LEVEL)
#define SQUARE_ROOT __builtin_elementwise_sqrt
#define EXP_LOW (-708.0)
#define EXP_HIGH 709.0
#define EXP_MAGIC 6755399441055744.0
#define EXP_SHIFT 52
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define EXP_POLYNOMIAL                                                                                                 \
    {2.5100424157005067e-08, 2.7620138719733994e-07, 2.7557268378684192e-06, 2.480152119021773e-05,                    \
     1.9841269863105968e-04, 1.3888888917281794e-03, 8.333333333330051e-03, 4.166666666662399e-02,                     \
     1.6666666666666669e-01, 0.5}
#include "Variant.h"

#include "Philox.h"
#include "Normals.h"

const struct ck_random RANDOM(ck_table) = {
    .variant = LEVEL_NAME,
    .normals = JOIN(normals, f64, LEVEL),
    .words = RANDOM(words),
};
