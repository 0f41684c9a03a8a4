import CKernels

// The arguments of the kernels that take many, as C sees them.

extension MatrixProduct {
    /// The right factor where it is a matrix, and where it is in panels.
    var matrix: MatrixView<Element>? {
        if case .matrix(let matrix) = b { matrix } else { nil }
    }
    var panels: UnsafePointer<Element>? {
        if case .panels(let panels) = b { UnsafePointer(panels.base) } else { nil }
    }
}

extension ck_product_f32 {
    init(_ product: MatrixProduct<Float>) {
        let (a, c) = (product.a, product.c)
        self.init(
            c: c.base, c_row: c.stride, a: a.base, a_row: a.rowStep, a_column: a.columnStep,
            b: product.matrix.map { UnsafePointer($0.base) }, b_row: product.matrix?.rowStep ?? 0,
            b_column: product.matrix?.columnStep ?? 0, m: c.rows, n: c.columns, k: a.width,
            base: product.base.map { UnsafePointer($0.base) }, base_row: product.base?.stride ?? 0,
            bias: product.bias)
    }
}

extension ck_attention_f32 {
    init(_ attention: HeadAttention<Float>) {
        let dropout = attention.dropout
        self.init(
            query: attention.query, key: attention.key, value: attention.value,
            query_row: attention.queryStride, key_row: attention.keyStride,
            length: attention.length, width: attention.width, scale: attention.scale,
            first: attention.first, dropout_key: dropout?.key ?? 0,
            dropout_site: dropout?.site ?? 0, dropout_threshold: dropout?.threshold ?? 0,
            dropout_scale: dropout?.scale ?? 1, scratch: attention.scratch)
    }
}

extension ck_product_f64 {
    init(_ product: MatrixProduct<Double>) {
        let (a, c) = (product.a, product.c)
        self.init(
            c: c.base, c_row: c.stride, a: a.base, a_row: a.rowStep, a_column: a.columnStep,
            b: product.matrix.map { UnsafePointer($0.base) }, b_row: product.matrix?.rowStep ?? 0,
            b_column: product.matrix?.columnStep ?? 0, m: c.rows, n: c.columns, k: a.width,
            base: product.base.map { UnsafePointer($0.base) }, base_row: product.base?.stride ?? 0,
            bias: product.bias)
    }
}

extension ck_attention_f64 {
    init(_ attention: HeadAttention<Double>) {
        let dropout = attention.dropout
        self.init(
            query: attention.query, key: attention.key, value: attention.value,
            query_row: attention.queryStride, key_row: attention.keyStride,
            length: attention.length, width: attention.width, scale: attention.scale,
            first: attention.first, dropout_key: dropout?.key ?? 0,
            dropout_site: dropout?.site ?? 0, dropout_threshold: dropout?.threshold ?? 0,
            dropout_scale: dropout?.scale ?? 1, scratch: attention.scratch)
    }
}
