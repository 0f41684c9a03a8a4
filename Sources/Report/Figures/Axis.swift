import Collapse
import Compute

/// An axis with its range and its ticks, all chosen here so that the position of every label is
/// known.
package struct Axis: Sendable {
    /// A labelled position on the axis.
    package struct Tick: Hashable, Sendable {
        /// A value on the axis, within its range.
        package var position: Double
        /// The text beside the tick.
        package var label: String
    }

    /// The least value of the range; positive on a logarithmic axis.
    package var lower: Double
    /// The greatest value of the range; above ``lower``.
    package var upper: Double
    /// Whether equal ratios, rather than equal differences, have equal lengths.
    package var isLogarithmic = false
    /// In ascending order; may be empty.
    package var ticks: [Tick]

    /// How far along the axis a value lies: 0 at or below the lower end, 1 at or above the upper.
    func fraction(of value: Double) -> Double {
        var fraction = (value - lower) / (upper - lower)
        if isLogarithmic {
            let low = Elementary.log(lower)
            fraction =
                value > 0 ? (Elementary.log(value) - low) / (Elementary.log(upper) - low) : 0
        }
        return fraction.isNaN ? 0 : min(max(fraction, 0), 1)
    }

    /// Whether a value lies in the range, ends included; false for NaN.
    package func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

    /// The generations 0 to `last`, with whole-number ticks, after the base model where there is
    /// one.
    static func generations(last: Int, hasBase: Bool = false, ticks most: Int = 11) -> Axis {
        let margin = last == 0 ? 0.5 : Double(last) * 0.02
        let base =
            hasBase ? [Tick(position: Double(MetricTable.baseGeneration), label: "base")] : []
        var (unit, digits) = (1, [1, 2, 5])
        while last / (digits[0] * unit) + 1 > most {
            digits.append(digits.removeFirst())
            if digits[0] == 1 { unit *= 10 }
        }
        let step = digits[0] * unit
        return Axis(
            lower: (base.first?.position ?? 0) - margin, upper: Double(last) + margin,
            ticks: base
                + stride(from: 0, through: last, by: step).map {
                    Tick(position: Double($0), label: String($0))
                })
    }

    /// Of more evenly spaced values than this a part is labelled.
    private static let mostLabels = 40

    /// Evenly spaced positions that carry their true values as labels, so that 0 has its own beside
    /// values of any size.
    static func evenlySpaced(_ values: [Double]) -> Axis {
        let labelled =
            values.count > mostLabels
            ? ArmSelection.spread(Array(values.indices), 10) : Array(values.indices)
        let margin = max(0.15, Double(values.count) * 0.005)
        return Axis(
            lower: -margin, upper: Double(values.count - 1) + margin,
            ticks: labelled.map { index in
                Tick(position: Double(index), label: NumberText.short(values[index]))
            })
    }

    /// The largest limit of an axis: the span between two limits of this size is still finite.
    private static let largest = Double.greatestFiniteMagnitude / 2
    /// The shortest span of a linear axis: a tenth or a thousandth of it keeps all its digits.
    private static let shortestSpan = 1e-290

    /// An axis that covers values with a little air. Values that are not finite, and for a
    /// logarithmic axis values that are not positive, do not count.
    ///
    /// The limits are finite, ordered and, on a logarithmic axis, normal numbers, whatever the
    /// values are: those beyond the limits' own range lie outside the frame.
    package static func covering(
        _ values: [Double], logarithmic: Bool, ticks target: Int = 6
    ) -> Axis {
        let positive = values.filter { $0.isFinite && $0 > 0 }
        if logarithmic, let low = positive.min(), let high = positive.max() {
            return logarithmicAxis(low, high, ticks: target)
        }
        let finite = values.filter(\.isFinite).map { min(max($0, -largest), largest) }
        var low = finite.min() ?? 0
        var high = finite.max() ?? 1
        // Differences in the last digits of a constant are noise: do not blow them up.
        let least = max(max(abs(low), abs(high)) * 1e-9, shortestSpan)
        if high - low <= least {
            let air = max(abs(high) * 0.05, least, high == 0 ? 1 : 0)
            low -= air
            high += air
        }
        let air = (high - low) * 0.05
        let lower = low >= 0 && low - air < 0 ? 0 : low - air
        return linearAxis(max(lower, -largest), min(high + air, largest), ticks: target)
    }

    private static func linearAxis(_ lower: Double, _ upper: Double, ticks target: Int) -> Axis {
        Axis(lower: lower, upper: upper, ticks: linearTicks(lower, upper, target))
    }

    private static func linearTicks(
        _ lower: Double, _ upper: Double, _ target: Int
    ) -> [Tick] {
        let rough = (upper - lower) / Double(target)
        let exponent = NumberText.exponent(of: rough)
        let unit = NumberText.power(of: 10, exponent)
        let step = ([1, 2, 2.5, 5, 10].first { $0 * unit >= rough * 0.999 } ?? 10) * unit
        let first = Int(saturating: (lower / step).rounded(.up))
        let last = Int(saturating: (upper / step).rounded(.down))
        guard first <= last else { return [] }
        let digit = NumberText.exponent(of: step)
        let isHalf = abs(step / NumberText.power(of: 10, digit) - 2.5) < 0.01
        let decimals = max(0, -digit) + (isHalf ? 1 : 0)
        let largest = max(abs(lower), abs(upper))
        let isPlain = largest < 1e6 && decimals <= 5
        // As many digits as tell two neighbours apart.
        let significant = max(4, NumberText.exponent(of: largest) - digit + (isHalf ? 2 : 1))
        return (first...last).map { index in
            let value = Double(index) * step
            return Tick(
                position: min(max(value, lower), upper),
                label: isPlain
                    ? NumberText.fixed(value, decimals: decimals)
                    : NumberText.short(value, significant: significant))
        }
    }

    /// The natural logarithm of a quotient of positive numbers, also where the quotient itself
    /// overflows.
    private static func logarithm(of high: Double, over low: Double) -> Double {
        let quotient = high / low
        return quotient.isFinite
            ? Elementary.log(quotient) : Elementary.log(high) - Elementary.log(low)
    }

    /// Limits of a logarithmic axis: a margin in the logarithm, a share of the span or an absolute
    /// least, on both sides of positive values.
    static func logarithmicLimits(
        _ low: Double, _ high: Double, margin: Double, least: Double = 0
    ) -> (lower: Double, upper: Double) {
        let normal = Double.leastNormalMagnitude
        let (low, high) = (min(max(low, normal), largest), min(max(high, normal), largest))
        let air = Elementary.exp(max(logarithm(of: high, over: low) * margin, least))
        let lower = max(low / air, normal)
        let upper = min(high * air, largest)
        // Parts of the smallest numbers lose their digits: there the axis spans a whole decade.
        return (lower, lower < shortestSpan ? max(upper, lower * 10) : upper)
    }

    private static func logarithmicAxis(_ low: Double, _ high: Double, ticks target: Int) -> Axis {
        let (lower, upper) = logarithmicLimits(low, high, margin: 0.04, least: 0.02)
        let decades = logarithm(of: upper, over: lower) / Elementary.log(10)
        guard decades > 0.8 else {
            return Axis(
                lower: lower, upper: upper, isLogarithmic: true,
                ticks: linearTicks(lower, upper, target))
        }
        let digits: [Double] = decades > 2.5 ? [1] : [1, 2, 5]
        let least = max(1, Int(saturating: (decades / Double(target + 1)).rounded(.up)))
        // Hundreds of decades are named in steps that a reader can count.
        let every = least > 10 ? [20, 50, 100].first { $0 >= least } ?? 200 : least
        var ticks: [Tick] = []
        for exponent in NumberText.exponent(of: lower)...NumberText.exponent(of: upper) {
            guard exponent.isMultiple(of: every) else { continue }
            for digit in digits {
                let value = digit * NumberText.power(of: 10, exponent)
                guard value >= lower, value <= upper else { continue }
                let label =
                    digit == 1 && !(-3...4).contains(exponent)
                    ? "10" + NumberText.superscript(exponent) : NumberText.short(value)
                ticks.append(Tick(position: value, label: label))
            }
        }
        return Axis(lower: lower, upper: upper, isLogarithmic: true, ticks: ticks)
    }
}
