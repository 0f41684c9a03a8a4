// Root-mean-square normalisation (Zhang and Sennrich 2019): out = x / sqrt(mean(x^2) + epsilon) * gain, row by row.

static void NAME(rms_norm_apply)(REAL *out, const REAL *inverse, const REAL *x, const REAL *gain, long rows, long d) {
    long whole = d & ~15L, rest = d & 15L;
    for (long r = 0; r < rows; r++, x += d, out += d) {
        V s = (V)inverse[r];
        for (long j = 0; j < whole; j += 16) STORE(out + j, LOAD(x + j) * s * LOAD(gain + j));
        if (rest) {
            V v = NAME(load_part)(x + whole, rest, 0) * s * NAME(load_part)(gain + whole, rest, 0);
            NAME(store_part)(out + whole, rest, v);
        }
    }
}

static void NAME(rms_norm_forward)(REAL *out, REAL *inverse, const REAL *x, const REAL *gain, long rows, long d,
                                   REAL epsilon) {
    long whole = d & ~15L, rest = d & 15L;
    REAL share = (REAL)1 / (REAL)d;
    for (long r = 0; r < rows; r++) {
        const REAL *row = x + r * d;
        V squares = (V)0;
        for (long j = 0; j < whole; j += 16) squares += LOAD(row + j) * LOAD(row + j);
        if (rest) {
            V v = NAME(load_part)(row + whole, rest, 0);
            squares += v * v;
        }
        inverse[r] = (REAL)1 / SQUARE_ROOT(NAME(sum)(squares) * share + epsilon);
    }
    NAME(rms_norm_apply)(out, inverse, x, gain, rows, d);
}

// With h = x s and g = dy gain: dx += s (g - h mean(g h)), dgain += dy h.
static void NAME(rms_norm_backward)(REAL *dx, REAL *dgain, const REAL *dy, const REAL *x, const REAL *gain,
                                    const REAL *inverse, long rows, long d) {
    long whole = d & ~15L, rest = d & 15L;
    REAL share = (REAL)1 / (REAL)d;
    for (long r = 0; r < rows; r++, x += d, dx += d, dy += d) {
        V s = (V)inverse[r], product = (V)0;
        for (long j = 0; j < whole; j += 16) {
            V t = LOAD(dy + j) * (LOAD(x + j) * s);
            STORE(dgain + j, LOAD(dgain + j) + t);
            product += t * LOAD(gain + j);
        }
        if (rest) {
            V t = NAME(load_part)(dy + whole, rest, 0) * (NAME(load_part)(x + whole, rest, 0) * s);
            NAME(store_part)(dgain + whole, rest, NAME(load_part)(dgain + whole, rest, 0) + t);
            product += t * NAME(load_part)(gain + whole, rest, 0);
        }
        V mean = (V)(NAME(sum)(product) * share);
        for (long j = 0; j < whole; j += 16) {
            V g = LOAD(dy + j) * LOAD(gain + j), h = LOAD(x + j) * s;
            STORE(dx + j, LOAD(dx + j) + s * (g - h * mean));
        }
        if (rest) {
            V g = NAME(load_part)(dy + whole, rest, 0) * NAME(load_part)(gain + whole, rest, 0);
            V h = NAME(load_part)(x + whole, rest, 0) * s;
            NAME(store_part)(dx + whole, rest, NAME(load_part)(dx + whole, rest, 0) + s * (g - h * mean));
        }
    }
}
