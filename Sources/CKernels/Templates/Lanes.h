// Sixteen lanes of REAL, and how a row is cut into them.

typedef REAL NAME(V) __attribute__((ext_vector_type(16)));
typedef REAL NAME(VU) __attribute__((ext_vector_type(16), aligned(sizeof(REAL))));
typedef INTEGER NAME(VI) __attribute__((ext_vector_type(16)));
#define V NAME(V)
#define VI NAME(VI)

INLINE V NAME(load)(const REAL *p) { return *(const NAME(VU) *)p; }
INLINE void NAME(store)(REAL *p, V v) { *(NAME(VU) *)p = v; }
#define LOAD NAME(load)
#define STORE NAME(store)
// The one place where a product and a sum are rounded once: in every variant alike.
#define FMA(a, b, c) __builtin_elementwise_fma((V)(a), (V)(b), (V)(c))

// The first n < 16 elements; the other lanes hold `fill`.
INLINE V NAME(load_part)(const REAL *p, long n, REAL fill) {
    V v = (V)fill;
    for (long i = 0; i < n; i++) v[i] = p[i];
    return v;
}
INLINE void NAME(store_part)(REAL *p, long n, V v) {
    for (long i = 0; i < n; i++) p[i] = v[i];
}

// Lanes at or beyond n become `fill`.
INLINE V NAME(keep_first)(V v, long n, REAL fill) {
    const VI lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return lane < (VI)(INTEGER)n ? v : (V)fill;
}

INLINE V NAME(maximum)(V a, V b) { return a > b ? a : b; }

INLINE REAL NAME(sum)(V v) {
    REAL __attribute__((ext_vector_type(8))) a = v.lo + v.hi;
    REAL __attribute__((ext_vector_type(4))) b = a.lo + a.hi;
    REAL __attribute__((ext_vector_type(2))) c = b.lo + b.hi;
    return c.x + c.y;
}
INLINE REAL NAME(largest)(V v) {
    REAL __attribute__((ext_vector_type(8))) a = v.lo > v.hi ? v.lo : v.hi;
    REAL __attribute__((ext_vector_type(4))) b = a.lo > a.hi ? a.lo : a.hi;
    REAL __attribute__((ext_vector_type(2))) c = b.lo > b.hi ? b.lo : b.hi;
    return c.x > c.y ? c.x : c.y;
}

// exp(x): x = k ln 2 + r with |r| <= ln 2 / 2, then 1 + r + r^2 q(r) with q fitted at Chebyshev's points (relative
// error 8e-9 for float, 2e-17 for double). Zero below the normal range; infinity is not produced: x stops at 88 or 709.
INLINE V NAME(exponential)(V x) {
    const V low = (V)EXP_LOW, high = (V)EXP_HIGH;
    VI vanishes = x < low;
    x = x > high ? high : x;
    x = vanishes ? low : x;
    // Adding 1.5 * 2^(mantissa bits) leaves the nearest whole number in the low bits.
    V shifted = FMA(x, (REAL)1.44269504088896340736, EXP_MAGIC);
    V k = shifted - (V)EXP_MAGIC;
    V r = FMA(k, -LN2_HIGH, x);
    r = FMA(k, -LN2_LOW, r);
    const REAL coefficients[] = EXP_POLYNOMIAL;
    V q = (V)coefficients[0];
    UNROLL for (unsigned long i = 1; i < sizeof coefficients / sizeof *coefficients; i++)
        q = FMA(q, r, coefficients[i]);
    V value = FMA(r * r, q, r) + (V)1;
    V result = (V)((VI)value + ((VI)shifted << EXP_SHIFT));
    return vanishes ? (V)0 : result;
}
