// Rotary positions (Su et al. 2021): elements j and j + width / 2 of a head are turned by an angle of their own.

static void NAME(rotate)(REAL *x, const REAL *cosine, const REAL *sine, const int32_t *position, long rows, long ld,
                         long heads, long width, REAL direction) {
    long half = width / 2, whole = half & ~15L, rest = half & 15L;
    for (long r = 0; r < rows; r++, x += ld) {
        const REAL *c = cosine + position[r] * half, *s = sine + position[r] * half;
        for (long h = 0; h < heads; h++) {
            REAL *a = x + h * width, *b = a + half;
            for (long j = 0; j < whole; j += 16) {
                V u = LOAD(a + j), v = LOAD(b + j), cos = LOAD(c + j), sin = LOAD(s + j) * (V)direction;
                STORE(a + j, u * cos - v * sin);
                STORE(b + j, v * cos + u * sin);
            }
            if (rest) {
                V u = NAME(load_part)(a + whole, rest, 0), v = NAME(load_part)(b + whole, rest, 0);
                V cos = NAME(load_part)(c + whole, rest, 0);
                V sin = NAME(load_part)(s + whole, rest, 0) * (V)direction;
                NAME(store_part)(a + whole, rest, u * cos - v * sin);
                NAME(store_part)(b + whole, rest, v * cos + u * sin);
            }
        }
    }
}
