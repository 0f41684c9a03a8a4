// The kernels for any machine.
#define LEVEL plain
#define LEVEL_NAME "plain"
#include "Templates/Level.h"
