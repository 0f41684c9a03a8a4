// Which variant of the kernels this machine runs.
#include "CKernels.h"

extern const struct ck_kernels_f32 ck_table_f32_plain;
extern const struct ck_kernels_f64 ck_table_f64_plain;

#if defined(__x86_64__) && defined(__clang__)
extern const struct ck_kernels_f32 ck_table_f32_v3, ck_table_f32_v4;
extern const struct ck_kernels_f64 ck_table_f64_v3, ck_table_f64_v4;

/// The level of the x86-64 psABI: 4, 3, or 1 for what lies below.
static int level(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return 4;
    if (__builtin_cpu_supports("x86-64-v3")) return 3;
    return 1;
}

#define CHOOSE(type, index)                                                                                            \
    int best = level();                                                                                                \
    long skipped = best == 4 ? 0 : best == 3 ? 1 : 2;                                                                  \
    const struct ck_kernels_##type *all[3] = {&ck_table_##type##_v4, &ck_table_##type##_v3, &ck_table_##type##_plain}; \
    return index >= 0 && index + skipped < 3 ? all[index + skipped] : 0;
#else
#define CHOOSE(type, index) return index == 0 ? &ck_table_##type##_plain : 0;
#endif

const struct ck_kernels_f32 *ck_variant_float(long index) { CHOOSE(f32, index) }
const struct ck_kernels_f64 *ck_variant_double(long index) { CHOOSE(f64, index) }
const struct ck_kernels_f32 *ck_kernels_float(void) { return ck_variant_float(0); }
const struct ck_kernels_f64 *ck_kernels_double(void) { return ck_variant_double(0); }
