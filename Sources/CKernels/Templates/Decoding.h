// One token at a time: attention over cached keys and values, and the draw of the next token.

static void NAME(cache_append)(REAL *keys, REAL *values, const REAL *key, const REAL *value, long position, long d) {
    REAL *column = keys + (position & ~15L) * d + (position & 15L);
    for (long j = 0; j < d; j++) column[16 * j] = key[j];
    __builtin_memcpy(values + position * d, value, (unsigned long)d * sizeof(REAL));
}

// Eight vectors of the output at once, so that no sum waits for the one before it.
#define COLUMNS 8

static void NAME(weighted_values)(REAL *out, const REAL *scores, const REAL *values, long padded, long width, long d,
                                  long length) {
    for (long from = 0; from < d; from += 16 * COLUMNS) {
        long count = (d - from) / 16 < COLUMNS ? (d - from) / 16 : COLUMNS;
        V sum[COLUMNS];
        const REAL *weight[COLUMNS];
        for (long c = 0; c < COLUMNS; c++) {
            sum[c] = (V)0;
            weight[c] = scores + (from + 16 * (c < count ? c : 0)) / width * padded;
        }
        const REAL *row = values + from;
        if (count == COLUMNS)
            for (long t = 0; t < length; t++, row += d)
                for (long c = 0; c < COLUMNS; c++) sum[c] += (V)weight[c][t] * LOAD(row + 16 * c);
        else if (count == 4)
            for (long t = 0; t < length; t++, row += d)
                for (long c = 0; c < 4; c++) sum[c] += (V)weight[c][t] * LOAD(row + 16 * c);
        else
            for (long t = 0; t < length; t++, row += d)
                for (long c = 0; c < count; c++) sum[c] += (V)weight[c][t] * LOAD(row + 16 * c);
        for (long c = 0; c < count; c++) STORE(out + from + 16 * c, sum[c]);
    }
}

static void NAME(cache_attention)(REAL *out, const REAL *query, const REAL *keys, const REAL *values, REAL *scores,
                                  long heads, long d, long length, REAL scale) {
    long width = d / heads, padded = (length + 15) & ~15L;
    for (long t = 0; t < padded; t += 16) {
        const REAL *block = keys + t * d;
        for (long h = 0; h < heads; h++) {
            const REAL *q = query + h * width, *k = block + 16 * h * width;
            V sum[4] = {(V)0, (V)0, (V)0, (V)0};
            long j = 0;
            for (; j + 4 <= width; j += 4)
                for (long i = 0; i < 4; i++) sum[i] += (V)q[j + i] * LOAD(k + 16 * (j + i));
            for (; j < width; j++) sum[0] += (V)q[j] * LOAD(k + 16 * j);
            STORE(scores + h * padded + t, ((sum[0] + sum[1]) + (sum[2] + sum[3])) * (V)scale);
        }
    }
    for (long h = 0; h < heads; h++)
        NAME(causal_softmax_forward)(scores + h * padded, 1, length - 1, padded, padded);
    if (width % 16 == 0) {
        NAME(weighted_values)(out, scores, values, padded, width, d, length);
        return;
    }
    for (long j = 0; j < d; j++) {
        const REAL *p = scores + j / width * padded;
        REAL sum = 0;
        for (long t = 0; t < length; t++) sum += p[t] * values[t * d + j];
        out[j] = sum;
    }
}

// The weights of 64 elements from j on, in the order in which both passes of `draw` sum them.
INLINE double NAME(block_sum)(const REAL *x, long j, long end) {
    V sum = LOAD(x + j);
    for (long i = j + 16; i < j + 64 && i < end; i += 16) sum += LOAD(x + i);
    return (double)NAME(sum)(sum);
}

static long NAME(draw)(REAL *x, long n, REAL inverse_temperature, double uniform) {
    long whole = n & ~15L, rest = n & 15L, end = (n + 15) & ~15L;
    V top = (V)(REAL)-INFINITY;
    for (long j = 0; j < whole; j += 16) top = NAME(maximum)(top, LOAD(x + j));
    if (rest) top = NAME(maximum)(top, NAME(keep_first)(LOAD(x + whole), rest, -INFINITY));
    V largest = (V)NAME(largest)(top);
    for (long j = 0; j < whole; j += 16)
        STORE(x + j, NAME(exponential)((LOAD(x + j) - largest) * (V)inverse_temperature));
    if (rest) {
        V e = NAME(exponential)((LOAD(x + whole) - largest) * (V)inverse_temperature);
        STORE(x + whole, NAME(keep_first)(e, rest, 0));
    }
    double total = 0;
    for (long j = 0; j < end; j += 64) total += NAME(block_sum)(x, j, end);
    double level = uniform * total, below = 0;
    for (long j = 0; j < end; j += 64) {
        double block = NAME(block_sum)(x, j, end);
        if (below + block <= level) {
            below += block;
            continue;
        }
        for (long i = j; i < j + 64 && i < n; i++) {
            below += (double)x[i];
            if (below > level) return i;
        }
        // The last digits of the two sums differ: the last weight of the block takes it.
        for (long i = (j + 63 < n - 1 ? j + 63 : n - 1); i >= j; i--)
            if (x[i] > 0) return i;
    }
    for (long i = n - 1; i > 0; i--)
        if (x[i] > 0) return i;
    return 0;
}
