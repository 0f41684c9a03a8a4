import Compute
import Testing

/// The C kernels: every variant gives the same bits, and all agree with the definitions in double
/// precision.
///
/// Gradients are checked by finite differences where the layers are that use them.
@Suite struct KernelTests {
    static let counts = [1, 7, 16, 33, 64, 130]

    private func normals(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        return (0..<count).map { _ in Float(scale * random.normal()) }
    }

    /// What a computation leaves under each variant of the kernels.
    private func results(_ compute: (Kernels<Float>) -> [Float]) -> [[Float]] {
        Float.kernelVariants.map(compute)
    }

    private func expectEqualBits(_ results: [[Float]]) {
        for result in results.dropFirst() {
            #expect(result.map(\.bitPattern) == results[0].map(\.bitPattern))
        }
    }

    @Test func variantsEndWithThePlainOne() {
        #expect(Float.kernelVariants.last?.variant == "plain")
        #expect(Double.kernelVariants.count == Float.kernelVariants.count)
    }

    @Test(arguments: counts)
    func geluFollowsItsDefinition(count: Int) {
        let input = normals(count, seed: 1, scale: 4)
        let results = results { kernels in
            let x = Buffer(input)
            let out = Buffer<Float>(count: count)
            let dx = Buffer(normals(count, seed: 2))
            let again = Buffer<Float>(count: count)
            kernels.geluForward(out.base, x.base, count)
            kernels.geluBackward(dx.base, again.base, x.base, count)
            return out.array() + dx.array() + again.array()
        }
        expectEqualBits(results)
        for (index, value) in input.enumerated() {
            let x = Double(value)
            let u = 0.797_884_560_802_865_4 * (x + 0.044715 * x * x * x)
            let expected = x / (1 + Elementary.exp(-2 * u))
            #expect(abs(Double(results[0][index]) - expected) <= 1e-6 * max(1, abs(x)))
            #expect(results[0][2 * count + index] == results[0][index])
        }
    }

    @Test func geluBearsAnyFiniteNumber() {
        let input: [Float] = [-1e30, -3e4, -100, -0.0, 0, 100, 3e4, 1e10]
        let x = Buffer(input)
        let out = Buffer<Float>(count: input.count)
        Float.kernels.geluForward(out.base, x.base, input.count)
        for (value, result) in zip(input, out.array()) where abs(value) < 1e12 {
            // The exponential saturates, so what should vanish is tiny rather than zero.
            #expect(abs(result - max(0, value)) <= 1e-30)
        }
    }

    @Test(arguments: counts)
    func layerNormCentresAndScales(d: Int) {
        let rows = 3
        let (input, gain, bias) = (
            normals(rows * d, seed: 3, scale: 5), normals(d, seed: 4), normals(d, seed: 5)
        )
        let results = results { kernels in
            let x = Buffer(input)
            let g = Buffer(gain)
            let b = Buffer(bias)
            let out = Buffer<Float>(count: rows * d)
            let mean = Buffer<Float>(count: rows)
            let deviation = Buffer<Float>(count: rows)
            kernels.layerNormForward(
                out.base, mean.base, deviation.base, x.base, g.base, b.base, rows, d, 1e-5)
            let dx = Buffer<Float>(count: rows * d)
            let dg = Buffer<Float>(count: d)
            let db = Buffer<Float>(count: d)
            kernels.layerNormBackward(
                dx.base, dg.base, db.base, out.base, x.base, g.base, mean.base, deviation.base,
                rows, d)
            return out.array() + dx.array() + dg.array() + db.array()
        }
        expectEqualBits(results)
        for row in 0..<rows {
            let x = input[row * d..<(row + 1) * d].map(Double.init)
            let mean = x.reduce(0, +) / Double(d)
            let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(d)
            for j in 0..<d {
                let expected =
                    (x[j] - mean) / (variance + 1e-5).squareRoot() * Double(gain[j])
                    + Double(bias[j])
                #expect(abs(Double(results[0][row * d + j]) - expected) < 2e-4)
            }
        }
    }

