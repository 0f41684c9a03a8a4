// The kernels for x86-64 at level 3 of its psABI (AVX2).
#if defined(__x86_64__) && defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define LEVEL v3
#define LEVEL_NAME "x86-64-v3"
#define FLOAT_TILE_ROWS 6
#define FLOAT_TILE_VECTORS 1
#include "Templates/Level.h"
#pragma clang attribute pop
#else
typedef int this_file_is_for_x86_64;
#endif
