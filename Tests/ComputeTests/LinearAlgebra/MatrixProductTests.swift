import Compute
import Testing

@Suite struct MatrixProductTests {
    /// A product of random shape and layout, its factors' rows further apart than they are long.
    private struct Case<S: Scalar> where S: BinaryFloatingPoint {
        let left: MatrixView<S>
        let right: MatrixView<S>
        let bias: UnsafePointer<S>?
        let isAdding: Bool
        let (m, n, k): (Int, Int, Int)
        let start: [S]
        private let buffers: [SharedBuffer<S>]

        init(seed: UInt64, largest: Int) {
            var random = RandomStream(RandomKey(seed: seed, purpose: .test))
            let (m, n, k) = (
                1 + random.below(largest), 1 + random.below(largest), 1 + random.below(largest)
            )
            func matrix(_ rows: Int, _ columns: Int) -> (MatrixView<S>, SharedBuffer<S>) {
                let stride = columns + random.below(4)
                let values = (0..<rows * stride).map { _ in S(random.normal()) }
                let buffer = SharedBuffer(Buffer(values))
                return (
                    MatrixView(reading: buffer.base, rows: rows, columns: columns, stride: stride),
                    buffer
                )
            }
            let isTransposed = (random.below(2) == 1, random.below(2) == 1)
            let a = isTransposed.0 ? matrix(k, m) : matrix(m, k)
            let b = isTransposed.1 ? matrix(n, k) : matrix(k, n)
            let row = matrix(1, n)
            left = isTransposed.0 ? a.0.transposed : a.0
            right = isTransposed.1 ? b.0.transposed : b.0
            bias = random.below(2) == 1 ? row.1.base : nil
            isAdding = random.below(2) == 1
            (self.m, self.n, self.k) = (m, n, k)
            // One element beyond each row, which a product must not touch.
            start = (0..<m * (n + 1)).map { _ in S(random.normal()) }
            buffers = [a.1, b.1, row.1]
        }

        /// What `compute` leaves, given the result's matrix and what its sums start from.
        func result(_ compute: (MatrixView<S>, MatrixView<S>?) -> Void) -> [S] {
            let c = Buffer(start)
            let view = MatrixView(c.base, rows: m, columns: n, stride: n + 1)
            compute(view, isAdding ? view : nil)
            return c.array()
        }

        /// The sums of `terms`, from what they start from on.
        func reference(_ sum: (_ row: Int, _ column: Int, _ start: S) -> S) -> [S] {
            var result = start
            for i in 0..<m {
                for j in 0..<n {
                    let first = (isAdding ? start[i * (n + 1) + j] : 0) + (bias?[j] ?? 0)
                    result[i * (n + 1) + j] = sum(i, j, first)
                }
            }
            return result
        }

        func a(_ i: Int, _ l: Int) -> S { Self.element(left, i, l) }
        func b(_ l: Int, _ j: Int) -> S { Self.element(right, l, j) }

        private static func element(_ matrix: MatrixView<S>, _ row: Int, _ column: Int) -> S {
            let (i, j) = matrix.isTransposed ? (column, row) : (row, column)
            return matrix.base[i * matrix.stride + j]
        }
    }

    @Test(arguments: 0..<60)
    func doublesAgreeWithTheDefinition(seed: UInt64) {
        let test = Case<Double>(seed: seed, largest: 20)
        let result = test.result { c, base in
            multiply(test.left, test.right, into: c, base: base, bias: test.bias)
        }
        let expected = test.reference { i, j, start in
            (0..<test.k).reduce(start) { $0 + test.a(i, $1) * test.b($1, j) }
        }
        for (value, reference) in zip(result, expected) {
            #expect(abs(value - reference) < 1e-12, "seed \(seed)")
        }
    }

    /// Single precision has bits that anybody can compute: a chain of fused multiply-adds. Every
    /// tenth case is larger than any block.
    @Test(arguments: 0..<40)
    func floatsAreChainsOfFusedMultiplyAdds(seed: UInt64) {
        let test = Case<Float>(seed: seed, largest: seed % 10 == 0 ? 600 : 80)
        let expected = test.reference { i, j, start in
            (0..<test.k).reduce(start) { $0.addingProduct(test.a(i, $1), test.b($1, j)) }
        }
        let memory = Buffer<Float>(
            count: Panels<Float>.count(height: test.k, width: test.n, precision: .float32))
        let panels = Panels(memory.base, height: test.k, width: test.n)
        for kernels in Float.kernelVariants {
            kernels.pack(test.right, panels)
            for factor in [RightFactor.matrix(test.right), .panels(panels)] {
                let result = test.result { c, base in
                    kernels.product(
                        MatrixProduct(c: c, a: test.left, b: factor, base: base, bias: test.bias))
                }
                #expect(result == expected, "seed \(seed), \(kernels.variant)")
            }
        }
    }

