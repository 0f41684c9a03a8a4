// Softmax rows: causal attention, and the loss over a vocabulary. Rows are padded: lanes beyond the end are masked
// when read and zero when written.

static void NAME(causal_softmax_forward)(REAL *s, long rows, long first, long columns, long ld) {
    for (long r = 0; r < rows; r++, s += ld) {
        long n = first + r + 1, whole = n & ~15L;
        V top = NAME(keep_first)(LOAD(s + whole), n - whole, -INFINITY);
        for (long j = 0; j < whole; j += 16) top = NAME(maximum)(top, LOAD(s + j));
        V largest = (V)NAME(largest)(top), sum = (V)0;
        for (long j = 0; j < whole; j += 16) {
            V e = NAME(exponential)(LOAD(s + j) - largest);
            sum += e;
            STORE(s + j, e);
        }
        long end = whole;
        if (n > whole) {
            V e = NAME(exponential)(LOAD(s + whole) - largest);
            e = NAME(keep_first)(e, n - whole, 0);
            sum += e;
            STORE(s + whole, e);
            end += 16;
        }
        V share = (V)((REAL)1 / NAME(sum)(sum));
        for (long j = 0; j < end; j += 16) STORE(s + j, LOAD(s + j) * share);
        for (long j = end; j < columns; j += 16) STORE(s + j, (V)0);
    }
}

// ds = p (dp - sum(p dp))
static void NAME(causal_softmax_backward)(REAL *dp, const REAL *p, long rows, long first, long columns, long ld) {
    for (long r = 0; r < rows; r++, dp += ld, p += ld) {
        long n = first + r + 1, whole = n & ~15L, end = whole;
        V sum = (V)0;
        for (long j = 0; j < whole; j += 16) sum = FMA(LOAD(p + j), LOAD(dp + j), sum);
        if (n > whole) {
            sum += NAME(keep_first)(LOAD(p + whole) * LOAD(dp + whole), n - whole, 0);
            end += 16;
        }
        V mean = (V)NAME(sum)(sum);
        for (long j = 0; j < whole; j += 16) STORE(dp + j, LOAD(p + j) * (LOAD(dp + j) - mean));
        if (n > whole) {
            V v = LOAD(p + whole) * (LOAD(dp + whole) - mean);
            STORE(dp + whole, NAME(keep_first)(v, n - whole, 0));
        }
        for (long j = end; j < columns; j += 16) STORE(dp + j, (V)0);
    }
}

static void NAME(cross_entropy)(REAL *x, double *nats, const int32_t *target, const REAL *coefficient, long rows,
                                long n, long ld, int gradient) {
    long whole = n & ~15L, rest = n & 15L;
    for (long r = 0; r < rows; r++, x += ld) {
        V top = (V)(REAL)-INFINITY;
        for (long j = 0; j < whole; j += 16) top = NAME(maximum)(top, LOAD(x + j));
        if (rest) top = NAME(maximum)(top, NAME(keep_first)(LOAD(x + whole), rest, -INFINITY));
        REAL largest = NAME(largest)(top), hit = x[target[r]];
        V sum = (V)0;
        for (long j = 0; j < whole; j += 16) {
            V e = NAME(exponential)(LOAD(x + j) - (V)largest);
            sum += e;
            if (gradient) STORE(x + j, e);
        }
        if (rest) {
            V e = NAME(keep_first)(NAME(exponential)(LOAD(x + whole) - (V)largest), rest, 0);
            sum += e;
            if (gradient) STORE(x + whole, e);
        }
        REAL total = NAME(sum)(sum);
        nats[r] = logarithm((double)total) + ((double)largest - (double)hit);
        if (!gradient) continue;
        V share = (V)(coefficient[r] / total);
        for (long j = 0; j < n; j += 16) STORE(x + j, LOAD(x + j) * share);
        for (long j = (n + 15) & ~15L; j < ld; j += 16) STORE(x + j, (V)0);
        x[target[r]] -= coefficient[r];
    }
}
