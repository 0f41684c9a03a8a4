// All kernels of one type at one level: expects REAL, INTEGER, NAME and the constants of the exponential.

#include "Lanes.h"
#include "Panels.h"
#include "Product.h"
#include "LayerNorm.h"
#include "Elementwise.h"
#include "Softmax.h"
#include "LossTerms.h"
#include "Embedding.h"
#include "Decoding.h"
#include "RMSNorm.h"
#include "Gating.h"
#include "Activations.h"
#include "Rotary.h"
#include "Rows.h"
#include "KernelSums.h"
#include "AttentionParts.h"

#define FACTOR REAL
#define PACK NAME(pack)
#define MULTIPLY NAME(multiply)
#define DEPTH(k) (k)
#define HEAD(x) NAME(x)
#include "Attention.h"

const struct TABLE NAME(ck_table) = {
    .variant = LEVEL_NAME,
    .pack = NAME(pack),
    .product = NAME(product),
    .attention_scratch = NAME(attention_scratch),
    .attention_forward = NAME(attention_forward),
    .attention_backward = NAME(attention_backward),
    .layer_norm_forward = NAME(layer_norm_forward),
    .layer_norm_apply = NAME(layer_norm_apply),
    .layer_norm_backward = NAME(layer_norm_backward),
    .add_column_sums = NAME(add_column_sums),
    .add = NAME(add),
    .sum_of_squares = NAME(sum_of_squares),
    .gelu_forward = NAME(gelu_forward),
    .gelu_backward = NAME(gelu_backward),
    .cross_entropy = NAME(cross_entropy),
    .smoothed_cross_entropy = NAME(smoothed_cross_entropy),
    .embedding_gather = NAME(embedding_gather),
    .embedding_scatter = NAME(embedding_scatter),
    .adamw = NAME(adamw),
    .dropout = NAME(dropout),
    .cache_append = NAME(cache_append),
    .cache_attention = NAME(cache_attention),
    .draw = NAME(draw),
    .rms_norm_forward = NAME(rms_norm_forward),
    .rms_norm_apply = NAME(rms_norm_apply),
    .rms_norm_backward = NAME(rms_norm_backward),
    .silu_gate_forward = NAME(silu_gate_forward),
    .silu_gate_backward = NAME(silu_gate_backward),
    .silu_forward = NAME(silu_forward),
    .silu_backward = NAME(silu_backward),
    .relu_forward = NAME(relu_forward),
    .relu_backward = NAME(relu_backward),
    .tanh_forward = NAME(tanh_forward),
    .tanh_backward = NAME(tanh_backward),
    .rotate = NAME(rotate),
    .gather_rows = NAME(gather_rows),
    .scatter_rows = NAME(scatter_rows),
    .gaussian_sums = NAME(gaussian_sums),
    .add_gaussian_sums = NAME(add_gaussian_sums),
};

#ifdef PAIRED_TABLE
#include "BFloat16.h"
#endif

#undef V
#undef VI
#undef LOAD
#undef STORE
#undef GELU_RATE
#undef GELU_CUBIC
