// All kernels of one type at one level: expects REAL, INTEGER, NAME and the constants of the exponential.

#include "Lanes.h"
#include "LayerNorm.h"
#include "Elementwise.h"
#include "Softmax.h"
#include "Embedding.h"
#include "Decoding.h"

const struct TABLE NAME(ck_table) = {
    .variant = LEVEL_NAME,
    .layer_norm_forward = NAME(layer_norm_forward),
    .layer_norm_apply = NAME(layer_norm_apply),
    .layer_norm_backward = NAME(layer_norm_backward),
    .fill_rows = NAME(fill_rows),
    .add_bias = NAME(add_bias),
    .add_column_sums = NAME(add_column_sums),
    .add = NAME(add),
    .sum_of_squares = NAME(sum_of_squares),
    .gelu_forward = NAME(gelu_forward),
    .gelu_backward = NAME(gelu_backward),
    .causal_softmax_forward = NAME(causal_softmax_forward),
    .causal_softmax_backward = NAME(causal_softmax_backward),
    .cross_entropy = NAME(cross_entropy),
    .embedding_gather = NAME(embedding_gather),
    .embedding_scatter = NAME(embedding_scatter),
    .adamw = NAME(adamw),
    .dropout = NAME(dropout),
    .cache_append = NAME(cache_append),
    .cache_attention = NAME(cache_attention),
    .draw = NAME(draw),
};

#undef V
#undef VI
#undef LOAD
#undef STORE
#undef GELU_RATE
#undef GELU_CUBIC
#undef COLUMNS
