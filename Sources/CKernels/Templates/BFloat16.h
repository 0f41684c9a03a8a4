// Products of factors rounded to bfloat16, summed in float.
//
// The arithmetic is that of the VDPBF16PS instruction, on every machine: factors are rounded to the nearest, ties to
// even; they are taken in pairs along the inner dimension, zero where the last has no partner; and a pair adds
// sum = fma(a[l + 1], b[l + 1], sum), then sum = fma(a[l], b[l], sum), where numbers below the normal range count as
// zero and become zero. A word holds a pair, element l in its lower half.

typedef uint32_t NAME(W) __attribute__((ext_vector_type(16)));
typedef uint32_t NAME(WU) __attribute__((ext_vector_type(16), aligned(4)));
#define W NAME(W)

INLINE W NAME(load_words)(const uint32_t *p) { return *(const NAME(WU) *)p; }
INLINE void NAME(store_words)(uint32_t *p, W w) { *(NAME(WU) *)p = w; }

#ifdef LEVEL_HAS_BFLOAT16

// Word i is (even[i], odd[i]).
INLINE W NAME(pair_rows)(V even, V odd) {
    const W order = {0x100000, 0x110001, 0x120002, 0x130003, 0x140004, 0x150005, 0x160006, 0x170007,
                     0x180008, 0x190009, 0x1a000a, 0x1b000b, 0x1c000c, 0x1d000d, 0x1e000e, 0x1f000f};
    return (W)_mm512_permutexvar_epi16((__m512i)order, (__m512i)_mm512_cvtne2ps_pbh((__m512)odd, (__m512)even));
}

// The sixteen pairs of 32 neighbours.
INLINE W NAME(pair_neighbours)(V a, V b) { return (W)_mm512_cvtne2ps_pbh((__m512)b, (__m512)a); }