    @Test(arguments: counts)
    func rootMeanSquareNormScales(d: Int) {
        let rows = 3
        let (input, gain) = (normals(rows * d, seed: 3, scale: 5), normals(d, seed: 4))
        let results = results { kernels in
            let x = Buffer(input)
            let g = Buffer(gain)
            let out = Buffer<Float>(count: rows * d)
            let again = Buffer<Float>(count: rows * d)
            let inverse = Buffer<Float>(count: rows)
            kernels.rmsNormForward(out.base, inverse.base, x.base, g.base, rows, d, 1e-5)
            kernels.rmsNormApply(again.base, inverse.base, x.base, g.base, rows, d)
            let dx = Buffer<Float>(count: rows * d)
            let dg = Buffer<Float>(count: d)
            kernels.rmsNormBackward(
                dx.base, dg.base, out.base, x.base, g.base, inverse.base, rows, d)
            #expect(again.array() == out.array())
            return out.array() + dx.array() + dg.array()
        }
        expectEqualBits(results)
        for row in 0..<rows {
            let x = input[row * d..<(row + 1) * d].map(Double.init)
            let square = x.reduce(0) { $0 + $1 * $1 } / Double(d)
            for j in 0..<d {
                let expected = x[j] / (square + 1e-5).squareRoot() * Double(gain[j])
                #expect(abs(Double(results[0][row * d + j]) - expected) < 2e-5)
            }
        }
    }

    @Test(arguments: counts)
    func gatesFollowTheirDefinition(n: Int) {
        let rows = 3
        let input = normals(2 * rows * n, seed: 14, scale: 4)
        let results = results { kernels in
            let x = Buffer(input)
            let dx = Buffer(normals(2 * rows * n, seed: 15))
            let out = Buffer<Float>(count: rows * n)
            kernels.siluGateBackward(dx.base, out.base, x.base, rows, n)
            // The output may be written over the input.
            kernels.siluGateForward(x.base, x.base, rows, n)
            #expect(x.array()[..<(rows * n)] == out.array()[...])
            return out.array() + dx.array()
        }
        expectEqualBits(results)
        for row in 0..<rows {
            for j in 0..<n {
                let gate = Double(input[2 * row * n + j])
                let expected =
                    gate / (1 + Elementary.exp(-gate)) * Double(input[2 * row * n + n + j])
                let error = abs(Double(results[0][row * n + j]) - expected)
                #expect(error < 2e-6 * max(1, abs(expected)))
            }
        }
    }

    @Test(arguments: counts)
    func activationsFollowTheirDefinitions(n: Int) {
        let input = normals(n, seed: 16, scale: 6)
        let results = results { kernels in
            let x = Buffer(input)
            let out = Buffer<Float>(count: n)
            let dx = Buffer(normals(n, seed: 17))
            var all: [Float] = []
            kernels.siluForward(out.base, x.base, n)
            kernels.siluBackward(dx.base, x.base, n)
            all += out.array() + dx.array()
            kernels.reluForward(out.base, x.base, n)
            kernels.reluBackward(dx.base, out.base, n)
            all += out.array() + dx.array()
            kernels.tanhForward(out.base, x.base, n)
            kernels.tanhBackward(dx.base, out.base, n)
            return all + out.array() + dx.array()
        }
        expectEqualBits(results)
        for (index, value) in input.enumerated() {
            let x = Double(value)
            let power = Elementary.exp(-x)
            let expected = [x / (1 + power), max(0, x), 2 / (1 + power * power) - 1]
            for (place, right) in expected.enumerated() {
                let found = Double(results[0][2 * place * n + index])
                #expect(abs(found - right) < 1e-6 * max(1, abs(right)))
            }
        }
    }

