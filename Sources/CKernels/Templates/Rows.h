// Rows of one table in, and their gradients out.

static void NAME(gather_rows)(REAL *out, const REAL *table, const int32_t *index, long rows, long d) {
    for (long r = 0; r < rows; r++)
        __builtin_memcpy(out + r * d, table + index[r] * d, (unsigned long)d * sizeof(REAL));
}

static void NAME(scatter_rows)(REAL *dtable, const REAL *dx, const int32_t *index, long rows, long d) {
    for (long r = 0; r < rows; r++) NAME(add)(dtable + index[r] * d, dx + r * d, d);
}
