// What attention needs beside its products, whatever their factors are rounded to. T tokens, w elements of a head.

// Queries whose probabilities exist together in the backward pass; an even number, for factors in pairs.
#define QUERY_BLOCK 64

#define PADDED(n) (((n) + PANEL - 1) / PANEL * PANEL)

static long NAME(attention_scratch)(long length, long width, int backward) {
    long padded = PADDED(length), rows = backward ? QUERY_BLOCK : TILE_ROWS;
    long forward = length * width + padded * (width + 1) + (length + 1) * PADDED(width) + rows * padded;
    return backward ? forward + padded * (width + 1) + 2 * rows * (padded + PADDED(width)) : forward;
}

// Queries, multiplied with the scale, without gaps between rows.
static void NAME(scaled_queries)(REAL *out, const struct ATTENTION *p) {
    for (long r = 0; r < p->length; r++)
        for (long j = 0; j < p->width; j++) out[r * p->width + j] = p->query[r * p->query_row + j] * p->scale;
}

// Masks rows of probabilities, or of their gradient, from `row` on.
static void NAME(drop)(const struct ATTENTION *p, REAL *s, long ld, long row, long rows) {
    for (long r = 0; p->dropout_threshold > 0 && r < rows; r++)
        NAME(dropout)(s + r * ld, (row + r + 16) & ~15L, p->dropout_key, p->dropout_site + (uint64_t)(row + r),
                      p->dropout_threshold, p->dropout_scale);
}

// softmax of `rows` rows of scores from `row` on; zero beyond the diagonal up to `columns`.
static void NAME(masked_softmax)(const struct ATTENTION *p, REAL *s, long ld, long row, long rows, long columns) {
    for (long r = 0; p->first && r < rows; r++)
        for (long j = 0; j < p->first[row + r]; j++) s[r * ld + j] = -INFINITY;
    NAME(causal_softmax_forward)(s, rows, row, columns, ld);
}
