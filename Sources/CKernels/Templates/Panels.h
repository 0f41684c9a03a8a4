// The right factor of a product, cut into panels of PANEL columns: element (l, j) of the factor is element
// l * PANEL + j % PANEL of panel j / PANEL, whose k rows adjoin. Columns beyond the last are zero.

// Sixteen rows become sixteen columns: four perfect shuffles of the vectors and of their lanes.
INLINE void NAME(transpose)(V v[16]) {
    UNROLL for (int round = 0; round < 4; round++) {
        V w[16];
        UNROLL for (int i = 0; i < 8; i++) {
            w[2 * i] = __builtin_shufflevector(v[i], v[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
                                                   15, 31);
        }
        UNROLL for (int i = 0; i < 16; i++) v[i] = w[i];
    }
}

// One panel from the n <= PANEL columns at b; element (l, j) lies at b[l * b_row + j * b_column], and one of the two
// distances is 1.
static void NAME(pack_panel)(REAL *panel, const REAL *b, long b_row, long b_column, long k, long n) {
    if (b_column == 1 && n == PANEL) {
        for (long l = 0; l < k; l++, b += b_row, panel += PANEL)
            for (long j = 0; j < PANEL; j += 16) STORE(panel + j, LOAD(b + j));
        return;
    }
    long whole = b_row == 1 ? k & ~15L : 0, ready = b_row == 1 ? n & ~15L : 0;
    for (long j = 0; j < ready; j += 16)
        for (long l = 0; l < whole; l += 16) {
            V v[16];
            UNROLL for (long i = 0; i < 16; i++) v[i] = LOAD(b + (j + i) * b_column + l);
            NAME(transpose)(v);
            UNROLL for (long i = 0; i < 16; i++) STORE(panel + (l + i) * PANEL + j, v[i]);
        }
    for (long l = 0; l < k; l++)
        for (long j = l < whole ? ready : 0; j < PANEL; j++)
            panel[l * PANEL + j] = j < n ? b[l * b_row + j * b_column] : 0;
}

static void NAME(pack)(REAL *panels, const REAL *b, long b_row, long b_column, long k, long n) {
    for (long j = 0; j < n; j += PANEL, panels += k * PANEL)
        NAME(pack_panel)(panels, b + j * b_column, b_row, b_column, k, n - j < PANEL ? n - j : PANEL);
}
