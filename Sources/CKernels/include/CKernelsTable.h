// One table of kernels for the type CK_REAL; included once per type by CKernels.h.
//
// Matrices are row-major; `ld` is the distance between rows. "Padded" rows may be read and written up to the next
// multiple of 16 elements.

#pragma clang assume_nonnull begin

/// A product of matrices, c = base + bias + a b, with m rows, n columns and k elements in each sum.
///
/// Element (i, l) of a is a[i * a_row + l * a_column], and so on; one of the two distances is 1. `base` may be c itself;
/// base and bias, a row, may be null. `b` may be null where the right factor is given in panels.
struct CK_PRODUCT {
    CK_REAL *c;
    long c_row;
    const CK_REAL *a;
    long a_row, a_column;
    const CK_REAL *_Nullable b;
    long b_row, b_column;
    long m, n, k;
    const CK_REAL *_Nullable base;
    long base_row;
    const CK_REAL *_Nullable bias;
};

/// Causal attention of one head over one sequence: row r of the queries attends to rows first[r] ... r of the keys.
struct CK_ATTENTION {
    /// (length, width) each, rows `query_row` and `key_row` elements apart.
    const CK_REAL *query, *key, *value;
    long query_row, key_row;
    long length, width;
    CK_REAL scale;
    /// Null where every row sees all before it.
    const int32_t *_Nullable first;
    /// The mask of row r's probabilities is that of site `dropout_site` + r; a threshold of 0 is for none.
    uint64_t dropout_key, dropout_site;
    uint32_t dropout_threshold;
    CK_REAL dropout_scale;
    /// Space for as many elements as `attention_scratch` says.
    CK_REAL *scratch;
};

struct CK_TABLE {
    /// The instruction set the table was compiled for.
    const char *variant;

    // --- Products ---
    /// Cuts the right factor of a product (k x n) into panels, n rounded up to the next multiple of 32 columns.
    void (*pack)(CK_REAL *panels, const CK_REAL *b, long b_row, long b_column, long k, long n);
    /// Every element is a chain of fused multiply-adds in the order of l, so its bits depend on its row and column alone.
    void (*product)(const struct CK_PRODUCT *product, const CK_REAL *_Nullable panels);

    // --- Attention ---
    long (*attention_scratch)(long length, long width, int backward);
    void (*attention_forward)(const struct CK_ATTENTION *attention, CK_REAL *out, long out_row);
    /// The gradients of queries, and of keys and values, which it adds to where `adding`, from that of the output.
    void (*attention_backward)(const struct CK_ATTENTION *attention, const CK_REAL *dout, long out_row,
                               CK_REAL *dquery, CK_REAL *dkey, CK_REAL *dvalue, int adding);

    // --- Layer normalisation over rows of d elements ---
    void (*layer_norm_forward)(CK_REAL *out, CK_REAL *mean, CK_REAL *inverse_deviation, const CK_REAL *x,
                               const CK_REAL *gain, const CK_REAL *bias, long rows, long d, CK_REAL epsilon);
    /// The output again, from the statistics the forward pass kept.
    void (*layer_norm_apply)(CK_REAL *out, const CK_REAL *mean, const CK_REAL *inverse_deviation, const CK_REAL *x,
                             const CK_REAL *gain, const CK_REAL *bias, long rows, long d);
    /// Adds to dx, dgain and dbias.
    void (*layer_norm_backward)(CK_REAL *dx, CK_REAL *dgain, CK_REAL *dbias, const CK_REAL *dy, const CK_REAL *x,
                                const CK_REAL *gain, const CK_REAL *mean, const CK_REAL *inverse_deviation, long rows,
                                long d);

    // --- Sums ---
    /// sums[j] += sum over r of x[r][j]
    void (*add_column_sums)(CK_REAL *sums, const CK_REAL *x, long rows, long n);
    /// y += x
    void (*add)(CK_REAL *y, const CK_REAL *x, long n);
    double (*sum_of_squares)(const CK_REAL *x, long n);

    // --- GELU, tanh form ---
    void (*gelu_forward)(CK_REAL *out, const CK_REAL *x, long n);
    /// dx, which holds the gradient of the output, becomes that of the input; out becomes gelu(x).
    void (*gelu_backward)(CK_REAL *dx, CK_REAL *out, const CK_REAL *x, long n);

    // --- Cross-entropy of softmax over n of ld columns; rows padded ---
    /// nats[r] = -log softmax(x[r])[target[r]]; where `gradient` is not 0, x becomes coefficient[r] times the gradient.
    void (*cross_entropy)(CK_REAL *x, double *nats, const int32_t *target, const CK_REAL *coefficient, long rows,
                          long n, long ld, int gradient);

    /// With label smoothing and z-loss (`LossTerms.h` has the formula); always with gradient.
    void (*smoothed_cross_entropy)(CK_REAL *x, double *nats, const int32_t *target, const CK_REAL *coefficient,
                                   long rows, long n, long ld, double smoothing, double z);

    // --- Embeddings ---
    /// out[r] = tokens[token[r]] + positions[position[r]]
    void (*embedding_gather)(CK_REAL *out, const CK_REAL *tokens, const CK_REAL *positions, const int32_t *token,
                             const int32_t *position, long rows, long d);
    /// The transpose: adds dx[r] to both rows.
    void (*embedding_scatter)(CK_REAL *dtokens, CK_REAL *dpositions, const CK_REAL *dx, const int32_t *token,
                              const int32_t *position, long rows, long d);

