// Causal attention of one head over one sequence, forward and backward.
//
// T tokens, w elements of a head. Probabilities exist for some queries at a time, and what lies above the diagonal is
// computed only as far as a tile reaches over it.
//
// Included once for each kind of factor: expects FACTOR, PACK, MULTIPLY, DEPTH(k), the rows of a panel for k elements, and
// HEAD(name).

// c = base + a b, with m rows, n columns and the first k elements of panels of `depth` rows.
static void HEAD(multiply_part)(REAL *c, long c_row, const REAL *a, long a_row, long a_column, const FACTOR *panels,
                                long depth, long m, long n, long k, const REAL *base) {
    struct PRODUCT product = {c, c_row, a, a_row, a_column, 0, 0, 0, m, n, k, base, c_row, 0};
    MULTIPLY(&product, panels, depth);
}

static void HEAD(attention_forward)(const struct ATTENTION *p, REAL *out, long out_row) {
    long T = p->length, w = p->width, ld = PADDED(T);
    REAL *queries = p->scratch, *s = queries + T * w;
    FACTOR *keys = (FACTOR *)(s + TILE_ROWS * ld), *values = keys + ld * DEPTH(w);
    NAME(scaled_queries)(queries, p);
    PACK(keys, p->key, 1, p->key_row, w, T);
    PACK(values, p->value, p->key_row, 1, T, w);
    for (long i = 0; i < T; i += TILE_ROWS) {
        long rows = T - i < TILE_ROWS ? T - i : TILE_ROWS, seen = i + rows;
        HEAD(multiply_part)(s, ld, queries + i * w, w, 1, keys, DEPTH(w), rows, PADDED(seen), w, 0);
        NAME(masked_softmax)(p, s, ld, i, rows, seen);
        NAME(drop)(p, s, ld, i, rows);
        HEAD(multiply_part)(out + i * out_row, out_row, s, ld, 1, values, DEPTH(T), rows, w, seen, 0);
    }
}

// out += s^T b, for the gradients of keys and values: s has a row for each of `count` queries from `start` on, and b,
// in panels, too. Keys that no earlier query has seen begin at zero unless `adding`.
static void HEAD(add_seen)(REAL *out, long out_row, const REAL *s, long ld, const FACTOR *b, long start, long count,
                           long w, int adding) {
    HEAD(multiply_part)(out, out_row, s, 1, ld, b, DEPTH(count), start, w, count, out);
    for (long i = 0; i < count; i += TILE_ROWS) {
        REAL *c = out + (start + i) * out_row;
        HEAD(multiply_part)(c, out_row, s + i * ld + start + i, 1, ld, b + DEPTH(i) * PANEL, DEPTH(count),
                            count - i < TILE_ROWS ? count - i : TILE_ROWS, w, count - i, adding ? c : 0);
    }
}

static void HEAD(attention_backward)(const struct ATTENTION *p, const REAL *dout, long out_row, REAL *dquery,
                                     REAL *dkey, REAL *dvalue, int adding) {
    long T = p->length, w = p->width, ld = PADDED(T), block = QUERY_BLOCK * ld;
    REAL *queries = p->scratch, *s = queries + T * w, *ds = s + block, *dropped = ds + block;
    FACTOR *keys_t = (FACTOR *)(dropped + block), *values_t = keys_t + ld * DEPTH(w), *keys = values_t + ld * DEPTH(w);
    FACTOR *query_panels = keys + DEPTH(T) * PADDED(w), *dout_panels = query_panels + QUERY_BLOCK * PADDED(w);
    NAME(scaled_queries)(queries, p);
    PACK(keys_t, p->key, 1, p->key_row, w, T);
    PACK(values_t, p->value, 1, p->key_row, w, T);
    PACK(keys, p->key, p->key_row, 1, T, w);
    for (long start = 0; start < T; start += QUERY_BLOCK) {
        long count = T - start < QUERY_BLOCK ? T - start : QUERY_BLOCK;
        REAL *weights = p->dropout_threshold > 0 ? dropped : s;
        for (long i = 0; i < count; i += TILE_ROWS) {
            long rows = count - i < TILE_ROWS ? count - i : TILE_ROWS, row = start + i, seen = row + rows;
            REAL *ps = s + i * ld, *pds = ds + i * ld, *dq = dquery + row * p->query_row;
            HEAD(multiply_part)(ps, ld, queries + row * w, w, 1, keys_t, DEPTH(w), rows, PADDED(seen), w, 0);
            NAME(masked_softmax)(p, ps, ld, row, rows, start + count);
            if (weights == dropped) __builtin_memcpy(weights + i * ld, ps, (unsigned long)(rows * ld) * sizeof(REAL));
            NAME(drop)(p, weights + i * ld, ld, row, rows);
            HEAD(multiply_part)(pds, ld, dout + row * out_row, out_row, 1, values_t, DEPTH(w), rows, PADDED(seen), w,
                                0);
            NAME(drop)(p, pds, ld, row, rows);
            NAME(causal_softmax_backward)(pds, ps, rows, row, start + count, ld);
            HEAD(multiply_part)(dq, p->query_row, pds, ld, 1, keys, DEPTH(T), rows, w, seen, 0);
            for (long r = 0; r < rows; r++)
                for (long j = 0; j < w; j++) dq[r * p->query_row + j] *= p->scale;
        }
        PACK(query_panels, queries + start * w, w, 1, count, w);
        PACK(dout_panels, dout + start * out_row, out_row, 1, count, w);
        HEAD(add_seen)(dvalue, p->key_row, weights, ld, dout_panels, start, count, w, adding);
        HEAD(add_seen)(dkey, p->key_row, ds, ld, query_panels, start, count, w, adding);
    }
}

#undef FACTOR
#undef PACK
#undef MULTIPLY
#undef DEPTH
#undef HEAD
