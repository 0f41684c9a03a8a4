import Compute
import Testing

/// Attention of one head: every variant gives the same bits, which agree with the definition in
/// double precision.
@Suite struct AttentionTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        var length: Int
        var width: Int
        /// Tokens of a document; rows see their own only.
        var document: Int?
        var isDropping = false
        var isAdding = false

        var testDescription: String {
            "\(length) x \(width), documents \(document ?? 0), \(isDropping) \(isAdding)"
        }

        static let all = [
            Case(length: 1, width: 8), Case(length: 70, width: 32),
            Case(length: 130, width: 20, document: 17), Case(length: 65, width: 64, isAdding: true),
            Case(length: 200, width: 48, isDropping: true),
            Case(length: 64, width: 16, document: 30, isDropping: true, isAdding: true),
        ]
    }

    /// Rows of queries, keys and values of one head, and the gradient of what it attends to.
    private struct Input {
        let query: [Float]
        let key: [Float]
        let value: [Float]
        let gradient: [Float]
        let first: [Int32]

        init(_ test: Case) {
            var random = RandomStream(RandomKey(seed: 3, purpose: .test))
            func normals() -> [Float] {
                (0..<test.length * (test.width + 3)).map { _ in Float(random.normal()) }
            }
            (query, key, value, gradient) = (normals(), normals(), normals(), normals())
            first = (0..<test.length).map { row in
                Int32(test.document.map { row / $0 * $0 } ?? 0)
            }
        }
    }

    private static let dropout = HeadAttention<Float>.Dropout(
        key: 5, site: 40, threshold: 0x4000_0000, scale: 4 / 3)

    /// The output, and the gradients of queries, keys and values, which start from 1.
    private func results(
        _ test: Case, _ input: Input, _ forward: Kernels<Float>.AttentionForward,
        _ backward: Kernels<Float>.AttentionBackward
    ) -> [[Float]] {
        let stride = test.width + 3
        let query = Buffer(input.query)
        let key = Buffer(input.key)
        let value = Buffer(input.value)
        let gradient = Buffer(input.gradient)
        let first = Buffer(input.first)
        let ones = Array(repeating: Float(1), count: test.length * stride)
        let out = Buffer(ones)
        let dQuery = Buffer(ones)
        let dKey = Buffer(ones)
        let dValue = Buffer(ones)
        // What lies in the scratch memory must not matter.
        let scratch = Buffer(
            Array(
                repeating: Float.nan,
                count: Float.kernels.attentionScratch(test.length, test.width, 1)))
        let attention = HeadAttention(
            query: query.base, key: key.base, value: value.base, queryStride: stride,
            keyStride: stride, length: test.length, width: test.width,
            scale: 1 / Float(test.width).squareRoot(),
            first: test.document == nil ? nil : UnsafePointer(first.base),
            dropout: test.isDropping ? Self.dropout : nil, scratch: scratch.base)
        forward(attention, out.base, stride)
        backward(
            attention, gradient.base, stride, dQuery.base, dKey.base, dValue.base,
            test.isAdding ? 1 : 0)
        return [out.array(), dQuery.array(), dKey.array(), dValue.array()]
    }

    /// The same by the definition.
    private func expected(_ test: Case, _ input: Input) -> [[Double]] {
        let (length, width, stride) = (test.length, test.width, test.width + 3)
        let scale = 1 / Double(width).squareRoot()
        var result = Array(
            repeating: Array(repeating: 1.0, count: length * stride), count: 4)
        for row in 0..<length {
            for j in 0..<width { result[0][row * stride + j] = 0 }
            for j in 0..<width { result[1][row * stride + j] = 0 }
            if test.isAdding { continue }
            for j in 0..<width { result[2][row * stride + j] = 0 }
            for j in 0..<width { result[3][row * stride + j] = 0 }
        }
        func dot(_ a: [Float], _ i: Int, _ b: [Float], _ k: Int) -> Double {
            (0..<width).reduce(0) {
                $0 + Double(a[i * stride + $1]) * Double(b[k * stride + $1])
            }
        }
        for row in 0..<length {
            let mask = Buffer(Array(repeating: Float(1), count: (row + 16) / 16 * 16))
            if test.isDropping {
                let dropout = Self.dropout
                Float.kernels.dropout(
                    mask.base, mask.count, dropout.key, dropout.site + UInt64(row),
                    dropout.threshold, dropout.scale)
            }
            let seen = Int(input.first[row])...row
            let weights = seen.map {
                Elementary.exp(scale * dot(input.query, row, input.key, $0))
            }
            let sum = weights.reduce(0, +)
            var gradients: [Double] = []
            for (column, weight) in zip(seen, weights) {
                let p = weight / sum * Double(mask[column])
                for j in 0..<width {
                    result[0][row * stride + j] += p * Double(input.value[column * stride + j])
                    result[3][column * stride + j] += p * Double(input.gradient[row * stride + j])
                }
                gradients.append(
                    Double(mask[column]) * dot(input.gradient, row, input.value, column))
            }
            let mean = zip(weights, gradients).reduce(0) { $0 + $1.0 / sum * $1.1 }
            for (index, column) in seen.enumerated() {
                let ds = weights[index] / sum * (gradients[index] - mean) * scale
                for j in 0..<width {
                    result[1][row * stride + j] += ds * Double(input.key[column * stride + j])
                    result[2][column * stride + j] += ds * Double(input.query[row * stride + j])
                }
            }
        }
        return result
    }

    private func expectEqualBits(_ results: [[[Float]]]) {
        for result in results.dropFirst() {
            for part in 0..<4 {
                #expect(result[part].map(\.bitPattern) == results[0][part].map(\.bitPattern))
            }
        }
    }

    @Test(arguments: Case.all)
    private func followsItsDefinition(test: Case) {
        let input = Input(test)
        let variants = Float.kernelVariants.map {
            results(test, input, $0.attentionForward, $0.attentionBackward)
        }
        expectEqualBits(variants)
        for (part, expected) in expected(test, input).enumerated() {
            for (value, reference) in zip(variants[0][part], expected) {
                #expect(abs(Double(value) - reference) < 2e-5 * max(1, abs(reference)))
            }
        }
    }

    /// With factors rounded to eight bits the results are as far off as that makes them, and no
    /// variant differs.
    @Test(arguments: Case.all)
    private func roundsToBFloat16(test: Case) {
        let input = Input(test)
        let variants = BFloat16Kernels.variants.map {
            results(test, input, $0.attentionForward, $0.attentionBackward)
        }
        expectEqualBits(variants)
        for (part, expected) in expected(test, input).enumerated() {
            var (error, size) = (0.0, 0.0)
            for (value, reference) in zip(variants[0][part], expected) {
                error += (Double(value) - reference) * (Double(value) - reference)
                size += reference * reference
            }
            #expect(error < 1e-4 * size)
            #expect(error > 0 || test.length == 1)
        }
    }

    /// Decoding one token at a time gives the bits that a whole sequence gives.
    @Test(arguments: [8, 16, 20, 32, 64])
    func cachedAttentionHasTheSameBits(width: Int) {
        let (heads, length) = (3, 150)
        let d = heads * width
        let scale = 1 / Float(width).squareRoot()
        var random = RandomStream(RandomKey(seed: 4, purpose: .test))
        let rows = Buffer((0..<length * 3 * d).map { _ in Float(random.normal()) })
        let whole = Buffer<Float>(count: length * d)
        let row = Buffer<Float>(count: d)
        let keys = Buffer<Float>(count: (length + 15) / 16 * 16 * d)
        let values = Buffer<Float>(count: length * d)
        let scores = Buffer<Float>(count: heads * (length + 15) / 16 * 16)
        for kernels in Float.kernelVariants {
            let scratch = Buffer<Float>(count: kernels.attentionScratch(length, width, 0))
            for head in 0..<heads {
                let query = UnsafePointer(rows.base + head * width)
                kernels.attentionForward(
                    HeadAttention(
                        query: query, key: query + d, value: query + 2 * d, queryStride: 3 * d,
                        keyStride: 3 * d, length: length, width: width, scale: scale,
                        scratch: scratch.base), whole.base + head * width, d)
            }
            let expected = whole.array()
            for position in 0..<length {
                let query = UnsafePointer(rows.base + position * 3 * d)
                kernels.cacheAppend(
                    keys.base, values.base, query + d, query + 2 * d, position, d)
                kernels.cacheAttention(
                    row.base, query, keys.base, values.base, scores.base, heads, heads, width,
                    position + 1, scale)
                #expect(
                    row.array() == Array(expected[position * d..<(position + 1) * d]),
                    "position \(position), \(kernels.variant)")
            }
        }
    }
}