INLINE V NAME(add_pair_products)(W a, W b, V sum) {
    return (V)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

#else

INLINE W NAME(flushed)(W bits) { return (bits & 0x7f800000) == 0 ? bits & 0x80000000 : bits; }

// The bits of x rounded, in the upper half of each word.
INLINE W NAME(rounded)(V x) {
    W bits = NAME(flushed)((W)x), nearest = bits + 0x7fff + ((bits >> 16) & 1);
    return ((bits & 0x7fffffff) > 0x7f800000 ? bits | 0x00400000 : nearest) & 0xffff0000;
}

INLINE W NAME(pair_rows)(V even, V odd) { return NAME(rounded)(even) >> 16 | NAME(rounded)(odd); }

INLINE W NAME(pair_neighbours)(V a, V b) {
    V even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    V odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return NAME(pair_rows)(even, odd);
}

INLINE V NAME(add_pair_products)(W a, W b, V sum) {
    V start = (V)NAME(flushed)((W)sum);
    V odd = (V)NAME(flushed)((W)FMA((V)(a & 0xffff0000), (V)(b & 0xffff0000), start));
    return (V)NAME(flushed)((W)FMA((V)(a << 16), (V)(b << 16), odd));
}

#endif

#define FACTOR uint32_t
#define FACTORS W
#define LOAD_FACTORS NAME(load_words)
#define MULTIPLY_ADD NAME(add_pair_products)
#define TILE(x) NAME(paired_##x)
#include "Tile.h"

// As `pack_panel`: (k + 1) / 2 rows of PANEL words.
static void NAME(pack_paired_panel)(uint32_t *panel, const float *b, long b_row, long b_column, long k, long n) {
    long pairs = (k + 1) / 2, whole = 0, ready = 0;
    if (b_column == 1) {
        whole = k / 2, ready = n & ~15L;
        for (long l = 0; l < whole; l++)
            for (long j = 0; j < ready; j += 16) {
                const float *even = b + 2 * l * b_row + j;
                NAME(store_words)(panel + l * PANEL + j, NAME(pair_rows)(LOAD(even), LOAD(even + b_row)));
            }
    } else if (b_row == 1) {
        whole = k / 32 * 16, ready = n & ~15L;
        for (long j = 0; j < ready; j += 16)
            for (long l = 0; l < whole; l += 16) {
                V v[16];
                UNROLL for (long i = 0; i < 16; i++) {
                    const float *column = b + (j + i) * b_column + 2 * l;
                    v[i] = (V)NAME(pair_neighbours)(LOAD(column), LOAD(column + 16));
                }
                NAME(transpose)(v);
                UNROLL for (long i = 0; i < 16; i++) STORE((float *)panel + (l + i) * PANEL + j, v[i]);
            }
    }
    for (long l = 0; l < pairs; l++)
        for (long from = l < whole ? ready : 0; from < PANEL; from += 16) {
            V even = (V)0, odd = (V)0;
            for (long j = from; j < from + 16 && j < n; j++) {
                even[j - from] = b[2 * l * b_row + j * b_column];
                if (2 * l + 1 < k) odd[j - from] = b[(2 * l + 1) * b_row + j * b_column];
            }
            NAME(store_words)(panel + l * PANEL + from, NAME(pair_rows)(even, odd));
        }
}

static void NAME(pack_paired)(uint32_t *panels, const float *b, long b_row, long b_column, long k, long n) {
    for (long j = 0; j < n; j += PANEL, panels += (k + 1) / 2 * PANEL)
        NAME(pack_paired_panel)(panels, b + j * b_column, b_row, b_column, k, n - j < PANEL ? n - j : PANEL);
}

// Rows and inner elements of the left factor that are rounded at a time.
#define PAIRED_ROWS 256
#define PAIRED_DEPTH 512
// Words from one row of the rounded left factor to the next: not a power of two, which would crowd the cache's sets.
#define PAIRED_ROW (PAIRED_DEPTH / 2 + 16)

// Rounds `rows` rows of `depth` elements that adjoin in memory; row i begins at left[i * PAIRED_ROW].
static void NAME(pair_left)(uint32_t *left, const float *a, long a_row, long rows, long depth) {
    long whole = depth & ~31L;
    for (long i = 0; i < rows; i++, a += a_row, left += PAIRED_ROW) {
        for (long l = 0; l < whole; l += 32)
            NAME(store_words)(left + l / 2, NAME(pair_neighbours)(LOAD(a + l), LOAD(a + l + 16)));
        if (depth == whole) continue;
        float rest[32] = {0};
        for (long l = whole; l < depth; l++) rest[l - whole] = a[l];
        NAME(store_words)(left + whole / 2, NAME(pair_neighbours)(LOAD(rest), LOAD(rest + 16)));
    }
}

// The same where columns adjoin: the pair of columns l and l + 1 begins at left[l / 2 * stride].
static void NAME(pair_left_columns)(uint32_t *left, long stride, const float *a, long a_column, long rows,
                                    long depth) {
    long whole = rows & ~15L;
    for (long l = 0; l < depth; l += 2, a += 2 * a_column, left += stride) {
        long has_odd = l + 1 < depth;
        for (long i = 0; i < whole; i += 16)
            NAME(store_words)(left + i, NAME(pair_rows)(LOAD(a + i), has_odd ? LOAD(a + a_column + i) : (V)0));
        if (whole == rows) continue;
        V even = NAME(load_part)(a + whole, rows - whole, 0), odd = (V)0;
        if (has_odd) odd = NAME(load_part)(a + a_column + whole, rows - whole, 0);
        NAME(store_words)(left + whole, NAME(pair_rows)(even, odd));
    }
}

// A product whose right factor is the first (k + 1) / 2 rows of panels of `depth` rows, or cut into panels on the way.
static void NAME(paired_multiply)(const struct PRODUCT *p, const uint32_t *panels, long depth) {
    uint32_t left[PAIRED_ROWS * PAIRED_ROW] __attribute__((aligned(64)));
    uint32_t packed[PAIRED_DEPTH / 2 * PANEL] __attribute__((aligned(64)));
    // Where columns adjoin, a block has as many rows as there is space for.
    const long by_row = p->a_column == 1, deepest = p->k < PAIRED_DEPTH ? p->k : PAIRED_DEPTH;
    const long height = by_row ? PAIRED_ROWS : PAIRED_ROWS * PAIRED_ROW / (deepest / 2 + 1) & ~15L;
    const long left_row = by_row ? PAIRED_ROW : 1, left_column = by_row ? 1 : height;
    for (long i = 0; i < p->m; i += height) {
        long rows = p->m - i < height ? p->m - i : height;
        REAL *c = p->c + i * p->c_row;
        for (long l = 0; l == 0 || l < p->k; l += PAIRED_DEPTH) {
            long part = p->k - l < PAIRED_DEPTH ? p->k - l : PAIRED_DEPTH, pairs = (part + 1) / 2;
            const REAL *a = p->a + i * p->a_row + l * p->a_column, *base = p->base ? p->base + i * p->base_row : 0;
            if (by_row)
                NAME(pair_left)(left, a, p->a_row, rows, part);
            else
                NAME(pair_left_columns)(left, height, a, p->a_column, rows, part);
            for (long j = 0; j < p->n; j += PANEL) {
                long columns = p->n - j < PANEL ? p->n - j : PANEL;
                const uint32_t *panel = packed, *next = packed;
                if (panels) {
                    panel = panels + j * depth + l / 2 * PANEL;
                    next = j + PANEL < p->n ? panel + depth * PANEL : panel;
                } else {
                    NAME(pack_paired_panel)(packed, p->b + l * p->b_row + j * p->b_column, p->b_row, p->b_column,
                                            part, columns);
                }
                if (l > 0)
                    NAME(paired_multiply_panel)(c + j, p->c_row, left, left_row, left_column, panel, next, rows,
                                                columns, pairs, c + j, p->c_row, 0);
                else
                    NAME(paired_multiply_panel)(c + j, p->c_row, left, left_row, left_column, panel, next, rows,
                                                columns, pairs, base ? base + j : 0, p->base_row,
                                                p->bias ? p->bias + j : 0);
            }
        }
    }
}

static void NAME(paired_product)(const struct PRODUCT *p, const uint32_t *panels) {
    NAME(paired_multiply)(p, panels, (p->k + 1) / 2);
}

// Attention whose products are rounded; its softmax is not.
#define FACTOR uint32_t
#define PACK NAME(pack_paired)
#define MULTIPLY NAME(paired_multiply)
#define DEPTH(k) (((k) + 1) / 2)
#define HEAD(x) NAME(paired_##x)
#include "Attention.h"

#include "PairedDecoding.h"

const struct PAIRED_TABLE JOIN(ck_table, bf16, LEVEL) = {
    .variant = LEVEL_NAME,
    .pack = NAME(pack_paired),
    .product = NAME(paired_product),
    .attention_forward = NAME(paired_attention_forward),
    .attention_backward = NAME(paired_attention_backward),
    .cache_append = NAME(paired_cache_append),
    .cache_attention = NAME(paired_cache_attention),
};

#undef W
