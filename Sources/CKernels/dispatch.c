// Which variant of the kernels this machine runs.
#include "CKernels.h"

#define VARIANT(level)                                                                                                 \
    extern const struct ck_kernels_f32 ck_table_f32_##level;                                                           \
    extern const struct ck_kernels_f64 ck_table_f64_##level;                                                           \
    extern const struct ck_kernels_bf16 ck_table_bf16_##level;                                                         \
    extern const struct ck_random ck_table_random_##level;

VARIANT(plain)

#if defined(__x86_64__) && defined(__clang__)
VARIANT(v4_bf16)
VARIANT(v4)
VARIANT(v3)

/// How many of the variants this machine lacks, of those listed below.
static long skipped(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return __builtin_cpu_supports("avx512bf16") ? 0 : 1;
    return __builtin_cpu_supports("x86-64-v3") ? 2 : 3;
}

#define CHOOSE(type, index)                                                                                            \
    const __typeof__(ck_table_##type##_plain) *all[4] = {&ck_table_##type##_v4_bf16, &ck_table_##type##_v4,            \
                                                         &ck_table_##type##_v3, &ck_table_##type##_plain};             \
    return index >= 0 && index + skipped() < 4 ? all[index + skipped()] : 0;
#else
#define CHOOSE(type, index) return index == 0 ? &ck_table_##type##_plain : 0;
#endif

const struct ck_kernels_f32 *ck_variant_float(long index) { CHOOSE(f32, index) }
const struct ck_kernels_f64 *ck_variant_double(long index) { CHOOSE(f64, index) }
const struct ck_kernels_bf16 *ck_variant_bfloat16(long index) { CHOOSE(bf16, index) }
const struct ck_random *ck_variant_random(long index) { CHOOSE(random, index) }
const struct ck_kernels_f32 *ck_kernels_float(void) { return ck_variant_float(0); }
const struct ck_kernels_f64 *ck_kernels_double(void) { return ck_variant_double(0); }
const struct ck_kernels_bf16 *ck_kernels_bfloat16(void) { return ck_variant_bfloat16(0); }
const struct ck_random *ck_random(void) { return ck_variant_random(0); }
