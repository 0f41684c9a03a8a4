import Compute

/// An axis with its range and its ticks, all chosen here so that the place of every label is known.
package struct Axis: Sendable {
    package struct Tick: Hashable, Sendable {
        package var position: Double
        package var label: String
    }

    package var lower: Double
    package var upper: Double
    package var isLogarithmic = false
    package var ticks: [Tick]

    /// How far along the axis a value lies: 0 at the lower end, 1 at the upper.
    func fraction(of value: Double) -> Double {
        if isLogarithmic {
            let low = Elementary.log(lower)
            return (Elementary.log(value) - low) / (Elementary.log(upper) - low)
        }
        return (value - lower) / (upper - lower)
    }

    package func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

    /// The generations 0 to `last`, with whole-number ticks.
    static func generations(last: Int, ticks most: Int = 11) -> Axis {
        let margin = last == 0 ? 0.5 : Double(last) * 0.02
        var step = 1
        search: for power in 0..<7 {
            for digit in [1, 2, 5] {
                step = digit * Int(NumberText.power(of: 10, power))
                if last / step + 1 <= most { break search }
            }
        }
        return Axis(
            lower: -margin, upper: Double(last) + margin,
            ticks: stride(from: 0, through: last, by: step).map {
                Tick(position: Double($0), label: String($0))
            })
    }

    /// Evenly spaced places that carry their true values as labels, so that 0 has its place beside
    /// values of any size.
    static func places(_ values: [Double]) -> Axis {
        Axis(
            lower: -0.15, upper: Double(values.count - 1) + 0.15,
            ticks: values.enumerated().map { index, value in
                Tick(position: Double(index), label: NumberText.short(value))
            })
    }

    /// An axis that covers values with a little air. Values that are not finite, and for a logarithmic
    /// axis values that are not positive, do not count.
    static func covering(_ values: [Double], logarithmic: Bool, ticks target: Int = 6) -> Axis {
        let positive = values.filter { $0.isFinite && $0 > 0 }
        if logarithmic, let low = positive.min(), let high = positive.max() {
            return logarithmicAxis(low, high, ticks: target)
        }
        let finite = values.filter(\.isFinite)
        var low = finite.min() ?? 0
        var high = finite.max() ?? 1
        // Differences in the last digits of a constant are noise: do not blow them up.
        let least = max(abs(low), abs(high)) * 1e-9
        if high - low <= least {
            let air = max(abs(high) * 0.05, least, high == 0 ? 1 : 0)
            low -= air
            high += air
        }
        let air = (high - low) * 0.05
        let lower = low >= 0 && low - air < 0 ? 0 : low - air
        return linearAxis(lower, high + air, ticks: target)
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
        let first = Int((lower / step).rounded(.up))
        let last = Int((upper / step).rounded(.down))
        guard first <= last else { return [] }
        var decimals = max(0, -NumberText.exponent(of: step))
        if abs(step / NumberText.power(of: 10, NumberText.exponent(of: step)) - 2.5) < 0.01 {
            decimals += 1
        }
        let largest = max(abs(lower), abs(upper))
        let isPlain = largest < 1e6 && decimals <= 5
        return (first...last).map { index in
            let value = Double(index) * step
            return Tick(
                position: value,
                label: isPlain
                    ? NumberText.fixed(value, decimals: decimals) : NumberText.short(value))
        }
    }

    private static func logarithmicAxis(_ low: Double, _ high: Double, ticks target: Int) -> Axis {
        let span = Elementary.log(high / low)
        // A margin of 4 percent in the logarithm, at least 2 percent of the value.
        let air = Elementary.exp(max(span * 0.04, 0.02))
        let (lower, upper) = (low / air, high * air)
        let decades = Elementary.log(upper / lower) / Elementary.log(10)
        guard decades > 0.8 else {
            return Axis(
                lower: lower, upper: upper, isLogarithmic: true,
                ticks: linearTicks(lower, upper, target))
        }
        let digits: [Double] = decades > 2.5 ? [1] : [1, 2, 5]
        let every = max(1, Int((decades / Double(target + 1)).rounded(.up)))
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
