// What the house calls of OpenBLAS: the C interface, and the functions that name the build and its kernels.
#include <cblas.h>
