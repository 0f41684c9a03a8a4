import CKernels

/// Products and attention whose factors are rounded to bfloat16, at one instruction set. All variants give the same bits, with instructions
/// for bfloat16 or without.
package struct BFloat16Kernels: Sendable, CustomStringConvertible {
    /// The instruction set.
    package let variant: String
    package let pack: @Sendable (MatrixView<Float>, Panels<Float>) -> Void
    package let product: @Sendable (MatrixProduct<Float>) -> Void
    package let attentionForward: Kernels<Float>.AttentionForward
    package let attentionBackward: Kernels<Float>.AttentionBackward

    package var description: String { variant }

    /// The kernels for this machine.
    static let current = BFloat16Kernels(ck_kernels_bfloat16().pointee)

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
                panels.words, matrix.base, matrix.rowStep, matrix.columnStep, matrix.height,
                matrix.width)
        }
        product = { [call = table.product] product in
            var description = ck_product_f32(product)
            if case .panels(let panels) = product.b {
                call(&description, panels.words)
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
    }
}

extension Panels<Float> {
    /// Pairs of bfloat16, one in the room of each float.
    fileprivate var words: UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(base).assumingMemoryBound(to: UInt32.self)
    }
}
