/// Where the values of a sweep's grid stand on a horizontal axis.
extension Sweep {
    /// A grid of positive values that spans a decade or more is drawn to scale, on a logarithmic
    /// axis; any other has evenly spaced positions, so that 0 has its own beside values of any
    /// size.
    var isLogarithmic: Bool {
        guard let least = grid.first, let most = grid.last else { return false }
        return least > 0 && most / least >= 10
    }

    var axis: Axis {
        guard isLogarithmic, let least = grid.first, let most = grid.last else {
            return .evenlySpaced(grid)
        }
        let (lower, upper) = Axis.logarithmicLimits(least, most, margin: 0.02)
        var axis = Axis(lower: lower, upper: upper, isLogarithmic: true, ticks: [])
        // Of values that crowd, those are named that leave space for their names.
        var last = -1.0
        for value in grid where axis.contains(value) {
            let fraction = axis.fraction(of: value)
            guard fraction - last >= 0.07 else { continue }
            last = fraction
            axis.ticks.append(Axis.Tick(position: value, label: NumberText.short(value)))
        }
        return axis
    }

    var axisTitle: String {
        isLogarithmic
            ? "\(title) (logarithmic)" : "\(title) (values of the grid, evenly spaced)"
    }

    /// The position of each value of the grid on ``axis``.
    var positions: [Double] {
        isLogarithmic ? grid : grid.indices.map(Double.init)
    }

    /// The position of a value between those of the grid.
    func position(of value: Double) -> Double {
        guard !isLogarithmic else { return value }
        guard let upper = grid.firstIndex(where: { $0 >= value }), upper > 0 else { return 0 }
        let (low, high) = (grid[upper - 1], grid[upper])
        return Double(upper - 1) + (value - low) / (high - low)
    }
}
