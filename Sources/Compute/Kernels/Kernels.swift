import CKernels

/// The C kernels for one type at one instruction set.
///
/// What each computes, and the order of its arguments, stands in `CKernelsTable.h`. All variants
/// give the same bits.
@usableFromInline package struct Kernels<Element: BitwiseCopyable & Sendable>: Sendable {
    /// An array that a kernel writes, and may read.
    @usableFromInline package typealias Mutable = UnsafeMutablePointer<Element>
    /// An array that a kernel only reads.
    @usableFromInline package typealias Constant = UnsafePointer<Element>
    /// Takes the head, `out` of (length, width), and the elements from one row of `out` to the
    /// next.
    @usableFromInline package typealias AttentionForward =
        @Sendable (HeadAttention<Element>, Mutable, Int) -> Void
    /// Takes the head, the gradient of its output, the elements from one row of that to the next,
    /// the gradients of queries, keys and values, and `adding`.
    ///
    /// Rows of the gradients lie as far apart as those of queries, keys and values. The gradient of
    /// the queries is written. Those of keys and values are added to where `adding` is 1, and
    /// written where it is 0.
    @usableFromInline package typealias AttentionBackward =
        @Sendable (
            HeadAttention<Element>, Constant, Int, Mutable, Mutable, Mutable, Int32
        ) -> Void

    /// The instruction set: `x86-64-v4`, `x86-64-v3` or `plain`.
    package let variant: String
    /// Cuts a right factor into panels of the same shape; the last panel is filled up to 32
    /// columns.
    package let pack: @Sendable (MatrixView<Element>, Panels<Element>) -> Void
    /// Computes c = base + bias + a b.
    ///
    /// Every element of c is one chain of fused multiply-adds in the order of the inner dimension.
    package let product: @Sendable (MatrixProduct<Element>) -> Void
    /// Elements that attention over a length and a head's width needs beside its arguments; 1 for
    /// the backward pass.
    package let attentionScratch: @Sendable (Int, Int, Int32) -> Int
    /// Computes softmax(scale q k^T) v under the causal mask; see ``HeadAttention``.
    package let attentionForward: AttentionForward
    /// Computes the gradients of queries, keys and values from that of the output; probabilities
    /// are computed again.
    package let attentionBackward: AttentionBackward
    /// Layer normalisation: (x - mean) / sqrt(variance + epsilon) * gain + bias for each row.
    ///
    /// Arguments: `out`, `mean`, `inverseDeviation`, `x`, `gain`, `bias`, `rows`, `d`, `epsilon`.
    /// `mean` and `inverseDeviation` receive one element a row, for the two other kernels.
    package let layerNormForward:
        @Sendable (
            Mutable, Mutable, Mutable, Constant, Constant, Constant, Int, Int, Element
        ) -> Void
    /// The output of ``layerNormForward`` again, from the statistics it kept.
    ///
    /// Arguments: `out`, `mean`, `inverseDeviation`, `x`, `gain`, `bias`, `rows`, `d`.
    package let layerNormApply:
        @Sendable (
            Mutable, Constant, Constant, Constant, Constant, Constant, Int, Int
        ) -> Void
    /// Adds the gradients of ``layerNormForward`` to `dx`, `dgain` and `dbias`.
    ///
    /// Arguments: `dx`, `dgain`, `dbias`, `dy`, `x`, `gain`, `mean`, `inverseDeviation`, `rows`,
    /// `d`.
    package let layerNormBackward:
        @Sendable (
            Mutable, Mutable, Mutable, Constant, Constant, Constant, Constant, Constant, Int, Int
        ) -> Void
    /// Adds the sum of each column of x, (rows, n), to `sums`; arguments: `sums`, `x`, `rows`, `n`.
    package let addColumnSums: @Sendable (Mutable, Constant, Int, Int) -> Void
    /// Adds x to y, element by element; arguments: `y`, `x`, `n`.
    package let add: @Sendable (Mutable, Constant, Int) -> Void
    /// The sum of the squares of n elements, in double precision; arguments: `x`, `n`.
    package let sumOfSquares: @Sendable (Constant, Int) -> Double
    /// GELU in its tanh form; arguments: `out`, `x`, `n`.
    package let geluForward: @Sendable (Mutable, Constant, Int) -> Void
    /// Turns `dx` from the gradient of GELU's output into that of its input, and writes the output
    /// again.
    ///
    /// Arguments: `dx`, `out`, `x`, `n`.
    package let geluBackward: @Sendable (Mutable, Mutable, Constant, Int) -> Void
    /// Cross-entropy of the softmax over the first n of ld columns:
    /// nats[r] = -log softmax(x[r])[target[r]].
    ///
    /// Arguments: `x`, `nats`, `target`, `coefficient`, `rows`, `n`, `ld`, `gradient`. Where
    /// `gradient` is 1, the logits x become coefficient[r] times the gradient, and zero beyond
    /// column n; where it is 0, x stays as it is and `coefficient` is not read. Rows are padded to
    /// 16 elements.
    package let crossEntropy:
        @Sendable (
            Mutable, UnsafeMutablePointer<Double>, UnsafePointer<Int32>, Constant, Int, Int, Int,
            Int32
        ) -> Void
    /// Cross-entropy with label smoothing and z-loss; always with gradient.
    ///
    /// With L the logarithm of the softmax's denominator, x_t the target's logit and s the
    /// smoothing: nats = L - (1 - s) x_t - s mean(x) + z L^2. Arguments: `x`, `nats`, `target`,
    /// `coefficient`, `rows`, `n`, `ld`, `smoothing`, `z`; otherwise as ``crossEntropy``.
    package let smoothedCrossEntropy:
        @Sendable (
            Mutable, UnsafeMutablePointer<Double>, UnsafePointer<Int32>, Constant, Int, Int, Int,
            Double, Double
        ) -> Void
    /// Sums of token and position embeddings: out[r] = tokens[token[r]] + positions[position[r]].
    ///
    /// Arguments: `out`, `tokens`, `positions`, `token`, `position`, `rows`, `d`.
    package let embeddingGather:
        @Sendable (
            Mutable, Constant, Constant, UnsafePointer<Int32>, UnsafePointer<Int32>, Int, Int
        ) -> Void
    /// The transpose of ``embeddingGather``: adds dx[r] to both rows.
    ///
    /// Arguments: `dtokens`, `dpositions`, `dx`, `token`, `position`, `rows`, `d`.
    package let embeddingScatter:
        @Sendable (
            Mutable, Mutable, Constant, UnsafePointer<Int32>, UnsafePointer<Int32>, Int, Int
        ) -> Void
    /// One step of AdamW (Loshchilov and Hutter 2019, algorithm 2) on parameters p and moments m
    /// and v.
    ///
    /// Arguments: `p`, `g`, `m`, `v`, `n`, `scale`, `beta1`, `beta2`, `keep`, `step`, `root`,
    /// `epsilon`. `scale` multiplies the gradient g first; `keep` is 1 - rate * decay, `step` rate
    /// / (1 - beta1^t), `root` 1 / sqrt(1 - beta2^t).
    package let adamw:
        @Sendable (
            Mutable, Constant, Mutable, Mutable, Int, Element, Element, Element, Element, Element,
            Element, Element
        ) -> Void
    /// Dropout in place: x[i] becomes 0 where its Philox word is below `threshold`, x[i] * scale
    /// elsewhere.
    ///
    /// Arguments: `x`, `n`, `key`, `site`, `threshold`, `scale`. The mask depends on `key`, `site`
    /// and i alone.
    package let dropout: @Sendable (Mutable, Int, UInt64, UInt64, UInt32, Element) -> Void
    /// Writes the key and the value of one position, d elements each, into a cache.
    ///
    /// Arguments: `keys`, `values`, `key`, `value`, `position`, `d`. Element j of the key of
    /// position t lies at (t / 16) * 16 * d + 16 * j + t % 16; values are rows of d elements.
    package let cacheAppend: @Sendable (Mutable, Mutable, Constant, Constant, Int, Int) -> Void
    /// Attention of one query over the first `length` positions of a cache that ``cacheAppend``
    /// wrote.
    ///
    /// Arguments: `out`, `query`, `keys`, `values`, `scores`, `heads`, `keyHeads`, `width`,
    /// `length`, `scale`. Each run of heads / keyHeads heads shares a head of keys and values;
    /// `out` and `query` have heads * width elements, a key and a value keyHeads * width. `scores`
    /// is working memory: a row of `length` elements, padded to 16, for each head.
    package let cacheAttention:
        @Sendable (
            Mutable, Constant, Constant, Constant, Mutable, Int, Int, Int, Int, Element
        ) -> Void
    /// The index that a number in [0, 1) draws from softmax(x * inverseTemperature).
    ///
    /// Arguments: `x`, `n`, `inverseTemperature`, `uniform`. x is padded to 16 elements and
    /// overwritten with the unnormalised probabilities.
    package let draw: @Sendable (Mutable, Int, Element, Double) -> Int
    /// Root-mean-square normalisation (Zhang and Sennrich 2019): x / sqrt(mean(x^2) + epsilon) *
    /// gain for each row.
    ///
    /// Arguments: `out`, `inverse`, `x`, `gain`, `rows`, `d`, `epsilon`. `inverse` receives one
    /// element a row, the inverse of the square root.
    package let rmsNormForward:
        @Sendable (Mutable, Mutable, Constant, Constant, Int, Int, Element) -> Void
    /// The output of ``rmsNormForward`` again, from `inverse`; arguments: `out`, `inverse`, `x`,
    /// `gain`, `rows`, `d`.
    package let rmsNormApply: @Sendable (Mutable, Constant, Constant, Constant, Int, Int) -> Void
    /// Adds the gradients of ``rmsNormForward`` to `dx` and `dgain`.
    ///
    /// Arguments: `dx`, `dgain`, `dy`, `x`, `gain`, `inverse`, `rows`, `d`.
    package let rmsNormBackward:
        @Sendable (Mutable, Mutable, Constant, Constant, Constant, Constant, Int, Int) -> Void
    /// SwiGLU's gate: out = silu(gate) value, where a row of x is n gates and then n values.
    ///
    /// Arguments: `out`, `x`, `rows`, `n`. `out`, (rows, n), may be x.
    package let siluGateForward: @Sendable (Mutable, Constant, Int, Int) -> Void
    /// The gradient of ``siluGateForward``, whose output is written again.
    ///
    /// Arguments: `dx`, `out`, `x`, `rows`, `n`. The first n elements of each row of `dx`, (rows, 2
    /// n), hold the gradient of the output; `dx` becomes that of x.
    package let siluGateBackward: @Sendable (Mutable, Mutable, Constant, Int, Int) -> Void
    /// silu(x) = x / (1 + exp(-x)); arguments: `out`, `x`, `n`.
    package let siluForward: @Sendable (Mutable, Constant, Int) -> Void
    /// Turns `dx` from the gradient of ``siluForward``'s output into that of its input; arguments:
    /// `dx`, `x`, `n`.
    package let siluBackward: @Sendable (Mutable, Constant, Int) -> Void
    /// max(x, 0); arguments: `out`, `x`, `n`.
    package let reluForward: @Sendable (Mutable, Constant, Int) -> Void
    /// Turns `dx` from the gradient of ``reluForward``'s output into that of its input; arguments:
    /// `dx`, `out`, `n`.
    package let reluBackward: @Sendable (Mutable, Constant, Int) -> Void
    /// tanh(x); arguments: `out`, `x`, `n`.
    package let tanhForward: @Sendable (Mutable, Constant, Int) -> Void
    /// Turns `dx` from the gradient of ``tanhForward``'s output into that of its input; arguments:
    /// `dx`, `out`, `n`.
    package let tanhBackward: @Sendable (Mutable, Constant, Int) -> Void
    /// Rotary positions (Su et al. 2021) in place: turns elements j and j + width / 2 of a head by
    /// an angle.
    ///
    /// Arguments: `x`, `cosine`, `sine`, `position`, `rows`, `ld`, `heads`, `width`, `direction`.
    /// The first `heads` heads of each row are turned. The tables have rows of width / 2 elements,
    /// one for each position. `direction` is 1, or -1 to turn back.
    package let rotate:
        @Sendable (
            Mutable, Constant, Constant, UnsafePointer<Int32>, Int, Int, Int, Int, Element
        ) -> Void
    /// Copies rows of d elements: out[r] = table[index[r]]; arguments: `out`, `table`, `index`,
    /// `rows`, `d`.
    package let gatherRows: @Sendable (Mutable, Constant, UnsafePointer<Int32>, Int, Int) -> Void
    /// The transpose of ``gatherRows``: adds dx[r] to row index[r] of `dtable`.
    ///
    /// Arguments: `dtable`, `dx`, `index`, `rows`, `d`.
    package let scatterRows: @Sendable (Mutable, Constant, UnsafePointer<Int32>, Int, Int) -> Void
    /// Sums of Gaussian kernels at points of evaluation, each as the largest exponent and a sum
    /// relative to it.
    ///
    /// Arguments: `peaks`, `sums`, `places`, `count`, `points`, `weights`, `n`, `d`, `rate`.
    /// `count` is a multiple of 16; coordinate k of evaluation point j is places[k * count + j].
    /// peaks[j] is the largest of -rate |x - point|^2 over the n > 0 points, rows of d coordinates,
    /// with x the evaluation point; sums[j] is the sum of exp(-rate |x - point|^2 - peaks[j]), each
    /// term times the point's weight unless `weights` is nil.
    package let gaussianSums:
        @Sendable (
            Mutable, Mutable, Constant, Int, Constant, Constant?, Int, Int, Element
        ) -> Void
    /// Adds the results of ``gaussianSums`` for further points at the same points of evaluation.
    ///
    /// Arguments: `peaks`, `sums`, `laterPeaks`, `laterSums`, `count`.
    package let addGaussianSums: @Sendable (Mutable, Mutable, Constant, Constant, Int) -> Void
}

