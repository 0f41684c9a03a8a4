// The heart of all products: sums of a few rows and columns that stay in registers.
//
// Every element is one chain sum = a[i][l] * b[l][j] + sum for l = 0, 1, 2 ..., from where the sum starts. So its bits
// depend neither on the tile's size nor on how a product is cut into tiles, rows or depths.
//
// Included once for each kind of factor: expects FACTOR, its vector FACTORS, LOAD_FACTORS, MULTIPLY_ADD(a, b, sum) and
// TILE(name), and TILE_ROWS and TILE_VECTORS, as many sums as there are registers.

// c[i][j] = base[i][j] + bias[j] + sum over l of a[i * a_row + l * a_column] * b[l * PANEL + j]; base and bias may be
// null. Asks for memory from `ahead` on, a vector for each l.
INLINE void TILE(tile)(REAL *c, long c_row, const FACTOR *a, long a_row, long a_column, const FACTOR *b, long k,
                       const REAL *base, long base_row, const REAL *bias, const FACTOR *ahead, const int rows) {
    V sum[TILE_ROWS][TILE_VECTORS];
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < TILE_VECTORS; v++) {
        V start = base ? LOAD(base + i * base_row + 16 * v) : (V)0;
        sum[i][v] = bias ? start + LOAD(bias + 16 * v) : start;
    }
    for (long l = 0; l < k; l++, a += a_column, b += PANEL) {
        __builtin_prefetch(ahead + 16 * l, 0, 2);
        FACTORS column[TILE_VECTORS];
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) column[v] = LOAD_FACTORS(b + 16 * v);
        UNROLL for (int i = 0; i < rows; i++) {
            FACTORS row = (FACTORS)a[i * a_row];
            UNROLL for (int v = 0; v < TILE_VECTORS; v++) sum[i][v] = MULTIPLY_ADD(row, column[v], sum[i][v]);
        }
    }
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < TILE_VECTORS; v++)
        STORE(c + i * c_row + 16 * v, sum[i][v]);
}

// A tile of 1 ... TILE_ROWS rows, each number with code of its own.
static __attribute__((noinline)) void TILE(tile_of)(long rows, REAL *c, long c_row, const FACTOR *a, long a_row,
                                                    long a_column, const FACTOR *b, long k, const REAL *base,
                                                    long base_row, const REAL *bias, const FACTOR *ahead) {
#define ROWS(n)                                                                                                        \
    case n: TILE(tile)(c, c_row, a, a_row, a_column, b, k, base, base_row, bias, ahead, n); break;
    switch (rows) {
        ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6)
#if TILE_ROWS == 12
        ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12)
#endif
    }
#undef ROWS
}

// m rows of the first n columns of a panel, while the `next` one comes from memory.
static void TILE(multiply_panel)(REAL *c, long c_row, const FACTOR *a, long a_row, long a_column, const FACTOR *panel,
                                 const FACTOR *next, long m, long n, long k, const REAL *base, long base_row,
                                 const REAL *bias) {
    const long tile_width = 16 * TILE_VECTORS, strips = (m + TILE_ROWS - 1) / TILE_ROWS;
    for (long j = 0; j < n; j += tile_width)
        for (long strip = 0, i = 0, end; strip < strips; strip++, i = end) {
            end = m * (strip + 1) / strips;
            long rows = end - i, width = n - j < tile_width ? n - j : tile_width;
            unsigned long bytes = (unsigned long)width * sizeof(REAL);
            const FACTOR *left = a + i * a_row, *ahead = next + strip % (PANEL / 16) * 16 * k;
            const REAL *start = base ? base + i * base_row + j : 0, *addend = bias ? bias + j : 0;
            REAL *out = c + i * c_row + j;
            // The next tile comes from memory while this one is computed.
            for (long r = end; r < m && r < end + TILE_ROWS; r++)
                UNROLL for (int v = 0; v < TILE_VECTORS; v++) __builtin_prefetch(c + r * c_row + j + 16 * v, 1);
            if (width == tile_width) {
                TILE(tile_of)(rows, out, c_row, left, a_row, a_column, panel + j, k, start, base_row, addend, ahead);
                continue;
            }
            // A whole tile beside the matrix, of which the columns that exist are copied.
            REAL edge[TILE_ROWS * 16 * TILE_VECTORS] = {0}, edge_bias[16 * TILE_VECTORS] = {0};
            if (bias) __builtin_memcpy(edge_bias, addend, bytes);
            for (long r = 0; base && r < rows; r++)
                __builtin_memcpy(edge + r * tile_width, start + r * base_row, bytes);
            TILE(tile_of)(rows, edge, tile_width, left, a_row, a_column, panel + j, k, base ? edge : 0, tile_width,
                          bias ? edge_bias : 0, ahead);
            for (long r = 0; r < rows; r++) __builtin_memcpy(out + r * c_row, edge + r * tile_width, bytes);
        }
}

#undef FACTOR
#undef FACTORS
#undef LOAD_FACTORS
#undef MULTIPLY_ADD
#undef TILE