    // --- AdamW (Loshchilov and Hutter 2019, algorithm 2) ---
    /// `scale` multiplies the gradient first; `keep` is 1 - rate * decay; `step` is rate / (1 - beta1^t);
    /// `root` is 1 / sqrt(1 - beta2^t).
    void (*adamw)(CK_REAL *p, const CK_REAL *g, CK_REAL *m, CK_REAL *v, long n, CK_REAL scale, CK_REAL beta1,
                  CK_REAL beta2, CK_REAL keep, CK_REAL step, CK_REAL root, CK_REAL epsilon);

    // --- Dropout ---
    /// x[i] = 0 where the i-th Philox word under the key is below `threshold`, x[i] * scale elsewhere.
    void (*dropout)(CK_REAL *x, long n, uint64_t key, uint64_t site, uint32_t threshold, CK_REAL scale);

    // --- Decoding one token per stream ---
    /// Writes a key and a value of d elements at `position`. Keys lie in blocks of 16 positions: element j of position
    /// t is keys[(t / 16) * 16 * d + 16 * j + t % 16]; values are rows.
    void (*cache_append)(CK_REAL *keys, CK_REAL *values, const CK_REAL *key, const CK_REAL *value, long position,
                         long d);
    /// Attention of one query over `length` cached positions, where heads / key_heads heads share keys and values, and
    /// d is key_heads * width. `scores` has space for `heads` rows of `length`, padded.
    void (*cache_attention)(CK_REAL *out, const CK_REAL *query, const CK_REAL *keys, const CK_REAL *values,
                            CK_REAL *scores, long heads, long key_heads, long width, long length, CK_REAL scale);
    /// The index that a uniform number in [0, 1) picks from softmax(x * inverse_temperature); x, padded, is overwritten
    /// with the unnormalised probabilities.
    long (*draw)(CK_REAL *x, long n, CK_REAL inverse_temperature, double uniform);

    // --- Root-mean-square normalisation over rows of d elements ---
    void (*rms_norm_forward)(CK_REAL *out, CK_REAL *inverse, const CK_REAL *x, const CK_REAL *gain, long rows, long d,
                             CK_REAL epsilon);
    /// The output again, from the inverse root mean squares that the forward pass kept.
    void (*rms_norm_apply)(CK_REAL *out, const CK_REAL *inverse, const CK_REAL *x, const CK_REAL *gain, long rows,
                           long d);
    /// Adds to dx and dgain.
    void (*rms_norm_backward)(CK_REAL *dx, CK_REAL *dgain, const CK_REAL *dy, const CK_REAL *x, const CK_REAL *gain,
                              const CK_REAL *inverse, long rows, long d);

    // --- SwiGLU's gate: rows of x are n gates, then n values; rows of out have n elements ---
    /// out = silu(gate) value; may be written over x.
    void (*silu_gate_forward)(CK_REAL *out, const CK_REAL *x, long rows, long n);
    /// The first half of dx's rows holds the gradient of the output; dx becomes that of x; out becomes the output.
    void (*silu_gate_backward)(CK_REAL *dx, CK_REAL *out, const CK_REAL *x, long rows, long n);

    // --- Activations of small networks ---
    /// out = silu(x)
    void (*silu_forward)(CK_REAL *out, const CK_REAL *x, long n);
    /// dx, which holds the gradient of the output, becomes that of the input x.
    void (*silu_backward)(CK_REAL *dx, const CK_REAL *x, long n);
    /// out = max(x, 0)
    void (*relu_forward)(CK_REAL *out, const CK_REAL *x, long n);
    /// The same from the output.
    void (*relu_backward)(CK_REAL *dx, const CK_REAL *out, long n);
    void (*tanh_forward)(CK_REAL *out, const CK_REAL *x, long n);
    /// The same from the output.
    void (*tanh_backward)(CK_REAL *dx, const CK_REAL *out, long n);

    // --- Rotary positions ---
    /// Turns the first `heads` heads of each row by the angles of its position; rows of the tables have width / 2
    /// elements. `direction` is 1, or -1 to turn back.
    void (*rotate)(CK_REAL *x, const CK_REAL *cosine, const CK_REAL *sine, const int32_t *position, long rows, long ld,
                   long heads, long width, CK_REAL direction);

    // --- Rows ---
    /// out[r] = table[index[r]]
    void (*gather_rows)(CK_REAL *out, const CK_REAL *table, const int32_t *index, long rows, long d);
    /// The transpose: adds dx[r] to row index[r].
    void (*scatter_rows)(CK_REAL *dtable, const CK_REAL *dx, const int32_t *index, long rows, long d);

    // --- Kernel density ---
    /// At each of `count` places (a multiple of 16), of which coordinate k is places[k * count + j]: peaks[j] is the largest
    /// of -rate |place - point|^2 over the n > 0 points, and sums[j] the sum of exp(-rate |place - point|^2 - peaks[j]),
    /// each times its weight where there are weights. Points are rows of d coordinates.
    void (*gaussian_sums)(CK_REAL *peaks, CK_REAL *sums, const CK_REAL *places, long count, const CK_REAL *points,
                          const CK_REAL *_Nullable weights, long n, long d, CK_REAL rate);
    /// Adds the sums over later points at the same places.
    void (*add_gaussian_sums)(CK_REAL *peaks, CK_REAL *sums, const CK_REAL *later_peaks, const CK_REAL *later_sums,
                              long count);
};

#pragma clang assume_nonnull end
