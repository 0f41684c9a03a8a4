import Foundation

/// Numbers as a reader wants them: as many digits as the uncertainty leaves, a true minus sign, and
/// the words `inf` and `undefined` for what is not a number.
package enum NumberText {
    /// A number with a fixed count of decimals.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return special(value) }
        let text = String(format: "%.\(max(0, min(decimals, 15)))f", abs(value))
        let isZero = !text.contains { $0 != "0" && $0 != "." }
        return value < 0 && !isZero ? "−" + text : text
    }

    /// A number with so many significant digits and no needless zeros.
    package static func short(_ value: Double, significant: Int = 4) -> String {
        guard value.isFinite else { return special(value) }
        guard value != 0 else { return "0" }
        let exponent = exponent(of: value)
        guard exponent >= -4, exponent < 7 else {
            let mantissa = value / power(of: 10, exponent)
            return trimmed(fixed(mantissa, decimals: significant - 1)) + timesTenTo(exponent)
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
        guard halfWidth > 0 else { return sign + short(mean, significant: 5) + " ± 0" }
        let scale = exponent(of: max(abs(mean), halfWidth))
        guard scale >= -4, scale < 7 else {
            let unit = power(of: 10, scale)
            let decimals = max(0, 1 - exponent(of: halfWidth / unit))
            return "\(sign)(\(fixed(mean / unit, decimals: decimals)) ± "
                + "\(fixed(halfWidth / unit, decimals: decimals)))" + timesTenTo(scale)
        }
        let decimals = max(0, 1 - exponent(of: halfWidth))
        return "\(sign)\(fixed(mean, decimals: decimals)) ± \(fixed(halfWidth, decimals: decimals))"
    }

    /// The limits of an interval around a mean, `0.48 to 0.56`.
    static func interval(_ mean: Double, halfWidth: Double) -> String {
        let decimals = halfWidth > 0 ? max(0, 1 - exponent(of: halfWidth)) : 4
        return fixed(mean - halfWidth, decimals: decimals) + " to "
            + fixed(mean + halfWidth, decimals: decimals)
    }

    /// A whole number in groups of three digits.
    static func grouped(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15, value == value.rounded() else {
            return short(value)
        }
        let digits = Array(String(Int(abs(value))))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "\u{2009}" }
            text.append(digit)
        }
        return value < 0 ? "−" + text : text
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
