// Layer normalisation: out = (x - mean) / sqrt(variance + epsilon) * gain + bias, row by row.

static void NAME(layer_norm_apply)(REAL *out, const REAL *mean, const REAL *inverse_deviation, const REAL *x,
                                   const REAL *gain, const REAL *bias, long rows, long d) {
    long whole = d & ~15L, rest = d & 15L;
    for (long r = 0; r < rows; r++, x += d, out += d) {
        V m = (V)mean[r], s = (V)inverse_deviation[r];
        for (long j = 0; j < whole; j += 16)
            STORE(out + j, FMA((LOAD(x + j) - m) * s, LOAD(gain + j), LOAD(bias + j)));
        if (rest) {
            V v = (NAME(load_part)(x + whole, rest, 0) - m) * s, g = NAME(load_part)(gain + whole, rest, 0);
            NAME(store_part)(out + whole, rest, FMA(v, g, NAME(load_part)(bias + whole, rest, 0)));
        }
    }
}

static void NAME(layer_norm_forward)(REAL *out, REAL *mean, REAL *inverse_deviation, const REAL *x, const REAL *gain,
                                     const REAL *bias, long rows, long d, REAL epsilon) {
    long whole = d & ~15L, rest = d & 15L;
    REAL share = (REAL)1 / (REAL)d;
    for (long r = 0; r < rows; r++) {
        const REAL *row = x + r * d;
        V sum = (V)0;
        for (long j = 0; j < whole; j += 16) sum += LOAD(row + j);
        if (rest) sum += NAME(load_part)(row + whole, rest, 0);
        REAL m = NAME(sum)(sum) * share;
        V squares = (V)0;
        for (long j = 0; j < whole; j += 16) {
            V c = LOAD(row + j) - (V)m;
            squares = FMA(c, c, squares);
        }
        if (rest) {
            V c = NAME(load_part)(row + whole, rest, m) - (V)m;
            squares = FMA(c, c, squares);
        }
        REAL variance = NAME(sum)(squares) * share;
        mean[r] = m;
        inverse_deviation[r] = (REAL)1 / SQUARE_ROOT(variance + epsilon);
    }
    NAME(layer_norm_apply)(out, mean, inverse_deviation, x, gain, bias, rows, d);
}

// With h = (x - mean) s and g = dy gain: dx += s (g - mean(g) - h mean(g h)), dgain += dy h, dbias += dy.
static void NAME(layer_norm_backward)(REAL *dx, REAL *dgain, REAL *dbias, const REAL *dy, const REAL *x,
                                      const REAL *gain, const REAL *mean, const REAL *inverse_deviation, long rows,
                                      long d) {
    long whole = d & ~15L, rest = d & 15L;
    REAL share = (REAL)1 / (REAL)d;
    for (long r = 0; r < rows; r++, x += d, dx += d, dy += d) {
        V m = (V)mean[r], s = (V)inverse_deviation[r];
        V sum = (V)0, product = (V)0;
        for (long j = 0; j < whole; j += 16) {
            V y = LOAD(dy + j), h = (LOAD(x + j) - m) * s, g = y * LOAD(gain + j);
            STORE(dgain + j, FMA(y, h, LOAD(dgain + j)));
            STORE(dbias + j, LOAD(dbias + j) + y);
            sum += g;
            product = FMA(g, h, product);
        }
        if (rest) {
            V y = NAME(load_part)(dy + whole, rest, 0), h = (NAME(load_part)(x + whole, rest, 0) - m) * s;
            V g = y * NAME(load_part)(gain + whole, rest, 0);
            NAME(store_part)(dgain + whole, rest, FMA(y, h, NAME(load_part)(dgain + whole, rest, 0)));
            NAME(store_part)(dbias + whole, rest, NAME(load_part)(dbias + whole, rest, 0) + y);
            sum += g;
            product = FMA(g, h, product);
        }
        V a = (V)(NAME(sum)(sum) * share), b = (V)(NAME(sum)(product) * share);
        for (long j = 0; j < whole; j += 16) {
            V h = (LOAD(x + j) - m) * s, g = LOAD(dy + j) * LOAD(gain + j);
            STORE(dx + j, FMA(s, FMA(-h, b, g - a), LOAD(dx + j)));
        }
        if (rest) {
            V h = (NAME(load_part)(x + whole, rest, 0) - m) * s;
            V g = NAME(load_part)(dy + whole, rest, 0) * NAME(load_part)(gain + whole, rest, 0);
            NAME(store_part)(dx + whole, rest, FMA(s, FMA(-h, b, g - a), NAME(load_part)(dx + whole, rest, 0)));
        }
    }
}
