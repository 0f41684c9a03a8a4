// Rows of the embedding matrices in, and their gradients out.

static void NAME(embedding_gather)(REAL *out, const REAL *tokens, const REAL *positions, const int32_t *token,
                                   const int32_t *position, long rows, long d) {
    long whole = d & ~15L;
    for (long r = 0; r < rows; r++, out += d) {
        const REAL *a = tokens + token[r] * d, *b = positions + position[r] * d;
        for (long j = 0; j < whole; j += 16) STORE(out + j, LOAD(a + j) + LOAD(b + j));
        for (long j = whole; j < d; j++) out[j] = a[j] + b[j];
    }
}

static void NAME(embedding_scatter)(REAL *dtokens, REAL *dpositions, const REAL *dx, const int32_t *token,
                                    const int32_t *position, long rows, long d) {
    for (long r = 0; r < rows; r++, dx += d) {
        NAME(add)(dtokens + token[r] * d, dx, d);
        NAME(add)(dpositions + position[r] * d, dx, d);
    }
}
