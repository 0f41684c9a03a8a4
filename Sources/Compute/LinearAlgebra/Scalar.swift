import CKernels
import COpenBLAS

/// A type that engines compute with: `Float`, and `Double` where gradients are checked by finite differences.
///
/// The requirements are the machine's BLAS and the house's C kernels; pointers and shapes as in `CKernelsTable.h`.
@usableFromInline package protocol Scalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// c = alpha a b + beta c on the calling thread; shapes have been checked.
    static func gemm(
        _ a: MatrixView<Self>, _ b: MatrixView<Self>, into c: MatrixView<Self>, alpha: Self,
        beta: Self)

    /// The kernels for this machine.
    static var kernels: Kernels<Self> { get }
}

extension Float: Scalar {
    @usableFromInline package static func gemm(
        _ a: MatrixView<Float>, _ b: MatrixView<Float>, into c: MatrixView<Float>, alpha: Float,
        beta: Float
    ) {
        cblas_sgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
            b.isTransposed ? CblasTrans : CblasNoTrans, blasint(c.rows), blasint(c.columns),
            blasint(a.width), alpha, a.base, blasint(a.stride), b.base, blasint(b.stride), beta,
            c.base, blasint(c.stride))
    }

    @usableFromInline package static let kernels: Kernels<Float> = {
        ComputeEnvironment.prepare()
        return Kernels(ck_kernels_float().pointee)
    }()

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
    @usableFromInline package static func gemm(
        _ a: MatrixView<Double>, _ b: MatrixView<Double>, into c: MatrixView<Double>,
        alpha: Double, beta: Double
    ) {
        cblas_dgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
            b.isTransposed ? CblasTrans : CblasNoTrans, blasint(c.rows), blasint(c.columns),
            blasint(a.width), alpha, a.base, blasint(a.stride), b.base, blasint(b.stride), beta,
            c.base, blasint(c.stride))
    }

    @usableFromInline package static let kernels: Kernels<Double> = {
        ComputeEnvironment.prepare()
        return Kernels(ck_kernels_double().pointee)
    }()

    /// The kernels of every instruction set that this machine has, the best first.
    package static var kernelVariants: [Kernels<Double>] {
        var variants: [Kernels<Double>] = []
        while let table = ck_variant_double(variants.count) {
            variants.append(Kernels(table.pointee))
        }
        return variants
    }
}
