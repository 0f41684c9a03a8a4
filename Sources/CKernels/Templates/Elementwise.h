// Sums, GELU, dropout and the AdamW update.

static void NAME(add_column_sums)(REAL *sums, const REAL *x, long rows, long n) {
    long j = 0;
    for (; j + 64 <= n; j += 64) {
        V a = (V)0, b = (V)0, c = (V)0, d = (V)0;
        for (const REAL *p = x + j, *end = p + rows * n; p < end; p += n) {
            a += LOAD(p);
            b += LOAD(p + 16);
            c += LOAD(p + 32);
            d += LOAD(p + 48);
        }
        STORE(sums + j, LOAD(sums + j) + a);
        STORE(sums + j + 16, LOAD(sums + j + 16) + b);
        STORE(sums + j + 32, LOAD(sums + j + 32) + c);
        STORE(sums + j + 48, LOAD(sums + j + 48) + d);
    }
    for (; j < n; j++) {
        REAL a = 0;
        for (long r = 0; r < rows; r++) a += x[r * n + j];
        sums[j] += a;
    }
}

static void NAME(add)(REAL *y, const REAL *x, long n) {
    long whole = n & ~15L;
    for (long i = 0; i < whole; i += 16) STORE(y + i, LOAD(y + i) + LOAD(x + i));
    for (long i = whole; i < n; i++) y[i] += x[i];
}

static double NAME(sum_of_squares)(const REAL *x, long n) {
    typedef double D __attribute__((ext_vector_type(16)));
    long whole = n & ~15L;
    D a = (D)0.0;
    for (long i = 0; i < whole; i += 16) {
        D v = __builtin_convertvector(LOAD(x + i), D);
        a = __builtin_elementwise_fma(v, v, a);
    }
    double rest = 0;
    for (long i = whole; i < n; i++) rest += (double)x[i] * (double)x[i];
    double __attribute__((ext_vector_type(8))) b = a.lo + a.hi;
    double __attribute__((ext_vector_type(4))) c = b.lo + b.hi;
    double __attribute__((ext_vector_type(2))) e = c.lo + c.hi;
    return (e.x + e.y) + rest;
}

// gelu(x) = x / 2 (1 + tanh u) = x s with s = 1 / (1 + exp(-2u)) and u = sqrt(2 / pi) (x + 0.044715 x^3).
#define GELU_RATE ((REAL)1.5957691216057308)
#define GELU_CUBIC ((REAL)0.044715)

INLINE V NAME(gelu_gate)(V x) {
    V twice = x * FMA(x * x, GELU_RATE * GELU_CUBIC, GELU_RATE);
    return (V)1 / ((V)1 + NAME(exponential)(-twice));
}

static void NAME(gelu_forward)(REAL *out, const REAL *x, long n) {
    long whole = n & ~15L, rest = n & 15L;
    for (long i = 0; i < whole; i += 16) {
        V v = LOAD(x + i);
        STORE(out + i, v * NAME(gelu_gate)(v));
    }
    if (rest) {
        V v = NAME(load_part)(x + whole, rest, 0);
        NAME(store_part)(out + whole, rest, v * NAME(gelu_gate)(v));
    }
}

INLINE V NAME(gelu_slope)(V x, V s) {
    V rate = FMA(x * x, 3 * GELU_RATE * GELU_CUBIC, GELU_RATE);
    return FMA(x * FMA(-s, s, s), rate, s);
}

static void NAME(gelu_backward)(REAL *dx, REAL *out, const REAL *x, long n) {
    long whole = n & ~15L, rest = n & 15L;
    for (long i = 0; i < whole; i += 16) {
        V v = LOAD(x + i), s = NAME(gelu_gate)(v);
        STORE(out + i, v * s);
        STORE(dx + i, LOAD(dx + i) * NAME(gelu_slope)(v, s));
    }
    if (rest) {
        V v = NAME(load_part)(x + whole, rest, 0), s = NAME(gelu_gate)(v);
        NAME(store_part)(out + whole, rest, v * s);
        NAME(store_part)(dx + whole, rest, NAME(load_part)(dx + whole, rest, 0) * NAME(gelu_slope)(v, s));
    }
}

static void NAME(adamw)(REAL *p, const REAL *g, REAL *m, REAL *v, long n, REAL scale, REAL beta1, REAL beta2,
                        REAL keep, REAL step, REAL root, REAL epsilon) {
    for (long i = 0; i < n; i += 16) {
        long part = n - i;
        V gradient, first, second, value;
        if (part >= 16) {
            gradient = LOAD(g + i), first = LOAD(m + i), second = LOAD(v + i), value = LOAD(p + i);
        } else {
            gradient = NAME(load_part)(g + i, part, 0), first = NAME(load_part)(m + i, part, 0);
            second = NAME(load_part)(v + i, part, 0), value = NAME(load_part)(p + i, part, 0);
        }
        gradient *= (V)scale;
        first = FMA(beta1, first, (V)((REAL)1 - beta1) * gradient);
        second = FMA(beta2, second, (V)((REAL)1 - beta2) * (gradient * gradient));
        V size = FMA(__builtin_elementwise_sqrt(second), root, epsilon);
        value = FMA(-step, first / size, value * (V)keep);
        if (part >= 16) {
            STORE(m + i, first), STORE(v + i, second), STORE(p + i, value);
        } else {
            NAME(store_part)(m + i, part, first), NAME(store_part)(v + i, part, second);
            NAME(store_part)(p + i, part, value);
        }
    }
}

// Philox4x32-10 (Salmon et al. 2011), sixteen counters at a time: lane i of word w decides element 16 w + i of a group
// of 64.
static void NAME(dropout)(REAL *x, long n, uint64_t key, uint64_t site, uint32_t threshold, REAL scale) {
    typedef uint32_t W __attribute__((ext_vector_type(16)));
    typedef uint64_t L __attribute__((ext_vector_type(16)));
    const W lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (long i = 0; i < n; i += 64) {
        W word[4] = {(W)(uint32_t)(i / 4) + lane, (W)(uint32_t)((uint64_t)(i / 4) >> 32), (W)(uint32_t)site,
                     (W)(uint32_t)(site >> 32)};
        uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
        for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
            L a = __builtin_convertvector(word[0], L) * (L)0xD2511F53ul;
            L b = __builtin_convertvector(word[2], L) * (L)0xCD9E8D57ul;
            word[0] = __builtin_convertvector(b >> 32, W) ^ word[1] ^ (W)k0;
            word[1] = __builtin_convertvector(b, W);
            word[2] = __builtin_convertvector(a >> 32, W) ^ word[3] ^ (W)k1;
            word[3] = __builtin_convertvector(a, W);
        }
        for (int w = 0; w < 4; w++) {
            REAL *p = x + i + 16 * w;
            long part = n - i - 16 * w;
            VI keeps = __builtin_convertvector(word[w] >= (W)threshold, VI);
            if (part >= 16)
                STORE(p, keeps ? LOAD(p) * (V)scale : (V)0);
            else if (part > 0)
                NAME(store_part)(p, part, keeps ? NAME(load_part)(p, part, 0) * (V)scale : (V)0);
        }
    }
}