extension Kernels<Float> {
    init(_ table: ck_kernels_f32) {
        variant = String(cString: table.variant)
        pack = { [call = table.pack] matrix, panels in
            call(
                panels.base, matrix.base, matrix.rowStep, matrix.columnStep, matrix.height,
                matrix.width)
        }
        product = { [call = table.product] product in
            var description = ck_product_f32(product)
            call(&description, product.panels)
        }
        attentionScratch = { [call = table.attention_scratch] in call($0, $1, $2) }
        attentionForward = { [call = table.attention_forward] in
            var description = ck_attention_f32($0)
            call(&description, $1, $2)
        }
        attentionBackward = { [call = table.attention_backward] in
            var description = ck_attention_f32($0)
            call(&description, $1, $2, $3, $4, $5, $6)
        }
        layerNormForward = { [call = table.layer_norm_forward] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8)
        }
        layerNormApply = { [call = table.layer_norm_apply] in call($0, $1, $2, $3, $4, $5, $6, $7) }
        layerNormBackward = { [call = table.layer_norm_backward] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)
        }
        addColumnSums = { [call = table.add_column_sums] in call($0, $1, $2, $3) }
        add = { [call = table.add] in call($0, $1, $2) }
        sumOfSquares = { [call = table.sum_of_squares] in call($0, $1) }
        geluForward = { [call = table.gelu_forward] in call($0, $1, $2) }
        geluBackward = { [call = table.gelu_backward] in call($0, $1, $2, $3) }
        crossEntropy = { [call = table.cross_entropy] in call($0, $1, $2, $3, $4, $5, $6, $7) }
        smoothedCrossEntropy = { [call = table.smoothed_cross_entropy] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8)
        }
        embeddingGather = { [call = table.embedding_gather] in call($0, $1, $2, $3, $4, $5, $6) }
        embeddingScatter = { [call = table.embedding_scatter] in call($0, $1, $2, $3, $4, $5, $6) }
        adamw = { [call = table.adamw] in call($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) }
        dropout = { [call = table.dropout] in call($0, $1, $2, $3, $4, $5) }
        cacheAppend = { [call = table.cache_append] in call($0, $1, $2, $3, $4, $5) }
        cacheAttention = { [call = table.cache_attention] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)
        }
        draw = { [call = table.draw] in call($0, $1, $2, $3) }
        rmsNormForward = { [call = table.rms_norm_forward] in call($0, $1, $2, $3, $4, $5, $6) }
        rmsNormApply = { [call = table.rms_norm_apply] in call($0, $1, $2, $3, $4, $5) }
        rmsNormBackward = { [call = table.rms_norm_backward] in
            call($0, $1, $2, $3, $4, $5, $6, $7)
        }
        siluGateForward = { [call = table.silu_gate_forward] in call($0, $1, $2, $3) }
        siluGateBackward = { [call = table.silu_gate_backward] in call($0, $1, $2, $3, $4) }
        siluForward = { [call = table.silu_forward] in call($0, $1, $2) }
        siluBackward = { [call = table.silu_backward] in call($0, $1, $2) }
        reluForward = { [call = table.relu_forward] in call($0, $1, $2) }
        reluBackward = { [call = table.relu_backward] in call($0, $1, $2) }
        tanhForward = { [call = table.tanh_forward] in call($0, $1, $2) }
        tanhBackward = { [call = table.tanh_backward] in call($0, $1, $2) }
        rotate = { [call = table.rotate] in call($0, $1, $2, $3, $4, $5, $6, $7, $8) }
        gatherRows = { [call = table.gather_rows] in call($0, $1, $2, $3, $4) }
        scatterRows = { [call = table.scatter_rows] in call($0, $1, $2, $3, $4) }
        gaussianSums = { [call = table.gaussian_sums] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8)
        }
        addGaussianSums = { [call = table.add_gaussian_sums] in call($0, $1, $2, $3, $4) }
    }
}

