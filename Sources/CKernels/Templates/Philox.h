// The generator Philox4x32-10 (Salmon et al. 2011), sixteen blocks at a time, a block to a lane.

typedef uint64_t JOIN(PW, random, LEVEL) __attribute__((ext_vector_type(16)));
typedef uint64_t JOIN(PU, random, LEVEL) __attribute__((ext_vector_type(16), aligned(8)));
#define RANDOM(x) JOIN(x, random, LEVEL)

// The four words of blocks block ... block + 15. A word lies in the low half of a lane; the high half holds anything.
INLINE void RANDOM(philox)(RANDOM(PW) *x, RANDOM(PW) *y, RANDOM(PW) *z, RANDOM(PW) *w, uint64_t key, uint64_t block,
                           uint64_t c1, uint64_t c2, uint64_t c3) {
    typedef RANDOM(PW) W;
    const W lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, word = (W)0xfffffffful;
    *x = (W)block + lane, *y = (W)c1, *z = (W)c2, *w = (W)c3;
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    UNROLL for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        W a = (*x & word) * (W)0xD2511F53ul, b = (*z & word) * (W)0xCD9E8D57ul;
        *x = (b >> 32) ^ *y ^ (W)(uint64_t)k0;
        *y = b;
        *z = (a >> 32) ^ *w ^ (W)(uint64_t)k1;
        *w = a;
    }
}

// Draws 2 * (block ... block + 15) and their neighbours.
INLINE void RANDOM(words_of_blocks)(uint64_t *out, uint64_t key, uint64_t block, uint64_t c1, uint64_t c2,
                                    uint64_t c3) {
    typedef RANDOM(PW) W;
    const W word = (W)0xfffffffful;
    W x, y, z, w;
    RANDOM(philox)(&x, &y, &z, &w, key, block, c1, c2, c3);
    W first = (x & word) | (y << 32), second = (z & word) | (w << 32);
    RANDOM(PU) *pairs = (RANDOM(PU) *)out;
    pairs[0] = __builtin_shufflevector(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    pairs[1] = __builtin_shufflevector(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

static void RANDOM(words)(uint64_t *out, uint64_t first, uint64_t n, uint64_t key, uint32_t c1, uint32_t c2,
                          uint32_t c3) {
    uint64_t part[32];
    uint64_t i = 0;
    if (first & 1 && n > 0) {
        RANDOM(words_of_blocks)(part, key, first / 2, c1, c2, c3);
        for (uint64_t j = 1; j < 32 && i < n; i++, j++) out[i] = part[j];
    }
    for (; i + 32 <= n; i += 32) RANDOM(words_of_blocks)(out + i, key, (first + i) / 2, c1, c2, c3);
    if (i < n) {
        RANDOM(words_of_blocks)(part, key, (first + i) / 2, c1, c2, c3);
        for (uint64_t j = 0; i < n; i++, j++) out[i] = part[j];
    }
}
