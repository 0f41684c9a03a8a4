// Standard normal draws: Philox4x32-10 (Salmon et al. 2011) and the transform of Box and Muller (1958).
//
// Block b of a stream gives draws 2b and 2b + 1. The first 52 bits of its first two words are u in (0, 1], a multiple of
// 2^-52, and the radius is sqrt(-2 log u). The first 52 bits of the other two are y in [-1/2, 1/2), and the angle is
// pi/2 y; the last two bits turn that quarter of the circle to the other three. Both draws are within 3 ulp of the
// exact transform of their words. Sixteen blocks are computed at a time, a block to a lane.

typedef double JOIN(NV, f64, LEVEL) __attribute__((ext_vector_type(16)));
typedef double JOIN(NU, f64, LEVEL) __attribute__((ext_vector_type(16), aligned(8)));
#define NORMALS(x) JOIN(x, f64, LEVEL)
#define V NORMALS(NV)
#define W RANDOM(PW)
#define FUSED(a, b, c) __builtin_elementwise_fma((V)(a), (V)(b), (V)(c))
#define SERIES(x, coefficients)                                                                                        \
    ({                                                                                                                 \
        const double c_[] = coefficients;                                                                              \
        V sum_ = (V)c_[0];                                                                                             \
        UNROLL for (unsigned long i_ = 1; i_ < sizeof c_ / sizeof *c_; i_++) sum_ = FUSED(sum_, x, c_[i_]);            \
        sum_;                                                                                                          \
    })

// Fitted at Chebyshev's points: (2 artanh s - 2 s) / s^3 in s^2, (sin(pi/2 y) / y - pi/2) / y^2 and
// (cos(pi/2 y) - 1) / y^2 in y^2; relative errors of the results below 2e-17.
#define LOGARITHM_SERIES                                                                                               \
    {0x1.2b58790128a8ep-3, 0x1.39fe5ca5d7accp-3, 0x1.7462b4c80c1c4p-3, 0x1.c71c62e51a9eep-3,                           \
     0x1.2492492df1985p-2, 0x1.99999999952dfp-2, 0x1.5555555555558p-1}
#define SINE_SERIES                                                                                                    \
    {0x1.e4a9d9166f052p-25, -0x1.e3027dea82bd7p-19, 0x1.50783208843ebp-13, -0x1.32d2cce500387p-8,                      \
     0x1.466bc6775a476p-4, -0x1.4abbce625be52p-1}
#define COSINE_SERIES                                                                                                  \
    {-0x1.b2f3eb054afcdp-28, 0x1.f9ce245cada0bp-22, -0x1.a6d1eef479be1p-16, 0x1.e1f5068688d5bp-11,                     \
     -0x1.55d3c7e3cb241p-6, 0x1.03c1f081b5ac0p-2, -0x1.3bd3cc9be45dep+0}

// sqrt(-2 log u) for u in (0, 1]: u = 2^k f with f in [sqrt(1/2), sqrt 2), and log f = 2 artanh((f - 1) / (f + 1)).
INLINE V NORMALS(radius)(W mantissa) {
    const W half = (W)0x3fe6a09e667f3bcdul; // sqrt(1/2)
    V u = (V)2 - (V)(mantissa | (W)0x3ff0000000000000ul);
    W shifted = (W)u - half + (W)(0x400ul << 52);
    // Below 2^52 a whole number lies in the low bits of a double between 2^52 and 2^53.
    V k = (V)((shifted >> 52) | (W)0x4330000000000000ul) - (V)(0x1p52 + 0x400);
    V f = (V)((shifted & (W)0xffffffffffffful) + half) - (V)1;
    V s = f / (f + (V)2), square = s * s;
    V tail = s * square * SERIES(square, LOGARITHM_SERIES);
    V low = FUSED(k, 1.90821492927058770002e-10, FUSED(s, 2, tail));
    V logarithm = FUSED(k, 6.93147180369123816490e-01, low);
    return __builtin_elementwise_sqrt(logarithm * (V)-2);
}

// Draws 2 * (block ... block + 15) and their neighbours.
INLINE void NORMALS(normals_of_blocks)(double *out, uint64_t key, uint64_t block, uint64_t c1, uint64_t c2,
                                     uint64_t c3) {
    const W word = (W)0xfffffffful;
    W x, y, z, w;
    RANDOM(philox)(&x, &y, &z, &w, key, block, c1, c2, c3);
    V radius = NORMALS(radius)(((y << 20) | ((x & word) >> 12)) & (W)0xffffffffffffful);
    W turns = (w << 32) | (z & word);
    V angle = (V)((turns >> 12) | (W)0x3ff0000000000000ul) - (V)1.5, square = angle * angle;
    V sine = FUSED(angle, 1.5707963267948966, angle * square * SERIES(square, SINE_SERIES));
    V cosine = FUSED(square, SERIES(square, COSINE_SERIES), 1);
    cosine = (V)((W)cosine ^ (turns << 63));
    sine *= radius, cosine *= radius;
    V first = (turns & (W)2) != (W)0 ? sine : cosine, second = (turns & (W)2) != (W)0 ? cosine : sine;
    NORMALS(NU) *pairs = (NORMALS(NU) *)out;
    pairs[0] = __builtin_shufflevector(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    pairs[1] = __builtin_shufflevector(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

static void NORMALS(normals)(double *out, uint64_t first, uint64_t n, uint64_t key, uint32_t c1, uint32_t c2,
                             uint32_t c3) {
    double part[32];
    uint64_t i = 0;
    if (first & 1 && n > 0) {
        NORMALS(normals_of_blocks)(part, key, first / 2, c1, c2, c3);
        for (uint64_t j = 1; j < 32 && i < n; i++, j++) out[i] = part[j];
    }
    for (; i + 32 <= n; i += 32) NORMALS(normals_of_blocks)(out + i, key, (first + i) / 2, c1, c2, c3);
    if (i < n) {
        NORMALS(normals_of_blocks)(part, key, (first + i) / 2, c1, c2, c3);
        for (uint64_t j = 0; i < n; i++, j++) out[i] = part[j];
    }
}

#undef V
#undef W
#undef FUSED
#undef SERIES
#undef NORMALS
