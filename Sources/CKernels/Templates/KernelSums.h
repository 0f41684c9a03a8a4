// Sums of Gaussian kernels at many places, as a peak and a sum beside it, so that no density underflows.

#define PLACE(k) LOAD(places + (k) * count)

INLINE V NAME(squared_distance)(const REAL *places, long count, const REAL *point, long d) {
    V step = PLACE(0) - (V)point[0], q = step * step;
    for (long k = 1; k < d; k++) {
        step = PLACE(k) - (V)point[k];
        q = FMA(step, step, q);
    }
    return q;
}

// Sixteen places: the nearest point first, then the kernels against its own. With d known the places stay in registers.
INLINE void NAME(gaussian_sums_of_lanes)(REAL *peaks, REAL *sums, const REAL *places, long count, const REAL *points,
                                         const REAL *weights, long n, long d, REAL rate) {
    V nearest = NAME(squared_distance)(places, count, points, d);
    for (long i = 1; i < n; i++) {
        V q = NAME(squared_distance)(places, count, points + i * d, d);
        nearest = q < nearest ? q : nearest;
    }
    V sum = (V)(REAL)0;
    if (weights)
        for (long i = 0; i < n; i++) {
            V q = NAME(squared_distance)(places, count, points + i * d, d);
            sum = FMA(NAME(exponential)((nearest - q) * rate), weights[i], sum);
        }
    else
        for (long i = 0; i < n; i++) {
            V q = NAME(squared_distance)(places, count, points + i * d, d);
            sum += NAME(exponential)((nearest - q) * rate);
        }
    STORE(peaks, nearest * -rate);
    STORE(sums, sum);
}

static void NAME(gaussian_sums)(REAL *peaks, REAL *sums, const REAL *places, long count, const REAL *points,
                                const REAL *weights, long n, long d, REAL rate) {
#define SUMS(d) NAME(gaussian_sums_of_lanes)(peaks + j, sums + j, places + j, count, points, weights, n, d, rate)
    for (long j = 0; j < count; j += 16) switch (d) {
        case 1: SUMS(1); break;
        case 2: SUMS(2); break;
        case 3: SUMS(3); break;
        default: SUMS(d);
        }
#undef SUMS
}

static void NAME(add_gaussian_sums)(REAL *peaks, REAL *sums, const REAL *later_peaks, const REAL *later_sums,
                                    long count) {
    for (long j = 0; j < count; j += 16) {
        V a = LOAD(peaks + j), b = LOAD(later_peaks + j), peak = NAME(maximum)(a, b);
        V sum = LOAD(sums + j) * NAME(exponential)(a - peak);
        STORE(sums + j, FMA(LOAD(later_sums + j), NAME(exponential)(b - peak), sum));
        STORE(peaks + j, peak);
    }
}

#undef PLACE
