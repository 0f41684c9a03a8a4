// The gated unit of SwiGLU (Shazeer 2020): out = silu(gate) up, with silu(x) = x / (1 + exp(-x)). A row of x holds the
// n gates, then the n values they act on.

INLINE V NAME(logistic)(V x) { return (V)1 / ((V)1 + NAME(exponential)(-x)); }

static void NAME(silu_gate_forward)(REAL *out, const REAL *x, long rows, long n) {
    long whole = n & ~15L, rest = n & 15L;
    for (long r = 0; r < rows; r++, x += 2 * n, out += n) {
        for (long j = 0; j < whole; j += 16) {
            V gate = LOAD(x + j);
            STORE(out + j, gate * NAME(logistic)(gate) * LOAD(x + n + j));
        }
        if (rest) {
            V gate = NAME(load_part)(x + whole, rest, 0), up = NAME(load_part)(x + n + whole, rest, 0);
            NAME(store_part)(out + whole, rest, gate * NAME(logistic)(gate) * up);
        }
    }
}

// silu'(x) = s + x s (1 - s), with s = 1 / (1 + exp(-x)).
static void NAME(silu_gate_backward)(REAL *dx, REAL *out, const REAL *x, long rows, long n) {
    long whole = n & ~15L, rest = n & 15L;
    for (long r = 0; r < rows; r++, x += 2 * n, dx += 2 * n, out += n) {
        for (long j = 0; j < whole; j += 16) {
            V gate = LOAD(x + j), up = LOAD(x + n + j), dy = LOAD(dx + j), s = NAME(logistic)(gate);
            V silu = gate * s;
            STORE(out + j, silu * up);
            STORE(dx + j, dy * up * (s + silu * ((V)1 - s)));
            STORE(dx + n + j, dy * silu);
        }
        if (rest) {
            V gate = NAME(load_part)(x + whole, rest, 0), up = NAME(load_part)(x + n + whole, rest, 0);
            V dy = NAME(load_part)(dx + whole, rest, 0), s = NAME(logistic)(gate), silu = gate * s;
            NAME(store_part)(out + whole, rest, silu * up);
            NAME(store_part)(dx + whole, rest, dy * up * (s + silu * ((V)1 - s)));
            NAME(store_part)(dx + n + whole, rest, dy * silu);
        }
    }
}
