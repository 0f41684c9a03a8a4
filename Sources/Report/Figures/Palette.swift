/// A colour of a figure.
package struct Colour: Hashable, Sendable {
    /// The red part, within 0...255.
    package var red: Int
    /// The green part, within 0...255.
    package var green: Int
    /// The blue part, within 0...255.
    package var blue: Int

    package init(_ red: Int, _ green: Int, _ blue: Int) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// `#rrggbb`.
    package var hex: String {
        "#"
            + [red, green, blue].map { part in
                let digits = String(part, radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined()
    }

    /// `0xrrggbb` as a number.
    var number: Int { red << 16 | green << 8 | blue }

    /// The colour mixed with black.
    func darkened(to share: Double) -> Colour {
        func part(_ value: Int) -> Int { Int(saturating: (Double(value) * share).rounded()) }
        return Colour(part(red), part(green), part(blue))
    }

    /// The colour mixed with white.
    func lightened(by share: Double) -> Colour {
        func part(_ value: Int) -> Int {
            Int(saturating: (Double(value) + share * Double(255 - value)).rounded())
        }
        return Colour(part(red), part(green), part(blue))
    }

    /// Dark enough to be read as text on white.
    var asText: Colour {
        let luminance = 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)
        return luminance > 120 ? darkened(to: 120 / luminance) : self
    }

    static let ink = Colour(0x22, 0x22, 0x22)
    static let soft = Colour(0x59, 0x59, 0x59)
    static let frame = Colour(0x8c, 0x8c, 0x8c)
    static let grid = Colour(0xe6, 0xe6, 0xe6)
}

/// Colours and marks that stay apart for the colour-blind and in grey print.
enum Palette {
    /// The palette of Okabe and Ito (2008) without its yellow, which is invisible on white.
    private static let categories = [
        Colour(0x00, 0x72, 0xb2), Colour(0xd5, 0x5e, 0x00), Colour(0x00, 0x9e, 0x73),
        Colour(0xcc, 0x79, 0xa7), Colour(0xe6, 0x9f, 0x00), Colour(0x56, 0xb4, 0xe9),
        Colour(0x22, 0x22, 0x22),
    ]

    /// The colour of the arm or curve with this number.
    static func category(_ index: Int) -> Colour {
        categories[index % categories.count]
    }

    /// The mark of the arm or curve with this number: it changes with every curve, and the curves of
    /// one colour have different marks. So 42 are told apart, more than a page names.
    static func shape(_ index: Int) -> PointShape {
        let shapes = PointShape.markers
        return shapes[(index % categories.count + index / categories.count) % shapes.count]
    }

    /// The colour of an arm outside a sweep, drawn as a level beside so many curves: black, grey, and
    /// then the colours that the curves leave.
    static func level(_ index: Int, besides curves: Int) -> Colour {
        switch index {
        case 0: .ink
        case 1: .frame
        default: category(curves + index - 2)
        }
    }

    /// Colours along an ordered quantity, dark violet to light green (after viridis, whose yellow
    /// end is left out).
    static func ordered(_ index: Int, of count: Int) -> Colour {
        count > 1 ? scale(Double(index) / Double(count - 1)) : scale(1 / 3)
    }

    /// The colour at a share of the same scale, 0 to 1.
    static func scale(_ share: Double) -> Colour {
        let anchors = [
            Colour(68, 1, 84), Colour(70, 50, 126), Colour(54, 92, 141), Colour(39, 127, 142),
            Colour(31, 161, 135), Colour(74, 193, 109), Colour(160, 218, 57),
        ]
        let position = min(1, max(0, share)) * Double(anchors.count - 1)
        let lower = min(Int(saturating: position), anchors.count - 2)
        let share = position - Double(lower)
        func mix(_ first: Int, _ second: Int) -> Int {
            Int(saturating: (Double(first) + share * Double(second - first)).rounded())
        }
        let (first, second) = (anchors[lower], anchors[lower + 1])
        return Colour(
            mix(first.red, second.red), mix(first.green, second.green),
            mix(first.blue, second.blue))
    }
}

/// The mark of a point; the raw value is gnuplot's number for it.
package enum PointShape: Int, Sendable {
    case cross = 2
    case openSquare = 4
    case square = 5
    case openCircle = 6
    case circle = 7
    case triangleUp = 9
    case triangleDown = 11
    case openDiamond = 12
    case diamond = 13

    /// Marks of measured points. Triangles are kept for infinite values.
    static let markers: [PointShape] = [
        .circle, .square, .diamond, .openCircle, .openSquare, .openDiamond,
    ]
}
