import CKernels

/// The C kernels for one type at one instruction set.
///
/// What each computes, and the order of its arguments, stands in `CKernelsTable.h`. All variants give the same bits.
@usableFromInline package struct Kernels<Element: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline package typealias Mutable = UnsafeMutablePointer<Element>
    @usableFromInline package typealias Constant = UnsafePointer<Element>
    @usableFromInline package typealias AttentionForward =
        @Sendable (HeadAttention<Element>, Mutable, Int) -> Void
    @usableFromInline package typealias AttentionBackward =
        @Sendable (
            HeadAttention<Element>, Constant, Int, Mutable, Mutable, Mutable, Int32
        ) -> Void

    /// The instruction set: `x86-64-v4`, `x86-64-v3` or `plain`.
    package let variant: String
    package let pack: @Sendable (MatrixView<Element>, Panels<Element>) -> Void
    package let product: @Sendable (MatrixProduct<Element>) -> Void
    /// Elements that attention over a length and a head's width needs beside its arguments; 1 for the backward pass.
    package let attentionScratch: @Sendable (Int, Int, Int32) -> Int
    package let attentionForward: AttentionForward
    package let attentionBackward: AttentionBackward
    package let layerNormForward:
        @Sendable (
            Mutable, Mutable, Mutable, Constant, Constant, Constant, Int, Int, Element
        ) -> Void
    package let layerNormApply:
        @Sendable (
            Mutable, Constant, Constant, Constant, Constant, Constant, Int, Int
        ) -> Void
    package let layerNormBackward:
        @Sendable (
            Mutable, Mutable, Mutable, Constant, Constant, Constant, Constant, Constant, Int, Int
        ) -> Void
    package let addColumnSums: @Sendable (Mutable, Constant, Int, Int) -> Void
    package let add: @Sendable (Mutable, Constant, Int) -> Void
    package let sumOfSquares: @Sendable (Constant, Int) -> Double
    package let geluForward: @Sendable (Mutable, Constant, Int) -> Void
    package let geluBackward: @Sendable (Mutable, Mutable, Constant, Int) -> Void
    package let causalSoftmaxForward: @Sendable (Mutable, Int, Int, Int, Int) -> Void
    package let causalSoftmaxBackward: @Sendable (Mutable, Constant, Int, Int, Int, Int) -> Void
    package let crossEntropy:
        @Sendable (
            Mutable, UnsafeMutablePointer<Double>, UnsafePointer<Int32>, Constant, Int, Int, Int,
            Int32
        ) -> Void
    package let smoothedCrossEntropy:
        @Sendable (
            Mutable, UnsafeMutablePointer<Double>, UnsafePointer<Int32>, Constant, Int, Int, Int,
            Double, Double
        ) -> Void
    package let embeddingGather:
        @Sendable (
            Mutable, Constant, Constant, UnsafePointer<Int32>, UnsafePointer<Int32>, Int, Int
        ) -> Void
    package let embeddingScatter:
        @Sendable (
            Mutable, Mutable, Constant, UnsafePointer<Int32>, UnsafePointer<Int32>, Int, Int
        ) -> Void
    package let adamw:
        @Sendable (
            Mutable, Constant, Mutable, Mutable, Int, Element, Element, Element, Element, Element,
            Element, Element
        ) -> Void
    package let dropout: @Sendable (Mutable, Int, UInt64, UInt64, UInt32, Element) -> Void
    package let cacheAppend: @Sendable (Mutable, Mutable, Constant, Constant, Int, Int) -> Void
    package let cacheAttention:
        @Sendable (
            Mutable, Constant, Constant, Constant, Mutable, Int, Int, Int, Int, Element
        ) -> Void
    package let draw: @Sendable (Mutable, Int, Element, Double) -> Int
    package let rmsNormForward:
        @Sendable (Mutable, Mutable, Constant, Constant, Int, Int, Element) -> Void
    package let rmsNormApply: @Sendable (Mutable, Constant, Constant, Constant, Int, Int) -> Void
    package let rmsNormBackward:
        @Sendable (Mutable, Mutable, Constant, Constant, Constant, Constant, Int, Int) -> Void
    package let siluGateForward: @Sendable (Mutable, Constant, Int, Int) -> Void
    package let siluGateBackward: @Sendable (Mutable, Mutable, Constant, Int, Int) -> Void
    package let rotate:
        @Sendable (
            Mutable, Constant, Constant, UnsafePointer<Int32>, Int, Int, Int, Int, Element
        ) -> Void
    package let gatherRows: @Sendable (Mutable, Constant, UnsafePointer<Int32>, Int, Int) -> Void
    package let scatterRows: @Sendable (Mutable, Constant, UnsafePointer<Int32>, Int, Int) -> Void
    package let gaussianSums:
        @Sendable (
            Mutable, Mutable, Constant, Int, Constant, Constant?, Int, Int, Element
        ) -> Void
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
        causalSoftmaxForward = { [call = table.causal_softmax_forward] in call($0, $1, $2, $3, $4) }
        causalSoftmaxBackward = { [call = table.causal_softmax_backward] in
            call($0, $1, $2, $3, $4, $5)
        }
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
        causalSoftmaxForward = { [call = table.causal_softmax_forward] in call($0, $1, $2, $3, $4) }
        causalSoftmaxBackward = { [call = table.causal_softmax_backward] in
            call($0, $1, $2, $3, $4, $5)
        }
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
        rotate = { [call = table.rotate] in call($0, $1, $2, $3, $4, $5, $6, $7, $8) }
        gatherRows = { [call = table.gather_rows] in call($0, $1, $2, $3, $4) }
        scatterRows = { [call = table.scatter_rows] in call($0, $1, $2, $3, $4) }
        gaussianSums = { [call = table.gaussian_sums] in
            call($0, $1, $2, $3, $4, $5, $6, $7, $8)
        }
        addGaussianSums = { [call = table.add_gaussian_sums] in call($0, $1, $2, $3, $4) }
    }
}
