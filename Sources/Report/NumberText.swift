import Foundation

/// Numbers as a reader wants them: as many digits as the uncertainty leaves, a true minus sign, and
/// the words `inf` and `undefined` for what is not a number.
package enum NumberText {
    /// A number with a fixed count of decimals.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return special(value) }
        let text = grouping(String(format: "%.\(max(0, min(decimals, 15)))f", abs(value)))
        let isZero = !text.contains { $0 != "0" && $0 != "." }
        return value < 0 && !isZero ? "−" + text : text
    }

    /// A number with so many significant digits and no needless zeros.
    package static func short(_ value: Double, significant: Int = 4) -> String {
        guard value.isFinite else { return special(value) }
        guard value != 0 else { return "0" }
        let exponent = exponent(of: value)
        guard exponent >= -4, exponent < 7 else {
            let digits = fixed(mantissa(value, exponent), decimals: significant - 1)
            // 9.9999 is written as 10 and means 1 of the next power.
            return digits.hasPrefix("10") || digits.hasPrefix("−10")
                ? trimmed(digits.replacing("10", with: "1", maxReplacements: 1))
                    + timesTenTo(exponent + 1)
                : trimmed(digits) + timesTenTo(exponent)
        }
        return trimmed(fixed(value, decimals: significant - 1 - exponent))
    }

    /// A number with its sign, as a difference is written.
    static func signed(_ value: Double, significant: Int = 4) -> String {
        value > 0
            ? "+" + short(value, significant: significant) : short(value, significant: significant)
    }

    /// A mean with the half width of its interval, `4.532 ± 0.012`: two significant digits of the
    /// half width decide the decimals of both. Without a half width the mean stands alone.
    package static func estimate(
        _ mean: Double, halfWidth: Double, signed: Bool = false
    ) -> String {
        let sign = signed && mean > 0 ? "+" : ""
        guard mean.isFinite else { return sign + special(mean) }
        guard halfWidth.isFinite else { return sign + short(mean, significant: 4) }
        guard halfWidth > RoundingNoise.share * abs(mean) else {
            return sign + short(mean, significant: 5) + " ± 0"
        }
        let scale = exponent(of: max(abs(mean), halfWidth))
        guard scale >= -4, scale < 7 else {
            let (mean, halfWidth) = (mantissa(mean, scale), mantissa(halfWidth, scale))
            let decimals = max(0, 1 - exponent(of: halfWidth))
            return "\(sign)(\(fixed(mean, decimals: decimals)) ± "
                + "\(fixed(halfWidth, decimals: decimals)))" + timesTenTo(scale)
        }
        let decimals = max(0, 1 - exponent(of: halfWidth))
        return "\(sign)\(fixed(mean, decimals: decimals)) ± \(fixed(halfWidth, decimals: decimals))"
    }

    /// A mean difference with the decimals that its standard error leaves it.
    static func difference(_ mean: Double, standardError: Double) -> String {
        guard mean.isFinite, standardError.isFinite, standardError > abs(mean) * 1e-9 else {
            return signed(mean)
        }
        let decimals = max(0, 1 - exponent(of: standardError))
        guard decimals < 8 else { return signed(mean) }
        return (mean > 0 ? "+" : "") + fixed(mean, decimals: decimals)
    }

    /// A mean and the limits of its interval with the same decimals: `0.52` and `0.48 to 0.56`.
    static func interval(_ mean: Double, halfWidth: Double) -> (mean: String, limits: String) {
        let decimals = halfWidth > 0 ? max(0, 1 - exponent(of: halfWidth)) : 4
        return (
            fixed(mean, decimals: decimals),
            fixed(mean - halfWidth, decimals: decimals) + " to "
                + fixed(mean + halfWidth, decimals: decimals)
        )
    }

    /// A number rounded to a whole one, all its digits.
    static func whole(_ value: Double) -> String { fixed(value, decimals: 0) }

    /// Sets thin spaces between groups of three digits before the point, from five digits on.
    private static func grouping(_ text: String) -> String {
        let digits = text.prefix { $0 != "." }.count
        guard digits > 4 else { return text }
        var result = ""
        for (index, character) in text.enumerated() {
            if index > 0, index < digits, (digits - index) % 3 == 0 { result += "\u{202f}" }
            result.append(character)
        }
        return result
    }

    /// The power of ten of the leading digit: 2 for 345, -1 for 0.5.
    static func exponent(of value: Double) -> Int {
        var magnitude = abs(value)
        guard magnitude > 0, magnitude.isFinite else { return 0 }
        var exponent = 0
        while magnitude >= 10 {
            magnitude /= 10
            exponent += 1
        }
        while magnitude < 1 {
            magnitude *= 10
            exponent -= 1
        }
        return exponent
    }

    /// A value divided by a power of ten, also where that power is no normal number.
    private static func mantissa(_ value: Double, _ exponent: Int) -> Double {
        guard abs(exponent) > 300 else { return value / power(of: 10, exponent) }
        return value / power(of: 10, exponent / 2) / power(of: 10, exponent - exponent / 2)
    }

    static func power(of base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<abs(exponent) { result *= base }
        return exponent < 0 ? 1 / result : result
    }

    /// ` × 10⁻⁵`.
    static func timesTenTo(_ exponent: Int) -> String {
        " × 10" + superscript(exponent)
    }

    static func superscript(_ value: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return (value < 0 ? "⁻" : "")
            + String(String(abs(value)).compactMap { $0.wholeNumberValue.map { digits[$0] } })
    }

    private static func special(_ value: Double) -> String {
        value.isNaN ? "undefined" : value > 0 ? "inf" : "−inf"
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}

extension Int {
    /// The whole part of a number, as far as an integer holds it: 0 for what is not a number, the
    /// nearest end for what is too large.
    init(saturating value: Double) {
        self =
            value.isNaN ? 0 : Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
    }
}
