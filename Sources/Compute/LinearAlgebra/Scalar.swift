import CKernels
import COpenBLAS

/// A type that engines compute with: `Float`, and `Double` where gradients are checked by finite differences.
///
/// The requirements are products and the house's C kernels; pointers and shapes as in `CKernelsTable.h`.
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

    /// Kernels whose products round their factors.
    static func attentionForward(_ precision: Precision) -> Kernels<Self>.AttentionForward
    static func attentionBackward(_ precision: Precision) -> Kernels<Self>.AttentionBackward
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

    @usableFromInline package static func attentionForward(
        _ precision: Precision
    ) -> Kernels<Float>.AttentionForward {
        switch precision {
        case .float32: kernels.attentionForward
        case .bfloat16: BFloat16Kernels.current.attentionForward
        }
    }

    @usableFromInline package static func attentionBackward(
        _ precision: Precision
    ) -> Kernels<Float>.AttentionBackward {
        switch precision {
        case .float32: kernels.attentionBackward
        case .bfloat16: BFloat16Kernels.current.attentionBackward
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
        guard case .matrix(let b) = product.b else {
            kernels.product(product)
            return
        }
        let (a, c) = (product.a, product.c)
        for row in 0..<c.rows {
            let start = product.base.map { $0.base + row * $0.stride }
            for column in 0..<c.columns {
                c.base[row * c.stride + column] =
                    (start?[column] ?? 0) + (product.bias?[column] ?? 0)
            }
        }
        cblas_dgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
            b.isTransposed ? CblasTrans : CblasNoTrans, blasint(c.rows), blasint(c.columns),
            blasint(a.width), 1, a.base, blasint(a.stride), b.base, blasint(b.stride), 1, c.base,
            blasint(c.stride))
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

    @usableFromInline package static func attentionForward(
        _ precision: Precision
    ) -> Kernels<Double>.AttentionForward {
        precondition(precision == .float32, "doubles are not rounded to bfloat16")
        return kernels.attentionForward
    }

    @usableFromInline package static func attentionBackward(
        _ precision: Precision
    ) -> Kernels<Double>.AttentionBackward {
        precondition(precision == .float32, "doubles are not rounded to bfloat16")
        return kernels.attentionBackward
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
