// The cache of Decoding.h in bfloat16: half the memory to read for every token. Keys are in pairs along a head, values
// along positions, so that the products have the order and the bits of `paired_attention_forward`.

#define HEAD_PAIRS(width) (((width) + 1) / 2)

static void NAME(paired_cache_append)(uint32_t *keys, uint32_t *values, const float *key, const float *value,
                                      long position, long key_heads, long width) {
    long d = key_heads * width, pairs = HEAD_PAIRS(width);
    uint32_t *column = keys + (position & ~15L) * key_heads * pairs + (position & 15L);
    for (long h = 0; h < key_heads; h++, key += width, column += 16 * pairs)
        for (long j = 0; j < width; j += 32) {
            float part[32] = {0};
            __builtin_memcpy(part, key + j, (unsigned long)(width - j < 32 ? width - j : 32) * sizeof(float));
            W words = NAME(pair_neighbours)(LOAD(part), LOAD(part + 16));
            for (long i = 0; i < 16 && j + 2 * i < width; i++) column[16 * (j / 2 + i)] = words[i];
        }
    uint32_t *row = values + position / 2 * d;
    for (long j = 0; j < d; j += 16) {
        long count = d - j < 16 ? d - j : 16;
        V v = NAME(load_part)(value + j, count, 0);
        // The partner of an even position is zero until it comes.
        W words = position % 2 == 0 ? NAME(pair_rows)(v, (V)0) : NAME(pair_rows)((V)0, v);
        for (long i = 0; i < count; i++) row[j + i] = words[i] | (position % 2 == 0 ? 0 : row[j + i] & 0xffff);
    }
}

// Scores of one head at `count` blocks of sixteen positions; a block of keys has `block` words.
INLINE void NAME(paired_score_blocks)(float *scores, const uint32_t *query, const uint32_t *keys, long pairs,
                                      long block, const int count) {
    V sum[SIDE_BY_SIDE] = {(V)0, (V)0, (V)0, (V)0};
    for (long j = 0; j < pairs; j++) {
        W q = (W)query[j];
        UNROLL for (int i = 0; i < count; i++)
            sum[i] = NAME(add_pair_products)(q, NAME(load_words)(keys + i * block + 16 * j), sum[i]);
    }
    UNROLL for (int i = 0; i < count; i++) STORE(scores + 16 * i, sum[i]);
}

// `count` vectors of the output from `values` on, each with its own weights.
INLINE void NAME(paired_weigh)(float *out, const uint32_t *const *weight, const uint32_t *values, long d, long pairs,
                               long last, const int count) {
    V sum[8];
    UNROLL for (int c = 0; c < count; c++) sum[c] = (V)0;
    for (long t = 0; t < pairs; t++, values += d)
        UNROLL for (int c = 0; c < count; c++)
            sum[c] = NAME(add_pair_products)((W)weight[c][t], NAME(load_words)(values + 16 * c), sum[c]);
    UNROLL for (int c = 0; c < count - 1; c++) STORE(out + 16 * c, sum[c]);
    if (last == 16)
        STORE(out + 16 * (count - 1), sum[count - 1]);
    else
        NAME(store_part)(out + 16 * (count - 1), last, sum[count - 1]);
}

static void NAME(paired_cache_attention)(float *out, const float *query, const uint32_t *keys, const uint32_t *values,
                                         float *scores, long heads, long key_heads, long width, long length,
                                         float scale) {
    long group = heads / key_heads, d = key_heads * width, pairs = HEAD_PAIRS(width), padded = PADDED(length);
    long block = 16 * key_heads * pairs;
    for (long h = 0; h < heads; h++) {
        float *s = scores + h * padded;
        uint32_t q[PAIRED_DEPTH / 2];
        for (long from = 0; from < pairs; from += 16) {
            float part[32] = {0};
            for (long j = 2 * from; j < width && j < 2 * from + 32; j++)
                part[j - 2 * from] = query[h * width + j] * scale;
            NAME(store_words)(q + from, NAME(pair_neighbours)(LOAD(part), LOAD(part + 16)));
        }
        const uint32_t *k = keys + 16 * (h / group) * pairs;
        long t = 0;
        for (; t + 64 <= length + 15; t += 64, k += 4 * block) NAME(paired_score_blocks)(s + t, q, k, pairs, block, 4);
        for (; t < length; t += 16, k += block) NAME(paired_score_blocks)(s + t, q, k, pairs, block, 1);
        NAME(causal_softmax_forward)(s, 1, length - 1, padded, padded);
        // The probabilities become pairs where they lie.
        for (long i = 0; i < padded; i += 32)
            NAME(store_words)((uint32_t *)s + i / 2, NAME(pair_neighbours)(LOAD(s + i), LOAD(s + i + 16)));
    }
    const uint32_t *weights = (const uint32_t *)scores;
    long positions = (length + 1) / 2;
    if (group == 1 && width % 16 == 0) {
        for (long j = 0; j < d;) {
            long count = d - j >= 128 ? 8 : d - j >= 64 ? 4 : 1;
            const uint32_t *weight[8];
            for (long c = 0; c < count; c++) weight[c] = weights + (j + 16 * c) / width * padded;
            if (count == 8)
                NAME(paired_weigh)(out + j, weight, values + j, d, positions, 16, 8);
            else if (count == 4)
                NAME(paired_weigh)(out + j, weight, values + j, d, positions, 16, 4);
            else
                NAME(paired_weigh)(out + j, weight, values + j, d, positions, 16, 1);
            j += 16 * count;
        }
        return;
    }
    for (long h = 0; h < heads; h++) {
        const uint32_t *row = values + h / group * width, *w = weights + h * padded, *weight[4] = {w, w, w, w};
        long j = 0;
        for (; j + 64 <= width; j += 64)
            NAME(paired_weigh)(out + h * width + j, weight, row + j, d, positions, 16, 4);
        for (; j < width; j += 16)
            NAME(paired_weigh)(out + h * width + j, weight, row + j, d, positions, width - j < 16 ? width - j : 16, 1);
    }
}
