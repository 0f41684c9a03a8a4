// Rows of one table in, and their gradients out; and what a row of attention scores may not see.

static void NAME(gather_rows)(REAL *out, const REAL *table, const int32_t *index, long rows, long d) {
    for (long r = 0; r < rows; r++)
        __builtin_memcpy(out + r * d, table + index[r] * d, (unsigned long)d * sizeof(REAL));
}

static void NAME(scatter_rows)(REAL *dtable, const REAL *dx, const int32_t *index, long rows, long d) {
    for (long r = 0; r < rows; r++) NAME(add)(dtable + index[r] * d, dx + r * d, d);
}

static void NAME(mask_before)(REAL *s, const int32_t *first, long rows, long ld) {
    for (long r = 0; r < rows; r++)
        for (long j = 0; j < first[r]; j++) s[r * ld + j] = -INFINITY;
}
