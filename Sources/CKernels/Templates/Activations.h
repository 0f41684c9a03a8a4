// Activations of small networks, element by element.

#define EACH(expression, part)                                                                                         \
    long whole = n & ~15L, rest = n & 15L;                                                                             \
    for (long i = 0; i < whole; i += 16) { expression }                                                                \
    if (rest) { part }

// silu(x) = x / (1 + exp(-x)).
static void NAME(silu_forward)(REAL *out, const REAL *x, long n) {
    EACH(V v = LOAD(x + i); STORE(out + i, v * NAME(logistic)(v));,
         V v = NAME(load_part)(x + whole, rest, 0); NAME(store_part)(out + whole, rest, v * NAME(logistic)(v));)
}

INLINE V NAME(silu_slope)(V x) {
    V s = NAME(logistic)(x);
    return FMA(x * s, (V)1 - s, s);
}

static void NAME(silu_backward)(REAL *dx, const REAL *x, long n) {
    EACH(STORE(dx + i, LOAD(dx + i) * NAME(silu_slope)(LOAD(x + i)));,
         V d = NAME(load_part)(dx + whole, rest, 0) * NAME(silu_slope)(NAME(load_part)(x + whole, rest, 0));
         NAME(store_part)(dx + whole, rest, d);)
}

static void NAME(relu_forward)(REAL *out, const REAL *x, long n) {
    EACH(STORE(out + i, NAME(maximum)(LOAD(x + i), (V)0));,
         NAME(store_part)(out + whole, rest, NAME(maximum)(NAME(load_part)(x + whole, rest, 0), (V)0));)
}

static void NAME(relu_backward)(REAL *dx, const REAL *out, long n) {
    EACH(STORE(dx + i, LOAD(out + i) > (V)0 ? LOAD(dx + i) : (V)0);,
         V d = NAME(load_part)(out + whole, rest, 0) > (V)0 ? NAME(load_part)(dx + whole, rest, 0) : (V)0;
         NAME(store_part)(dx + whole, rest, d);)
}

// tanh(x) = 1 - 2 / (exp(2x) + 1).
INLINE V NAME(hyperbolic_tangent)(V x) { return (V)1 - (V)2 / (NAME(exponential)(x + x) + (V)1); }

static void NAME(tanh_forward)(REAL *out, const REAL *x, long n) {
    EACH(STORE(out + i, NAME(hyperbolic_tangent)(LOAD(x + i)));,
         NAME(store_part)(out + whole, rest, NAME(hyperbolic_tangent)(NAME(load_part)(x + whole, rest, 0)));)
}

static void NAME(tanh_backward)(REAL *dx, const REAL *out, long n) {
    EACH(V v = LOAD(out + i); STORE(dx + i, LOAD(dx + i) * FMA(-v, v, (V)1));,
         V v = NAME(load_part)(out + whole, rest, 0);
         NAME(store_part)(dx + whole, rest, NAME(load_part)(dx + whole, rest, 0) * FMA(-v, v, (V)1));)
}

#undef EACH
