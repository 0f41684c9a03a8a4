// Cross-entropy with label smoothing e and z-loss: per row, with L the log of the softmax's denominator and x_t the target's
// logit, nats = L - (1 - e) x_t - e mean(x) + z L^2. The logits become the gradient, as in `cross_entropy`.

static void NAME(smoothed_cross_entropy)(REAL *x, double *nats, const int32_t *target, const REAL *coefficient,
                                         long rows, long n, long ld, double smoothing, double z) {
    long whole = n & ~15L, rest = n & 15L;
    for (long r = 0; r < rows; r++, x += ld) {
        V total = (V)0;
        for (long j = 0; j < whole; j += 16) total += LOAD(x + j);
        if (rest) total += NAME(load_part)(x + whole, rest, 0);
        double mean = (double)NAME(sum)(total) / (double)n, hit = (double)x[target[r]];
        NAME(cross_entropy)(x, nats + r, target + r, coefficient + r, 1, n, ld, 1);
        double level = nats[r] + hit;
        nats[r] = level - (1 - smoothing) * hit - smoothing * mean + z * level * level;
        // x holds c (p - onehot); it becomes c ((1 + 2 z L) p - (1 - e) onehot - e / n).
        x[target[r]] += coefficient[r];
        V factor = (V)(REAL)(1 + 2 * z * level), shift = (V)(coefficient[r] * (REAL)(smoothing / (double)n));
        for (long j = 0; j < whole; j += 16) STORE(x + j, LOAD(x + j) * factor - shift);
        if (rest)
            NAME(store_part)(x + whole, rest, NAME(load_part)(x + whole, rest, 0) * factor - shift);
        x[target[r]] -= coefficient[r] * (REAL)(1 - smoothing);
    }
}
