/// Elementary functions in double precision whose bits depend on IEEE arithmetic alone, not on
/// the C library: results are the same on every machine that runs the project.
///
/// Products and sums are rounded one by one; nothing here is fused.
package enum Elementary {
    private static let ln2High = 6.931_471_803_691_238_164_90e-01
    private static let ln2Low = 1.908_214_929_270_587_700_02e-10

    /// The exponential, within 1 ulp over the normal range.
    ///
    /// x = k ln 2 + r with |r| <= ln 2 / 2, then the Taylor series of exp(r) to degree 13, whose
    /// remainder is below 5e-18 of the result.
    package static func exp(_ x: Double) -> Double {
        if x.isNaN { return x }
        if x > 709.782712893384 { return .infinity }
        if x < -745.2 { return 0 }
        let k = (x * 1.442_695_040_888_963_407_36).rounded(.toNearestOrEven)
        // r is kept as high - low: the first product is exact because ln2High has 32 zero bits.
        let high = x - k * ln2High
        let low = k * ln2Low
        let r = high - low
        let correction = (high - r) - low
        var tail = 1.0 / 6_227_020_800
        tail = tail * r + 1.0 / 479_001_600
        tail = tail * r + 1.0 / 39_916_800
        tail = tail * r + 1.0 / 3_628_800
        tail = tail * r + 1.0 / 362_880
        tail = tail * r + 1.0 / 40_320
        tail = tail * r + 1.0 / 5_040
        tail = tail * r + 1.0 / 720
        tail = tail * r + 1.0 / 120
        tail = tail * r + 1.0 / 24
        tail = tail * r + 1.0 / 6
        tail = tail * r + 0.5
        let value = 1 + (r + (r * r * tail + correction))
        // Two steps, so that results below the normal range are rounded once, by the last product.
        let exponent = Int(k)
        let half = exponent / 2
        return value * powerOfTwo(half) * powerOfTwo(exponent - half)
    }

    /// The natural logarithm, within 1 ulp.
    ///
    /// x = 2^k m with m in [sqrt(1/2), sqrt 2), then the series of 2 artanh((m - 1)/(m + 1)).
    package static func log(_ x: Double) -> Double {
        if x.isNaN || x < 0 { return .nan }
        if x == 0 { return -.infinity }
        if x == .infinity { return x }
        var mantissa = x.significand
        var k = Double(x.exponent)
        if mantissa > 1.414_213_562_373_095_1 {
            mantissa *= 0.5
            k += 1
        }
        let f = mantissa - 1
        let s = f / (2 + f)
        let z = s * s
        // Coefficients 2/(2j + 1); the first one left out is below 2^-58 of the result.
        var tail = 2.0 / 25
        tail = tail * z + 2.0 / 23
        tail = tail * z + 2.0 / 21
        tail = tail * z + 2.0 / 19
        tail = tail * z + 2.0 / 17
        tail = tail * z + 2.0 / 15
        tail = tail * z + 2.0 / 13
        tail = tail * z + 2.0 / 11
        tail = tail * z + 2.0 / 9
        tail = tail * z + 2.0 / 7
        tail = tail * z + 2.0 / 5
        tail = tail * z + 2.0 / 3
        tail *= z
        // log(1 + f) = f - f^2/2 + s (f^2/2 + tail), which keeps the leading term exact.
        let halfSquare = 0.5 * f * f
        return k * ln2High - ((halfSquare - (s * (halfSquare + tail) + k * ln2Low)) - f)
    }

    /// `base` to the power `exponent`: exact products for whole exponents up to 64, exp(y log x)
    /// otherwise.
    package static func power(_ base: Double, _ exponent: Double) -> Double {
        if exponent == exponent.rounded(), abs(exponent) <= 64 {
            var product = 1.0
            for _ in 0..<Int(abs(exponent)) { product *= base }
            return exponent < 0 ? 1 / product : product
        }
        if exponent == 0.5 { return base.squareRoot() }
        if exponent == -0.5 { return 1 / base.squareRoot() }
        return exp(exponent * log(base))
    }

    /// The cosine of pi times `x`: the argument is reduced exactly, so cospi(0.5) is 0.
    package static func cosinePi(_ x: Double) -> Double {
        var reduced = abs(x).truncatingRemainder(dividingBy: 2)
        if reduced > 1 { reduced = 2 - reduced }
        if reduced > 0.5 { return -cosinePi(1 - reduced) }
        if reduced == 0.5 { return 0 }
        return reduced <= 0.25
            ? cosineSeries(.pi * reduced) : sineSeries(.pi * (0.5 - reduced))
    }

    /// The sine of pi times `x`.
    package static func sinePi(_ x: Double) -> Double {
        cosinePi(x - 0.5)
    }

    /// Taylor series for |x| <= pi/4.
    private static func cosineSeries(_ x: Double) -> Double {
        let z = x * x
        var sum = 0.0
        for j in stride(from: 18, through: 2, by: -2) {
            sum = (1 - sum) * z / Double(j * (j - 1))
        }
        return 1 - sum
    }

    private static func sineSeries(_ x: Double) -> Double {
        let z = x * x
        var sum = 0.0
        for j in stride(from: 19, through: 3, by: -2) {
            sum = (1 - sum) * z / Double(j * (j - 1))
        }
        return x * (1 - sum)
    }

    private static func powerOfTwo(_ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
