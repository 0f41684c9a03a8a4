import COpenBLAS

/// c = scale a b, or c += scale a b where `adding`, by the machine's BLAS on the calling thread.
@inlinable package func multiply<S: Scalar>(
    _ a: MatrixView<S>, _ b: MatrixView<S>, into c: MatrixView<S>, scale: S, adding: Bool = false
) {
    S.gemm(a, b, into: c, alpha: scale, beta: adding ? 1 : 0)
}

/// c += a b
@inlinable package func multiply<S: Scalar>(
    _ a: MatrixView<S>, _ b: MatrixView<S>, into c: MatrixView<S>, adding: Bool
) {
    multiply(a, b, into: c, base: adding ? c : nil)
}

extension Float {
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
}

extension Double {
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
}
