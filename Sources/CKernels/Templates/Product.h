// Products of matrices, cut so that what is used again lies in the cache.

#define FACTOR REAL
#define FACTORS V
#define LOAD_FACTORS LOAD
#define MULTIPLY_ADD FMA
#define TILE(x) NAME(x)
#include "Tile.h"

// Rows of the left factor that are used with one panel before the next, and rows of a panel at a time: 256 KB of the
// one for the second-level cache, 32 KB of the other for the first.
#define BLOCK_ROWS 256
#define BLOCK_DEPTH 256

// A product whose right factor is the first k rows of panels of `depth` rows, or cut into panels on the way.
static void NAME(multiply)(const struct PRODUCT *p, const REAL *panels, long depth) {
    REAL packed[BLOCK_DEPTH * PANEL] __attribute__((aligned(64)));
    // A panel that is cut on the way is used with all rows while it is there.
    const long height = panels ? BLOCK_ROWS : p->m;
    for (long i = 0; i < p->m; i += height) {
        long rows = p->m - i < height ? p->m - i : height;
        REAL *c = p->c + i * p->c_row;
        for (long l = 0; l == 0 || l < p->k; l += BLOCK_DEPTH) {
            long part = p->k - l < BLOCK_DEPTH ? p->k - l : BLOCK_DEPTH;
            const REAL *a = p->a + i * p->a_row + l * p->a_column, *base = p->base ? p->base + i * p->base_row : 0;
            for (long j = 0; j < p->n; j += PANEL) {
                long columns = p->n - j < PANEL ? p->n - j : PANEL;
                const REAL *panel = packed, *next = packed;
                if (panels) {
                    panel = panels + j * depth + l * PANEL;
                    next = j + PANEL < p->n ? panel + depth * PANEL : panel;
                } else {
                    NAME(pack_panel)(packed, p->b + l * p->b_row + j * p->b_column, p->b_row, p->b_column, part,
                                     columns);
                }
                if (l > 0)
                    NAME(multiply_panel)(c + j, p->c_row, a, p->a_row, p->a_column, panel, next, rows, columns, part,
                                         c + j, p->c_row, 0);
                else
                    NAME(multiply_panel)(c + j, p->c_row, a, p->a_row, p->a_column, panel, next, rows, columns, part,
                                         base ? base + j : 0, p->base_row, p->bias ? p->bias + j : 0);
            }
        }
    }
}

static void NAME(product)(const struct PRODUCT *p, const REAL *panels) { NAME(multiply)(p, panels, p->k); }
