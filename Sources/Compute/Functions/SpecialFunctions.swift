/// Special functions of statistics in double precision, over ``Elementary``.
package enum SpecialFunctions {
    /// The standard normal quantile (Wichura 1988, algorithm AS 241, PPND16): about 16 digits.
    package static func normalQuantile(_ p: Double) -> Double {
        if !(p > 0 && p < 1) {
            return p == 0 ? -.infinity : p == 1 ? .infinity : .nan
        }
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * ratio(centralNumerator, centralDenominator, r)
        }
        var r = (-Elementary.log(q < 0 ? p : 1 - p)).squareRoot()
        let value: Double
        if r <= 5 {
            r -= 1.6
            value = ratio(middleNumerator, middleDenominator, r)
        } else {
            r -= 5
            value = ratio(tailNumerator, tailDenominator, r)
        }
        return q < 0 ? -value : value
    }

    /// The derivative of log Gamma(x) for x > 0: its asymptotic series after shifting the argument
    /// above 10.
    package static func digamma(_ x: Double) -> Double {
        precondition(x > 0, "digamma is defined here for positive arguments, not for \(x)")
        var shift = 0.0
        var y = x
        while y < 10 {
            shift += 1 / y
            y += 1
        }
        let z = 1 / (y * y)
        // B_2j / (2j) with alternating signs.
        var series = 1.0 / 12
        series = series * z - 691.0 / 32_760
        series = series * z + 1.0 / 132
        series = series * z - 1.0 / 240
        series = series * z + 1.0 / 252
        series = series * z - 1.0 / 120
        series = series * z + 1.0 / 12
        return Elementary.log(y) - 0.5 / y - z * series - shift
    }

    /// log Gamma(x) for x > 0: Stirling's series after shifting the argument above 10.
    package static func logGamma(_ x: Double) -> Double {
        precondition(x > 0, "logGamma is defined here for positive arguments, not for \(x)")
        var shift = 0.0
        var y = x
        // log of the product, term by term, would lose digits slowly; there are at most ten.
        while y < 10 {
            shift += Elementary.log(y)
            y += 1
        }
        let z = 1 / (y * y)
        var series = -691.0 / 360_360
        series = series * z + 1.0 / 1_188
        series = series * z - 1.0 / 1_680
        series = series * z + 1.0 / 1_260
        series = series * z - 1.0 / 360
        series = series * z + 1.0 / 12
        return (y - 0.5) * Elementary.log(y) - y + 0.918_938_533_204_672_7 + series / y - shift
    }

    /// The distribution function of the standard normal distribution, by Taylor's series at zero
    /// (Marsaglia 2004, "Evaluating the normal distribution"): an absolute error of a few units of
    /// the last place of 1.
    package static func normalDistribution(_ x: Double) -> Double {
        if x.isNaN { return x }
        guard abs(x) < 8.3 else { return x < 0 ? 0 : 1 }
        var (sum, previous, term, divisor) = (x, 0.0, x, 1.0)
        while sum != previous {
            previous = sum
            divisor += 2
            term *= x * x / divisor
            sum += term
        }
        return 0.5 + sum * Elementary.exp(-0.5 * x * x - 0.918_938_533_204_672_74)
    }

    /// The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz).
    package static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        // The fraction converges fast below the mean; above it the symmetry relation is used.
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
        let front = Elementary.exp(
            logGamma(a + b) - logGamma(a) - logGamma(b) + a * Elementary.log(x)
                + b * Elementary.log(1 - x))
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        if abs(d) < tiny { d = tiny }
        d = 1 / d
        var fraction = d
        for m in 1...1_000 {
            let m = Double(m)
            for numerator in [
                m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
            ] {
                d = 1 + numerator * d
                if abs(d) < tiny { d = tiny }
                c = 1 + numerator / c
                if abs(c) < tiny { c = tiny }
                d = 1 / d
                fraction *= d * c
            }
            if abs(d * c - 1) < 1e-15 { break }
        }
        return front * fraction / a
    }

    /// Student's t quantile at probability `p` with `degrees` degrees of freedom, by bisection.
    package static func studentQuantile(_ p: Double, degrees: Double) -> Double {
        precondition(p > 0 && p < 1 && degrees > 0, "no t quantile at \(p) with \(degrees) degrees")
        if p == 0.5 { return 0 }
        if p < 0.5 { return -studentQuantile(1 - p, degrees: degrees) }
        // P(T > t) = I_{v/(v+t^2)}(v/2, 1/2) / 2
        func upperTail(_ t: Double) -> Double {
            0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
        }
        var low = 0.0
        var high = 1.0
        while upperTail(high) > 1 - p && high < 1e300 { high *= 2 }
        for _ in 0..<200 {
            let middle = 0.5 * (low + high)
            if middle == low || middle == high { break }
            if upperTail(middle) > 1 - p { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// log(exp(a) + exp(b)) without overflow.
    package static func logSumExp(_ a: Double, _ b: Double) -> Double {
        let larger = max(a, b)
        if larger == -.infinity { return larger }
        return larger + Elementary.log(1 + Elementary.exp(min(a, b) - larger))
    }

    /// A ratio of two polynomials of degree 7, highest coefficient first, by Horner's rule.
    private static func ratio(
        _ numerator: Coefficients, _ denominator: Coefficients, _ r: Double
    ) -> Double {
        var top = numerator[0]
        var bottom = denominator[0]
        for degree in 1..<8 {
            top = top * r + numerator[degree]
            bottom = bottom * r + denominator[degree]
        }
        return top / bottom
    }

    /// Coefficients in place rather than behind a reference: the quantile is the inner loop of
    /// every Gaussian draw.
    private typealias Coefficients = SIMD8<Double>

    // Highest degree first.
    private static let centralNumerator = Coefficients([
        2.509_080_928_730_122_672_7e+3, 3.343_057_558_358_812_810_5e+4,
        6.726_577_092_700_870_085_3e+4, 4.592_195_393_154_987_145_7e+4,
        1.373_169_376_550_946_112_5e+4, 1.971_590_950_306_551_442_7e+3,
        1.331_416_678_917_843_774_5e+2, 3.387_132_872_796_366_608_0e+0,
    ])
    private static let centralDenominator = Coefficients([
        5.226_495_278_852_854_561_0e+3, 2.872_908_573_572_194_267_4e+4,
        3.930_789_580_009_271_061_0e+4, 2.121_379_430_158_659_586_7e+4,
        5.394_196_021_424_751_107_7e+3, 6.871_870_074_920_579_082_8e+2,
        4.231_333_070_160_091_125_2e+1, 1.0,
    ])
    private static let middleNumerator = Coefficients([
        7.745_450_142_783_414_076_40e-4, 2.272_384_498_926_918_458_33e-2,
        2.417_807_251_774_506_117_7e-1, 1.270_458_252_452_368_382_58e+0,
        3.647_848_324_763_204_605_04e+0, 5.769_497_221_460_691_405_5e+0,
        4.630_337_846_156_545_295_9e+0, 1.423_437_110_749_683_577_34e+0,
    ])
    private static let middleDenominator = Coefficients([
        1.050_750_071_644_416_843_24e-9, 5.475_938_084_995_344_946_0e-4,
        1.519_866_656_361_645_719_66e-2, 1.481_039_764_274_800_745_9e-1,
        6.897_673_349_851_000_045_5e-1, 1.676_384_830_183_803_849_4e+0,
        2.053_191_626_637_758_821_87e+0, 1.0,
    ])
    private static let tailNumerator = Coefficients([
        2.010_334_399_292_288_132_65e-7, 2.711_555_568_743_487_578_15e-5,
        1.242_660_947_388_078_438_6e-3, 2.653_218_952_657_612_309_3e-2,
        2.965_605_718_285_048_912_3e-1, 1.784_826_539_917_291_335_8e+0,
        5.463_784_911_164_114_369_9e+0, 6.657_904_643_501_103_777_20e+0,
    ])
    private static let tailDenominator = Coefficients([
        2.044_263_103_389_939_785_64e-15, 1.421_511_758_316_445_888_7e-7,
        1.846_318_317_510_054_681_8e-5, 7.868_691_311_456_132_591e-4,
        1.487_536_129_085_061_485_25e-2, 1.369_298_809_227_358_053_1e-1,
        5.998_322_065_558_879_376_9e-1, 1.0,
    ])
}