    @Test(arguments: [2, 6, 32, 40, 64])
    func rotationTurnsPairsAndBack(width: Int) {
        let (rows, heads, half) = (3, 2, width / 2)
        let ld = heads * width + 5
        let input = normals(rows * ld, seed: 16)
        let angles = normals(4 * half, seed: 17, scale: 2).map(Double.init)
        let positions: [Int32] = [2, 0, 3]
        let results = results { kernels in
            let x = Buffer(input)
            let cosine = Buffer(angles.map { Float(Elementary.cosinePi($0)) })
            let sine = Buffer(angles.map { Float(Elementary.sinePi($0)) })
            let position = Buffer(positions)
            kernels.rotate(
                x.base, cosine.base, sine.base, position.base, rows, ld, heads, width, 1)
            let turned = x.array()
            kernels.rotate(
                x.base, cosine.base, sine.base, position.base, rows, ld, heads, width, -1)
            return turned + x.array()
        }
        expectEqualBits(results)
        for row in 0..<rows {
            for column in 0..<ld {
                let index = row * ld + column
                #expect(abs(results[0][rows * ld + index] - input[index]) < 1e-5)
                let j = column % width
                guard column < heads * width, j < half else {
                    if column >= heads * width { #expect(results[0][index] == input[index]) }
                    continue
                }
                let angle = angles[Int(positions[row]) * half + j]
                let (a, b) = (Double(input[index]), Double(input[index + half]))
                let (c, s) = (Elementary.cosinePi(angle), Elementary.sinePi(angle))
                #expect(abs(Double(results[0][index]) - (a * c - b * s)) < 1e-5)
                #expect(abs(Double(results[0][index + half]) - (b * c + a * s)) < 1e-5)
            }
        }
    }

    /// Query heads that share keys and values against the same heads with copies of their own.
    @Test(arguments: [(2, 1, 6, 5), (6, 1, 16, 33), (6, 3, 40, 20), (4, 2, 32, 16)])
    func groupedAttentionIsAttention(heads: Int, keyHeads: Int, width: Int, length: Int) {
        let (d, own) = (keyHeads * width, heads * width)
        let padded = (length + 15) / 16 * 16
        let (key, value) = (normals(length * d, seed: 18), normals(length * d, seed: 19))
        func copies(_ row: ArraySlice<Float>) -> [Float] {
            (0..<heads).flatMap { head in
                let start = row.startIndex + head * keyHeads / heads * width
                return row[start..<start + width]
            }
        }
        let results = results { kernels in
            let query = Buffer(normals(own, seed: 20, scale: 2))
            func attend(_ d: Int, _ row: (ArraySlice<Float>) -> [Float]) -> [Float] {
                let keys = Buffer<Float>(count: padded * d)
                let values = Buffer<Float>(count: length * d)
                for position in 0..<length {
                    let columns = position * keyHeads * width..<(position + 1) * keyHeads * width
                    let k = Buffer(row(key[columns]))
                    let v = Buffer(row(value[columns]))
                    kernels.cacheAppend(keys.base, values.base, k.base, v.base, position, d)
                }
                let out = Buffer<Float>(count: own)
                let scores = Buffer<Float>(count: heads * padded)
                kernels.cacheAttention(
                    out.base, query.base, keys.base, values.base, scores.base, heads, d / width,
                    width, length, 0.2)
                return out.array()
            }
            let grouped = attend(d) { Array($0) }
            #expect(grouped == attend(own, copies))
            return grouped
        }
        expectEqualBits(results)
    }

    @Test(arguments: [2, 16, 29, 100])
    func crossEntropyAndItsGradient(n: Int) {
        let (rows, ld) = (4, (n + 15) / 16 * 16)
        let logits = normals(rows * ld, seed: 8, scale: 6)
        let targets = (0..<rows).map { Int32($0 * 7 % n) }
        let coefficients: [Float] = [1, 0.25, 0, 2]
        let results = results { kernels in
            let x = Buffer(logits)
            let nats = Buffer<Double>(count: rows)
            let target = Buffer(targets)
            let weight = Buffer(coefficients)
            kernels.crossEntropy(
                x.base, nats.base, target.base, weight.base, rows, n, ld, 1)
            return x.array() + nats.array().map { Float($0) }
        }
        expectEqualBits(results)
        for row in 0..<rows {
            let x = logits[row * ld..<row * ld + n].map(Double.init)
            let top = x.max() ?? 0
            let weights = x.map { Elementary.exp($0 - top) }
            let sum = weights.reduce(0, +)
            let nats = top + Elementary.log(sum) - x[Int(targets[row])]
            #expect(abs(Double(results[0][rows * ld + row]) - nats) < 1e-5)
            for j in 0..<ld {
                let p = j < n ? weights[j] / sum - (j == Int(targets[row]) ? 1 : 0) : 0
                let expected = Double(coefficients[row]) * p
                #expect(abs(Double(results[0][row * ld + j]) - expected) < 1e-6)
            }
        }
    }

    @Test(arguments: counts)
    func adamWFollowsItsDefinition(count: Int) {
        let (p, g) = (normals(count, seed: 9), normals(count, seed: 10))
        let (m, v) = (normals(count, seed: 11), normals(count, seed: 12).map { $0 * $0 })
        let results = results { kernels in
            let a = Buffer(p)
            let b = Buffer(g)
            let c = Buffer(m)
            let d = Buffer(v)
            kernels.adamw(
                a.base, b.base, c.base, d.base, count, 0.5, 0.9, 0.99, 0.999, 0.01, 1.5, 1e-8)
            return a.array() + c.array() + d.array()
        }
        expectEqualBits(results)
        for i in 0..<count {
            let gradient = 0.5 * Double(g[i])
            let first = 0.9 * Double(m[i]) + 0.1 * gradient
            let second = 0.99 * Double(v[i]) + 0.01 * gradient * gradient
            let value = 0.999 * Double(p[i]) - 0.01 * first / (1.5 * second.squareRoot() + 1e-8)
            #expect(abs(Double(results[0][i]) - value) < 1e-5 * max(1, abs(value)))
        }
    }

    @Test(arguments: counts)
    func sumsDoNotDependOnTheVariant(count: Int) {
        let input = normals(5 * count, seed: 13)
        let results = results { kernels in
            let x = Buffer(input)
            let sums = Buffer<Float>(count: count)
            kernels.addColumnSums(sums.base, x.base, 5, count)
            return sums.array() + [Float(kernels.sumOfSquares(x.base, 5 * count))]
        }
        expectEqualBits(results)
        let squares = input.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(Double(results[0][count]) - squares) < 1e-5 * squares)
    }

