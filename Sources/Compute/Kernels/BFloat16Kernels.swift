import CKernels

/// Products and attention whose factors are rounded to bfloat16, at one instruction set. All
/// variants give the same bits, with instructions for bfloat16 or without.
package struct BFloat16Kernels: Sendable, CustomStringConvertible {
    /// The instruction set.
    package let variant: String
    /// Rounds a right factor and cuts it into panels of the same shape and of the precision
    /// `bfloat16`.
    package let pack: @Sendable (MatrixView<Float>, Panels<Float>) -> Void
    /// Computes c = base + bias + a b with a and b rounded to bfloat16 and sums in float.
    package let product: @Sendable (MatrixProduct<Float>) -> Void
    /// As ``Kernels/attentionForward``, with the factors of its products rounded; its softmax is
    /// not.
    package let attentionForward: Kernels<Float>.AttentionForward
    /// As ``Kernels/attentionBackward``, with the factors of its products rounded; its softmax is
    /// not.
    package let attentionBackward: Kernels<Float>.AttentionBackward
    /// Keys and values in pairs of bfloat16, one in the space of each float; see `CKernels.h`.
    package let cacheAppend:
        @Sendable (
            UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafePointer<Float>,
            UnsafePointer<Float>, Int, Int, Int
        ) -> Void
    /// Attention of one query over cached positions, as ``Kernels/cacheAttention``, over a cache
    /// that ``cacheAppend`` wrote.
    ///
    /// Rows of scores are padded to 32 elements, and a head has at most 512.
    package let cacheAttention:
        @Sendable (
            UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>,
            UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Int, Int, Float
        ) -> Void

    package var description: String { variant }

    /// The kernels for this machine.
    package static let current = BFloat16Kernels(ck_kernels_bfloat16().pointee)

    /// The kernels of every instruction set that this machine has, the best first.
    package static var variants: [BFloat16Kernels] {
        var variants: [BFloat16Kernels] = []
        while let table = ck_variant_bfloat16(variants.count) {
            variants.append(BFloat16Kernels(table.pointee))
        }
        return variants
    }

    private init(_ table: ck_kernels_bf16) {
        variant = String(cString: table.variant)
        pack = { [call = table.pack] matrix, panels in
            call(
                words(panels.base), matrix.base, matrix.rowStep, matrix.columnStep, matrix.height,
                matrix.width)
        }
        product = { [call = table.product] product in
            var description = ck_product_f32(product)
            if case .panels(let panels) = product.b {
                call(&description, words(panels.base))
            } else {
                call(&description, nil)
            }
        }
        attentionForward = { [call = table.attention_forward] in
            var description = ck_attention_f32($0)
            call(&description, $1, $2)
        }
        attentionBackward = { [call = table.attention_backward] in
            var description = ck_attention_f32($0)
            call(&description, $1, $2, $3, $4, $5, $6)
        }
        cacheAppend = { [call = table.cache_append] in
            call(words($0), words($1), $2, $3, $4, $5, $6)
        }
        cacheAttention = { [call = table.cache_attention] in
            call($0, $1, words($2), words($3), $4, $5, $6, $7, $8, $9)
        }
    }
}

/// Pairs of bfloat16, one in the space of each float.
private func words(_ floats: UnsafePointer<Float>) -> UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(mutating: floats).assumingMemoryBound(to: UInt32.self)
}
