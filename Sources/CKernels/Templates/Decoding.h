// One token at a time: attention over cached keys and values, and the draw of the next token.

static void NAME(cache_append)(REAL *keys, REAL *values, const REAL *key, const REAL *value, long position, long d) {
    REAL *column = keys + (position & ~15L) * d + (position & 15L);
    for (long j = 0; j < d; j++) column[16 * j] = key[j];
    __builtin_memcpy(values + position * d, value, (unsigned long)d * sizeof(REAL));
}

// Scores of `blocks` <= 4 blocks of sixteen positions, one chain of products for each position.
INLINE void NAME(score_blocks)(REAL *scores, const REAL *query, const REAL *keys, long width, long d, REAL scale,
                               const int blocks) {
    V sum[4] = {(V)0, (V)0, (V)0, (V)0};
    for (long j = 0; j < width; j++) {
        V q = (V)(query[j] * scale);
        UNROLL for (int i = 0; i < blocks; i++) sum[i] = FMA(q, LOAD(keys + 16 * (i * d + j)), sum[i]);
    }
    UNROLL for (int i = 0; i < blocks; i++) STORE(scores + 16 * i, sum[i]);
}

// Vectors of the output that are summed at once, so that no sum waits for the one before it.
#define COLUMNS 8

INLINE void NAME(weigh_values)(REAL *out, const REAL *scores, const REAL *values, long padded, long width, long d,
                               long length, long from, const int count) {
    V sum[COLUMNS];
    const REAL *weight[COLUMNS];
    UNROLL for (int c = 0; c < count; c++) {
        sum[c] = (V)0;
        weight[c] = scores + (from + 16 * c) / width * padded;
    }
    const REAL *row = values + from;
    for (long t = 0; t < length; t++, row += d)
        UNROLL for (int c = 0; c < count; c++) sum[c] = FMA(weight[c][t], LOAD(row + 16 * c), sum[c]);
    UNROLL for (int c = 0; c < count; c++) STORE(out + from + 16 * c, sum[c]);
}

// The sums have the order of those in Attention.h and Tile.h, and so the bits.
static void NAME(cache_attention)(REAL *out, const REAL *query, const REAL *keys, const REAL *values, REAL *scores,
                                  long heads, long d, long length, REAL scale) {
    long width = d / heads, padded = (length + 15) & ~15L;
    for (long t = 0; t < padded; t += 64)
        for (long h = 0; h < heads; h++) {
            const REAL *q = query + h * width, *k = keys + t * d + 16 * h * width;
            REAL *s = scores + h * padded + t;
            switch ((padded - t) / 16) {
            case 1: NAME(score_blocks)(s, q, k, width, d, scale, 1); break;
            case 2: NAME(score_blocks)(s, q, k, width, d, scale, 2); break;
            case 3: NAME(score_blocks)(s, q, k, width, d, scale, 3); break;
            default: NAME(score_blocks)(s, q, k, width, d, scale, 4);
            }
        }
    for (long h = 0; h < heads; h++)
        NAME(causal_softmax_forward)(scores + h * padded, 1, length - 1, padded, padded);
    if (width % 16 == 0) {
        long from = 0;
        for (; from + 128 <= d; from += 128)
            NAME(weigh_values)(out, scores, values, padded, width, d, length, from, 8);
        for (; from + 64 <= d; from += 64)
            NAME(weigh_values)(out, scores, values, padded, width, d, length, from, 4);
        for (; from < d; from += 16) NAME(weigh_values)(out, scores, values, padded, width, d, length, from, 1);
        return;
    }
    for (long j = 0; j < d; j++) {
        const REAL *p = scores + j / width * padded;
        REAL sum = 0;
        for (long t = 0; t < length; t++) sum = __builtin_elementwise_fma(p[t], values[t * d + j], sum);
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