    @Test func dropoutKeepsTheExpectation() {
        let count = 100_003
        let results = results { kernels in
            let x = Buffer(Array(repeating: Float(1), count: count))
            kernels.dropout(x.base, count, 17, 3, 0x4000_0000, 4 / 3)
            return x.array()
        }
        expectEqualBits(results)
        // A quarter is dropped; five standard deviations of the count.
        let dropped = Double(results[0].count { $0 == 0 })
        #expect(abs(dropped - 0.25 * Double(count)) < 5 * (Double(count) * 0.1875).squareRoot())
        #expect(results[0].allSatisfy { $0 == 0 || $0 == 4 / 3 })
    }

    @Test func drawsPickByCumulativeWeight() {
        let logits: [Float] = [0, -.infinity, 1, 2, -1]
        let weights = logits.map { Elementary.exp(Double($0)) }
        let sum = weights.reduce(0, +)
        for kernels in Float.kernelVariants {
            for step in 0..<200 {
                let uniform = (Double(step) + 0.5) / 200
                let x = Buffer(logits + Array(repeating: Float(9), count: 11))
                let token = kernels.draw(x.base, logits.count, 1, uniform)
                let below = weights[..<token].reduce(0, +) / sum
                #expect(below <= uniform + 1e-6 && uniform < below + weights[token] / sum + 1e-6)
                #expect(token != 1)
            }
        }
    }

    @Test(
        "Kernel sums are those of the definition, far centres and weights included",
        arguments: 1...4
    )
    func gaussianSums(dimension: Int) {
        let count = 37
        let rate: Float = 3
        let points = normals(count * dimension, seed: 5)
        let weights = (0..<count).map { Float(1 + $0 % 3) }
        // Some centres are so far that every kernel underflows there.
        let centres = normals(32 * dimension, seed: 6, scale: 8)
        let results = results { kernels in
            var peaks = [Float](repeating: 0, count: 32)
            var sums = peaks
            kernels.gaussianSums(
                &peaks, &sums, centres, 32, points, weights, 30, dimension, rate)
            var laterPeaks = peaks
            var laterSums = sums
            kernels.gaussianSums(
                &laterPeaks, &laterSums, centres, 32, Array(points[(30 * dimension)...]),
                Array(weights[30...]), count - 30, dimension, rate)
            kernels.addGaussianSums(&peaks, &sums, laterPeaks, laterSums, 32)
            return peaks + sums
        }
        expectEqualBits(results)
        for index in 0..<32 {
            let exponents = (0..<count).map { point in
                (0..<dimension).reduce(0.0) { sum, axis in
                    let step = Double(centres[axis * 32 + index] - points[point * dimension + axis])
                    return sum - Double(rate) * step * step
                }
            }
            let peak = exponents.max() ?? 0
            let sum = zip(exponents, weights).reduce(0) {
                $0 + Double($1.1) * Elementary.exp($1.0 - peak)
            }
            #expect(abs(Double(results[0][index]) - peak) <= 1e-5 * max(1, -peak))
            #expect(abs(Double(results[0][32 + index]) / sum - 1) <= 1e-4 * max(1, -peak))
        }
    }
}
