// The kernels for x86-64 at level 4 of its psABI with the bfloat16 extension (AVX512-BF16).
#if defined(__x86_64__) && defined(__clang__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16"), min_vector_width(512))),             \
                             apply_to = function)
#define LEVEL v4_bf16
#define LEVEL_NAME "x86-64-v4+bf16"
#define LEVEL_HAS_BFLOAT16
#define FLOAT_TILE_ROWS 12
#define FLOAT_TILE_VECTORS 2
#include "Templates/Level.h"
#pragma clang attribute pop
#else
typedef int this_file_is_for_x86_64;
#endif