extension Kernels<Double> {
    init(_ table: ck_kernels_f64) {
        variant = String(cString: table.variant)
        pack = { [call = table.pack] matrix, panels in
            call(
                panels.base, matrix.base, matrix.rowStep, matrix.columnStep, matrix.height,
                matrix.width)
        }
        product = { [call = table.product] product in
            var description = ck_product_f64(product)
            call(&description, product.panels)
        }
        attentionScratch = { [call = table.attention_scratch] in call($0, $1, $2) }
        attentionForward = { [call = table.attention_forward] in
            var description = ck_attention_f64($0)
            call(&description, $1, $2)
        }
        attentionBackward = { [call = table.attention_backward] in
            var description = ck_attention_f64($0)
            call(&description, $1, $2, $3, $4, $5, $6)
        }
        layerNormForward = { [call = table.layer_norm_forward] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8)
        }
        layerNormApply = { [call = table.layer_norm_apply] in call($0, $1, $2, $3, $4, $5, $6, $7) }
        layerNormBackward = { [call = table.layer_norm_backward] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)
        }
        addColumnSums = { [call = table.add_column_sums] in call($0, $1, $2, $3) }
        add = { [call = table.add] in call($0, $1, $2) }
        sumOfSquares = { [call = table.sum_of_squares] in call($0, $1) }
        geluForward = { [call = table.gelu_forward] in call($0, $1, $2) }
        geluBackward = { [call = table.gelu_backward] in call($0, $1, $2, $3) }
        crossEntropy = { [call = table.cross_entropy] in call($0, $1, $2, $3, $4, $5, $6, $7) }
        smoothedCrossEntropy = { [call = table.smoothed_cross_entropy] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8)
        }
        embeddingGather = { [call = table.embedding_gather] in call($0, $1, $2, $3, $4, $5, $6) }
        embeddingScatter = { [call = table.embedding_scatter] in call($0, $1, $2, $3, $4, $5, $6) }
        adamw = { [call = table.adamw] in call($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) }
        dropout = { [call = table.dropout] in call($0, $1, $2, $3, $4, $5) }
        cacheAppend = { [call = table.cache_append] in call($0, $1, $2, $3, $4, $5) }
        cacheAttention = { [call = table.cache_attention] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)
        }
        draw = { [call = table.draw] in call($0, $1, $2, $3) }
        rmsNormForward = { [call = table.rms_norm_forward] in call($0, $1, $2, $3, $4, $5, $6) }
        rmsNormApply = { [call = table.rms_norm_apply] in call($0, $1, $2, $3, $4, $5) }
        rmsNormBackward = { [call = table.rms_norm_backward] in
            call($0, $1, $2, $3, $4, $5, $6, $7)
        }
        siluGateForward = { [call = table.silu_gate_forward] in call($0, $1, $2, $3) }
        siluGateBackward = { [call = table.silu_gate_backward] in call($0, $1, $2, $3, $4) }
        siluForward = { [call = table.silu_forward] in call($0, $1, $2) }
        siluBackward = { [call = table.silu_backward] in call($0, $1, $2) }
        reluForward = { [call = table.relu_forward] in call($0, $1, $2) }
        reluBackward = { [call = table.relu_backward] in call($0, $1, $2) }
        tanhForward = { [call = table.tanh_forward] in call($0, $1, $2) }
        tanhBackward = { [call = table.tanh_backward] in call($0, $1, $2) }
        rotate = { [call = table.rotate] in call($0, $1, $2, $3, $4, $5, $6, $7, $8) }
        gatherRows = { [call = table.gather_rows] in call($0, $1, $2, $3, $4) }
        scatterRows = { [call = table.scatter_rows] in call($0, $1, $2, $3, $4) }
        gaussianSums = { [call = table.gaussian_sums] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8)
        }
        addGaussianSums = { [call = table.add_gaussian_sums] in call($0, $1, $2, $3, $4) }
    }
}
