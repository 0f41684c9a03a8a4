import Compute
import Report
import Testing

struct LabelPlacementTests {
    @Test func labelsThatHaveRoomStayWhereTheyBelong() {
        #expect(LabelPlacement.spread([50, 10, 90], gap: 15, within: 0...100) == [50, 10, 90])
    }

    @Test func labelsThatMeetMoveApartEvenly() {
        #expect(LabelPlacement.spread([50, 50], gap: 20, within: 0...100) == [40, 60])
        #expect(LabelPlacement.spread([0, 0], gap: 20, within: 0...100) == [0, 20])
        #expect(LabelPlacement.spread([99, 100], gap: 20, within: 0...100) == [80, 100])
        #expect(LabelPlacement.spread([], gap: 20, within: 0...100) == [])
    }

    @Test func noTwoLabelsTouchAndOrderIsKept() {
        for seed in 0..<200 {
            var stream = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
            let desired = (0..<(1 + stream.below(12))).map { _ in stream.uniform() * 300 }
            let indices = LabelPlacement.spread(desired, gap: 15, within: 0...300)
            let order = desired.indices.sorted { desired[$0] < desired[$1] }
            for (lower, upper) in zip(order, order.dropFirst()) {
                #expect(indices[upper] - indices[lower] > 15 - 1e-9, "seed \(seed)")
            }
            #expect(indices.allSatisfy { $0 >= 0 && $0 <= 300 + 1e-9 }, "seed \(seed)")
        }
    }
}
