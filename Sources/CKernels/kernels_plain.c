// The kernels for any machine.
#define LEVEL plain
#define LEVEL_NAME "plain"
#define FLOAT_TILE_ROWS 6
#define FLOAT_TILE_VECTORS 1
#include "Templates/Level.h"
