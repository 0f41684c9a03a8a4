// One token at a time: attention over cached keys and values, and the draw of the next token.

static void NAME(cache_append)(REAL *keys, REAL *values, const REAL *key, const REAL *value, long position, long d) {
    REAL *column = keys + (position & ~15L) * d + (position & 15L);
    for (long j = 0; j < d; j++) column[16 * j] = key[j];
    __builtin_memcpy(values + position * d, value, (unsigned long)d * sizeof(REAL));
}

// Attention of one query over cached positions. Heads may share keys and values in groups (Ainslie et al. 2023). Sums
// have the order of those in Attention.h and Tile.h, and so the bits.

// Heads of a group, or blocks of positions of one head, whose scores are computed side by side.
#define SIDE_BY_SIDE 4

// Scores of one head at `count` blocks of sixteen positions; a block of keys has `block` elements.
INLINE void NAME(score_blocks)(REAL *scores, const REAL *query, const REAL *keys, long width, long block, REAL scale,
                               const int count) {
    V sum[SIDE_BY_SIDE] = {(V)0, (V)0, (V)0, (V)0};
    for (long j = 0; j < width; j++) {
        V q = (V)(query[j] * scale);
        UNROLL for (int i = 0; i < count; i++) sum[i] = FMA(q, LOAD(keys + i * block + 16 * j), sum[i]);
    }
    UNROLL for (int i = 0; i < count; i++) STORE(scores + 16 * i, sum[i]);
}

// Scores of heads with keys of their own at all positions, in the order in which the keys lie in memory; rows of
// scores lie `padded` apart.
static void NAME(score_heads)(REAL *scores, const REAL *query, const REAL *keys, long heads, long width, long padded,
                              REAL scale) {
    long block = 16 * heads * width;
    for (long t = 0; t < padded; t += 16 * SIDE_BY_SIDE, keys += SIDE_BY_SIDE * block)
        for (long h = 0; h < heads; h++) {
            REAL *s = scores + h * padded + t;
            const REAL *q = query + h * width, *k = keys + 16 * h * width;
            switch ((padded - t) / 16) {
            case 1: NAME(score_blocks)(s, q, k, width, block, scale, 1); break;
            case 2: NAME(score_blocks)(s, q, k, width, block, scale, 2); break;
            case 3: NAME(score_blocks)(s, q, k, width, block, scale, 3); break;
            default: NAME(score_blocks)(s, q, k, width, block, scale, SIDE_BY_SIDE);
            }
        }
}

// Scores of `heads` heads of a group at all positions; their rows lie `padded` apart.
static void NAME(score_group)(REAL *scores, const REAL *query, const REAL *keys, long heads, long width, long block,
                              long padded, REAL scale) {
    for (long t = 0; t < padded; t += 16, keys += block) {
        V sum[SIDE_BY_SIDE] = {(V)0, (V)0, (V)0, (V)0};
        for (long j = 0; j < width; j++) {
            V key = LOAD(keys + 16 * j);
            for (long h = 0; h < heads; h++) sum[h] = FMA(query[h * width + j] * scale, key, sum[h]);
        }
        for (long h = 0; h < heads; h++) STORE(scores + h * padded + t, sum[h]);
    }
}

// `count` vectors of the output, from element `from` on, where every head has values of its own: so many that no sum
// waits for the one before it.
INLINE void NAME(weigh_columns)(REAL *out, const REAL *scores, const REAL *values, long padded, long width, long d,
                                long length, long from, const int count) {
    V sum[12];
    const REAL *weight[12];
    UNROLL for (int c = 0; c < count; c++) {
        sum[c] = (V)0;
        weight[c] = scores + (from + 16 * c) / width * padded;
    }
    const REAL *row = values + from;
    for (long t = 0; t < length; t++, row += d)
        UNROLL for (int c = 0; c < count; c++) sum[c] = FMA(weight[c][t], LOAD(row + 16 * c), sum[c]);
    UNROLL for (int c = 0; c < count; c++) STORE(out + from + 16 * c, sum[c]);
}

// The output of `heads` heads of a group.
static void NAME(weigh_group)(REAL *out, const REAL *scores, const REAL *values, long heads, long width, long d,
                              long padded, long length) {
    long whole = width & ~15L;
    for (long j = 0; j < whole; j += 16) {
        V sum[SIDE_BY_SIDE] = {(V)0, (V)0, (V)0, (V)0};
        for (long t = 0; t < length; t++) {
            V value = LOAD(values + t * d + j);
            for (long h = 0; h < heads; h++) sum[h] = FMA(scores[h * padded + t], value, sum[h]);
        }
        for (long h = 0; h < heads; h++) STORE(out + h * width + j, sum[h]);
    }
    for (long j = whole; j < width; j++)
        for (long h = 0; h < heads; h++) {
            REAL sum = 0;
            for (long t = 0; t < length; t++)
                sum = __builtin_elementwise_fma(scores[h * padded + t], values[t * d + j], sum);
            out[h * width + j] = sum;
        }
}

static void NAME(cache_attention)(REAL *out, const REAL *query, const REAL *keys, const REAL *values, REAL *scores,
                                  long heads, long key_heads, long width, long length, REAL scale) {
    long group = heads / key_heads, d = key_heads * width, padded = (length + 15) & ~15L;
    if (group == 1) NAME(score_heads)(scores, query, keys, heads, width, padded, scale);
    for (long k = 0; group > 1 && k < key_heads; k++)
        for (long from = 0; from < group; from += SIDE_BY_SIDE) {
            long count = group - from < SIDE_BY_SIDE ? group - from : SIDE_BY_SIDE, h = k * group + from;
            NAME(score_group)(scores + h * padded, query + h * width, keys + 16 * k * width, count, width, 16 * d,
                              padded, scale);
        }
    for (long h = 0; h < heads; h++)
        NAME(causal_softmax_forward)(scores + h * padded, 1, length - 1, padded, padded);
    if (group == 1 && width % 16 == 0) {
        long from = 0;
        for (; from + 192 <= d; from += 192)
            NAME(weigh_columns)(out, scores, values, padded, width, d, length, from, 12);
        for (; from + 128 <= d; from += 128)
            NAME(weigh_columns)(out, scores, values, padded, width, d, length, from, 8);
        for (; from + 64 <= d; from += 64)
            NAME(weigh_columns)(out, scores, values, padded, width, d, length, from, 4);
        for (; from < d; from += 16) NAME(weigh_columns)(out, scores, values, padded, width, d, length, from, 1);
        return;
    }
    for (long k = 0; k < key_heads; k++)
        for (long from = 0; from < group; from += SIDE_BY_SIDE) {
            long count = group - from < SIDE_BY_SIDE ? group - from : SIDE_BY_SIDE, h = k * group + from;
            NAME(weigh_group)(out + h * width, scores + h * padded, values + k * width, count, width, d, padded,
                              length);
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
