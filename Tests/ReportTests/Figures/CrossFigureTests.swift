import Collapse
import Report
import TestSupport
import Testing

/// The heat map of models against samples.
@Suite struct CrossFigureTests {
    private func table(_ generations: [Int], _ nats: (Int, Int) -> Double) -> CrossTable {
        CrossTable(
            arm: "mixture[real-fraction=0.1] <&>", seed: 3, generations: generations,
            events: "tokens",
            cells: generations.flatMap { model in
                ([nil] + generations.map(Optional.some)).map { drawn in
                    CrossTable.Cell(
                        model: model, data: drawn.map { .samples(generation: $0) } ?? .real,
                        score: CrossScore(
                            nats: 10 * nats(model, drawn ?? -1), events: 10, bytes: 40,
                            impossibleEvents: nats(model, drawn ?? -1).isFinite ? 0 : 1))
                }
            })
    }

    private static let kinds:
        [(name: String, generations: [Int], nats: @Sendable (Int, Int) -> Double)] = [
            ("few", [0, 1, 2], { Double(2 + $0 * $0 - $1) }), ("one", [7], { _, _ in 2 }),
            ("many", Array(0...60), { Double(1 + $0 + $1 % 7) }),
            ("apart", [0, 5, 50], { Double(1 + abs($0 - $1)) }),
            ("some infinite", [0, 1], { $0 == $1 ? 2 : .infinity }),
            ("all infinite", [0, 1], { _, _ in .infinity }), ("equal", [0, 1], { _, _ in 0 }),
        ]

    @Test(arguments: kinds.indices) func draws(kind: Int) throws {
        let (name, generations, nats) = Self.kinds[kind]
        let table = table(generations, nats)
        let figure = CrossFigure.figure(table)
        let colours = figure.plots[0].layers.flatMap { layer -> [Figure.Cell] in
            if case .cells(let cells) = layer { cells } else { [] }
        }
        #expect(colours.count == table.cells.count - table.infiniteCells.count, "\(name)")
        #expect(
            figure.texts.contains { $0.text.contains("white: infinite") }
                == name.contains("infinite"))
        #expect(figure.plots[0].x.ticks.first?.label == "real")
        #expect(figure.plots[0].y.ticks.map(\.label).contains("\(generations[0])"))
        let folder = try TemporaryFolder()
        let files = try FigureWriter().write(figure, to: folder.path)
        #expect(files == ["cross.gnuplot", "cross.svg"].map { folder / $0 })
        let svg = try folder.bytes("cross.svg")
        _ = try FigureWriter().write(figure, to: folder.path)
        #expect(try folder.bytes("cross.svg") == svg)
        #expect(folder.files().count == 2)
    }

    @Test func linesOfTheFile() {
        let csv = table([0, 4]) { $0 == 4 && $1 == 0 ? .infinity : Double($0 + 1) }.csv
        #expect(
            csv == """
                arm,seed,model,data,nats_per_token,bits_per_byte,tokens,zero_probability_tokens
                mixture[real-fraction=0.1] <&>,3,0,real,1.0,0.36067376022224085,10,0
                mixture[real-fraction=0.1] <&>,3,0,0,1.0,0.36067376022224085,10,0
                mixture[real-fraction=0.1] <&>,3,0,4,1.0,0.36067376022224085,10,0
                mixture[real-fraction=0.1] <&>,3,4,real,5.0,1.8033688011112043,10,0
                mixture[real-fraction=0.1] <&>,3,4,0,inf,inf,10,1
                mixture[real-fraction=0.1] <&>,3,4,4,5.0,1.8033688011112043,10,0

                """)
    }
}
