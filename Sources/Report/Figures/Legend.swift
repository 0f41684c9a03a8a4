/// A row of names with their colours and marks, outside the data.
enum Legend {
    struct Entry: Sendable {
        var text: String
        var colour: Colour
        /// Nil for an entry without a mark.
        var shape: PointShape?
        var isDashed = false
        var hasLine = true
    }

    /// What solid and dashed lines are.
    static func kinds(of series: [Series]) -> [Entry] {
        let curves = series.flatMap(\.predictions)
        var entries = [Entry(text: "measured mean", colour: .soft, shape: nil)]
        if curves.contains(where: { $0.kind == .theory }) {
            entries.append(Entry(text: "theory", colour: .ink, shape: nil, isDashed: true))
        }
        if curves.contains(where: { $0.kind == .fit }) {
            entries.append(Entry(text: "fit", colour: .ink, shape: nil, isDashed: true))
        }
        if curves.contains(where: \.isBound) {
            entries.append(
                Entry(text: "theory's bound (thin)", colour: .ink, shape: nil, isDashed: true))
        }
        return entries
    }

    /// Draws the entries from left to right, in as many rows as they need, and returns the height.
    static func draw(
        _ entries: [Entry], into figure: inout Figure, left: Double, top: Double, width: Double
    ) -> Double {
        let rowHeight = 18.0
        var x = left
        var y = top + rowHeight / 2
        for entry in entries {
            let isTitle = entry.text.hasSuffix(":") && entry.shape == nil
            let swatch = isTitle ? 0.0 : 28.0
            let needed = swatch + Figure.width(of: entry.text) + 12
            if x > left, x + needed > left + width {
                x = left
                y += rowHeight
            }
            if !isTitle {
                figure.strokes.append(
                    .init(
                        from: (x, y), to: (x + 22, y), colour: entry.colour, width: 2,
                        isDashed: entry.isDashed))
                if let shape = entry.shape {
                    figure.marks.append(
                        .init(x: x + 11, y: y, shape: shape, colour: entry.colour, size: 0.6))
                }
            }
            figure.texts.append(
                .init(text: entry.text, x: x + swatch, y: y, colour: .ink, isBold: isTitle))
            x += needed
        }
        return entries.isEmpty ? 0 : y + rowHeight / 2 - top + 2
    }
}