    /// The same for factors rounded to bfloat16: pairs along the inner dimension, the second of a
    /// pair first.
    @Test(arguments: 0..<40)
    func bfloat16ProductsAreChainsOfPairs(seed: UInt64) {
        func rounded(_ value: Float) -> Float {
            let bits = value.bitPattern
            return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
        }
        let test = Case<Float>(seed: seed, largest: seed % 10 == 0 ? 600 : 80)
        let expected = test.reference { i, j, start in
            stride(from: 0, to: test.k, by: 2).reduce(start) { sum, l in
                func term(_ l: Int, _ sum: Float) -> Float {
                    sum.addingProduct(rounded(test.a(i, l)), rounded(test.b(l, j)))
                }
                return term(l, l + 1 < test.k ? term(l + 1, sum) : sum)
            }
        }
        let memory = Buffer<Float>(
            count: Panels<Float>.count(height: test.k, width: test.n, precision: .bfloat16))
        let panels = Panels(
            memory.base, height: test.k, width: test.n, precision: .bfloat16)
        for kernels in BFloat16Kernels.variants {
            kernels.pack(test.right, panels)
            for factor in [RightFactor.matrix(test.right), .panels(panels)] {
                let result = test.result { c, base in
                    kernels.product(
                        MatrixProduct(
                            c: c, a: test.left, b: factor, base: base, bias: test.bias,
                            precision: .bfloat16))
                }
                #expect(result == expected, "seed \(seed), \(kernels.variant)")
            }
        }
    }

    /// What falls below the normal range becomes zero, as the processor's instruction has it, and
    /// what is not a number stays.
    @Test(arguments: BFloat16Kernels.variants)
    func bfloat16BearsAnyNumber(kernels: BFloat16Kernels) {
        func product(_ a: Float, _ b: Float) -> Float {
            let x = Buffer([a, 0])
            let y = Buffer([b, 0])
            let z = Buffer<Float>(count: 1)
            kernels.product(
                MatrixProduct(
                    c: MatrixView(z.base, rows: 1, columns: 1),
                    a: MatrixView(x.base, rows: 1, columns: 2),
                    b: .matrix(MatrixView(y.base, rows: 2, columns: 1)), precision: .bfloat16))
            return z[0]
        }
        #expect(product(1e-30, 1e-30) == 0)
        #expect(product(Float.leastNormalMagnitude / 2, 0x1p100) == 0)
        #expect(product(0x1p-126, 1) == 0x1p-126)
        #expect(product(.infinity, -1) == -.infinity)
        #expect(product(.nan, 1).isNaN)
        #expect(product(Float(bitPattern: 0x7f80_0001), 1).isNaN)
        #expect(product(.greatestFiniteMagnitude, 1) == .infinity)
        #expect(product(1 + 0x1p-8, 1) == 1)
        #expect(product(1 + 0x1.8p-7, 1) == 1 + 0x1p-6)
    }

    /// A row has the same bits whether it is computed alone or among others.
    @Test(arguments: [Precision.float32, .bfloat16])
    func rowsDoNotDependOnTheirNumber(precision: Precision) {
        var random = RandomStream(RandomKey(seed: 7, purpose: .test))
        let (m, n, k) = (300, 70, 530)
        let a = Buffer((0..<m * k).map { _ in Float(random.normal()) })
        let b = Buffer((0..<k * n).map { _ in Float(random.normal()) })
        func product(_ rows: Range<Int>) -> [Float] {
            let c = Buffer<Float>(count: rows.count * n)
            multiply(
                MatrixView(a.base + rows.lowerBound * k, rows: rows.count, columns: k),
                MatrixView(b.base, rows: k, columns: n),
                into: MatrixView(c.base, rows: rows.count, columns: n), precision: precision)
            return c.array()
        }
        let all = product(0..<m)
        for rows in [0..<1, 5..<18, 11..<300, 299..<300, 100..<164] {
            #expect(product(rows) == Array(all[rows.lowerBound * n..<rows.upperBound * n]))
        }
    }

    /// Some builds of OpenBLAS compute wrongly when several threads call them; ours must not.
    @Test func concurrentProductsAreEqual() {
        let (m, n, k) = (64, 96, 48)
        var random = RandomStream(RandomKey(seed: 1, purpose: .test))
        let a = Buffer((0..<m * k).map { _ in Float(random.uniform()) })
        let b = Buffer((0..<k * n).map { _ in Float(random.uniform()) })
        let left = MatrixView(a.base, rows: m, columns: k)
        let right = MatrixView(b.base, rows: k, columns: n)
        let expected = Buffer<Float>(count: m * n)
        multiply(left, right, into: MatrixView(expected.base, rows: m, columns: n))
        let pool = WorkerPool(count: 4)
        let results = Buffer<Float>(count: 4 * m * n)
        let wrong = Buffer<Int>(count: 400)
        let (reference, outputs, errors) = (expected.base, results.base, wrong.base)
        pool.perform(tasks: 400) { task, worker in
            let output = outputs + worker * m * n
            multiply(left, right, into: MatrixView(output, rows: m, columns: n))
            for index in 0..<m * n where output[index] != reference[index] { errors[task] += 1 }
        }
        #expect(wrong.array().allSatisfy { $0 == 0 })
    }

    @Test func fingerprintNamesBuildAndKernels() {
        #expect(ComputeEnvironment.fingerprint.hasPrefix("OpenBLAS"))
        #expect(ComputeEnvironment.fingerprint.contains(ComputeEnvironment.coreName))
    }
}
