// The kernels for x86-64 at level 4 of its psABI (AVX-512).
#if defined(__x86_64__) && defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), apply_to = function)
#define LEVEL v4
#define LEVEL_NAME "x86-64-v4"
#define FLOAT_TILE_ROWS 12
#define FLOAT_TILE_VECTORS 2
#include "Templates/Level.h"
#pragma clang attribute pop
#else
typedef int this_file_is_for_x86_64;
#endif
