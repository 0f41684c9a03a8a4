// Attention over cached keys and values that groups of query heads share (Ainslie et al. 2023).

// Query heads of a group that are computed side by side.
#define QUERIES 4

static void NAME(group_scores)(REAL *scores, const REAL *query, const REAL *keys, long count, long width, long d,
                               long padded, REAL scale) {
    for (long t = 0; t < padded; t += 16, keys += 16 * d) {
        V sum[QUERIES] = {(V)0, (V)0, (V)0, (V)0};
        for (long j = 0; j < width; j++) {
            V key = LOAD(keys + 16 * j);
            for (long h = 0; h < count; h++) sum[h] += (V)query[h * width + j] * key;
        }
        for (long h = 0; h < count; h++) STORE(scores + h * padded + t, sum[h] * (V)scale);
    }
}

static void NAME(group_values)(REAL *out, const REAL *scores, const REAL *values, long count, long width, long d,
                               long padded, long length) {
    long whole = width & ~15L;
    for (long j = 0; j < whole; j += 16) {
        V sum[QUERIES] = {(V)0, (V)0, (V)0, (V)0};
        for (long t = 0; t < length; t++) {
            V value = LOAD(values + t * d + j);
            for (long h = 0; h < count; h++) sum[h] += (V)scores[h * padded + t] * value;
        }
        for (long h = 0; h < count; h++) STORE(out + h * width + j, sum[h]);
    }
    for (long j = whole; j < width; j++)
        for (long h = 0; h < count; h++) {
            REAL sum = 0;
            for (long t = 0; t < length; t++) sum += scores[h * padded + t] * values[t * d + j];
            out[h * width + j] = sum;
        }
}

static void NAME(grouped_cache_attention)(REAL *out, const REAL *query, const REAL *keys, const REAL *values,
                                          REAL *scores, long heads, long key_heads, long width, long length,
                                          REAL scale) {
    long group = heads / key_heads, d = key_heads * width, padded = (length + 15) & ~15L;
    for (long k = 0; k < key_heads; k++)
        for (long from = 0; from < group; from += QUERIES) {
            long count = group - from < QUERIES ? group - from : QUERIES, h = k * group + from;
            NAME(group_scores)(scores, query + h * width, keys + 16 * k * width, count, width, d, padded, scale);
            for (long i = 0; i < count; i++)
                NAME(causal_softmax_forward)(scores + i * padded, 1, length - 1, padded, padded);
            NAME(group_values)(out + h * width, scores, values + k * width, count, width, d, padded, length);
        }
}
