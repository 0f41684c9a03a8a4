import Compute
import Testing

@Suite struct MatrixProductTests {
    @Test(arguments: 0..<60)
    func agreesWithTheDefinition(seed: UInt64) {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        let (m, n, k) = (1 + random.below(20), 1 + random.below(20), 1 + random.below(20))
        func matrix(_ rows: Int, _ columns: Int, _ extra: Int) -> Buffer<Double> {
            Buffer((0..<rows * (columns + extra)).map { _ in random.normal() })
        }
        let isATransposed = random.below(2) == 1
        let isBTransposed = random.below(2) == 1
        let adding = random.below(2) == 1
        let (aRows, aColumns) = isATransposed ? (k, m) : (m, k)
        let (bRows, bColumns) = isBTransposed ? (n, k) : (k, n)
        // Rows lie further apart than they are long.
        let a = matrix(aRows, aColumns, 3)
        let b = matrix(bRows, bColumns, 2)
        let c = matrix(m, n, 1)
        let before = c.array()
        let left = MatrixView(a.base, rows: aRows, columns: aColumns, stride: aColumns + 3)
        let right = MatrixView(b.base, rows: bRows, columns: bColumns, stride: bColumns + 2)
        multiply(
            isATransposed ? left.transposed : left, isBTransposed ? right.transposed : right,
            into: MatrixView(c.base, rows: m, columns: n, stride: n + 1), scale: 0.5,
            adding: adding)
        for i in 0..<m {
            for j in 0..<n {
                var sum = 0.0
                for l in 0..<k {
                    let x = isATransposed ? a[l * (m + 3) + i] : a[i * (k + 3) + l]
                    let y = isBTransposed ? b[j * (k + 2) + l] : b[l * (n + 2) + j]
                    sum += x * y
                }
                let expected = 0.5 * sum + (adding ? before[i * (n + 1) + j] : 0)
                #expect(abs(c[i * (n + 1) + j] - expected) < 1e-12, "seed \(seed)")
            }
            #expect(c[i * (n + 1) + n] == before[i * (n + 1) + n], "seed \(seed): beyond the row")
        }
    }

    /// Some builds of OpenBLAS compute wrongly when several threads call them; ours must not.
    @Test func concurrentProductsAreEqual() {
        let (m, n, k) = (64, 96, 48)
        var random = RandomStream(RandomKey(seed: 1, purpose: .test))
        let a = Buffer((0..<m * k).map { _ in random.uniformFloat() })
        let b = Buffer((0..<k * n).map { _ in random.uniformFloat() })
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
        #expect(["x86-64-v4", "x86-64-v3", "plain"].contains(ComputeEnvironment.kernelVariant))
    }
}
