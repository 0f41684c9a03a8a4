import CKernels
import COpenBLAS

/// A type that engines compute with: `Float`, and `Double` where gradients are checked by finite
/// differences.
///
/// The requirements are products and the C kernels of `CKernels`; pointers and shapes as in
/// `CKernelsTable.h`.
@usableFromInline package protocol Scalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// A product on the calling thread.
    static func multiply(_ product: MatrixProduct<Self>)

    /// Cuts a matrix into panels.
    static func pack(_ matrix: MatrixView<Self>, into panels: Panels<Self>)

    /// c = alpha a b + beta c by the machine's BLAS.
    static func gemm(
        _ a: MatrixView<Self>, _ b: MatrixView<Self>, into c: MatrixView<Self>, alpha: Self,
        beta: Self)

    /// The kernels for this machine.
    static var kernels: Kernels<Self> { get }

    /// Attention of one head into `out`, whose rows lie `stride` apart, with products of rounded
    /// factors.
    static func attend(
        _ head: HeadAttention<Self>, into out: UnsafeMutablePointer<Self>, stride: Int,
        precision: Precision)

    /// The gradient of what ``attend(_:into:stride:precision:)`` was given, from that of its
    /// output. Where heads share keys, all but the first are `adding` to the gradient of keys and
    /// values.
    static func attendBackward(
        _ head: HeadAttention<Self>, gradient: UnsafePointer<Self>, stride: Int,
        query: UnsafeMutablePointer<Self>, key: UnsafeMutablePointer<Self>,
        value: UnsafeMutablePointer<Self>, adding: Bool, precision: Precision)
}

extension Float: Scalar {
    @usableFromInline package static func multiply(_ product: MatrixProduct<Float>) {
        switch product.precision {
        case .float32: kernels.product(product)
        case .bfloat16: BFloat16Kernels.current.product(product)
        }
    }

    @usableFromInline package static func pack(
        _ matrix: MatrixView<Float>, into panels: Panels<Float>
    ) {
        switch panels.precision {
        case .float32: kernels.pack(matrix, panels)
        case .bfloat16: BFloat16Kernels.current.pack(matrix, panels)
        }
    }

    @usableFromInline package static let kernels: Kernels<Float> = {
        ComputeEnvironment.prepare()
        return Kernels(ck_kernels_float().pointee)
    }()

    @usableFromInline package static func attend(
        _ head: HeadAttention<Float>, into out: UnsafeMutablePointer<Float>, stride: Int,
        precision: Precision
    ) {
        switch precision {
        case .float32: kernels.attentionForward(head, out, stride)
        case .bfloat16: BFloat16Kernels.current.attentionForward(head, out, stride)
        }
    }

    @usableFromInline package static func attendBackward(
        _ head: HeadAttention<Float>, gradient: UnsafePointer<Float>, stride: Int,
        query: UnsafeMutablePointer<Float>, key: UnsafeMutablePointer<Float>,
        value: UnsafeMutablePointer<Float>, adding: Bool, precision: Precision
    ) {
        let adding: Int32 = adding ? 1 : 0
        switch precision {
        case .float32:
            kernels.attentionBackward(head, gradient, stride, query, key, value, adding)
        case .bfloat16:
            BFloat16Kernels.current.attentionBackward(
                head, gradient, stride, query, key, value, adding)
        }
    }

    /// The kernels of every instruction set that this machine has, the best first.
    package static var kernelVariants: [Kernels<Float>] {
        var variants: [Kernels<Float>] = []
        while let table = ck_variant_float(variants.count) {
            variants.append(Kernels(table.pointee))
        }
        return variants
    }
}

extension Double: Scalar {
    @usableFromInline package static func multiply(_ product: MatrixProduct<Double>) {
        precondition(product.precision == .float32, "doubles are not rounded to bfloat16")
        kernels.product(product)
    }

    @usableFromInline package static func pack(
        _ matrix: MatrixView<Double>, into panels: Panels<Double>
    ) {
        kernels.pack(matrix, panels)
    }

    @usableFromInline package static let kernels: Kernels<Double> = {
        ComputeEnvironment.prepare()
        return Kernels(ck_kernels_double().pointee)
    }()

    @usableFromInline package static func attend(
        _ head: HeadAttention<Double>, into out: UnsafeMutablePointer<Double>, stride: Int,
        precision: Precision
    ) {
        precondition(precision == .float32, "doubles are not rounded to bfloat16")
        kernels.attentionForward(head, out, stride)
    }

    @usableFromInline package static func attendBackward(
        _ head: HeadAttention<Double>, gradient: UnsafePointer<Double>, stride: Int,
        query: UnsafeMutablePointer<Double>, key: UnsafeMutablePointer<Double>,
        value: UnsafeMutablePointer<Double>, adding: Bool, precision: Precision
    ) {
        precondition(precision == .float32, "doubles are not rounded to bfloat16")
        kernels.attentionBackward(head, gradient, stride, query, key, value, adding ? 1 : 0)
    }

    /// The kernels of every instruction set that this machine has, the best first.
    package static var kernelVariants: [Kernels<Double>] {
        var variants: [Kernels<Double>] = []
        while let table = ck_variant_double(variants.count) {
            variants.append(Kernels(table.pointee))
        }
        return variants
    }
}
