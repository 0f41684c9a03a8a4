import Report
import Testing

struct ArmSelectionTests {
    @Test("Each of a few arms is named")
    func few() {
        let selection = ArmSelection(means: [Double?](repeating: nil, count: 40), pinned: [])
        #expect(selection.arms == Array(0..<40))
        #expect(!selection.isPartial)
    }

    @Test("Of many arms twenty span the order of their means")
    func many() {
        // Means fall with the number of the arm.
        let selection = ArmSelection(means: (0..<1_000).map { Double(-$0) }, pinned: [])
        #expect(selection.isPartial)
        #expect(selection.arms.count == 20)
        #expect(selection.arms.first == 0 && selection.arms.last == 999)
        let gaps = zip(selection.arms.dropFirst(), selection.arms).map { $0 - $1 }
        #expect(gaps.allSatisfy { (1...60).contains($0) })
    }

    @Test("Pinned arms have at most half of the places")
    func pinned() {
        let means = (0..<100).map { Double($0) }
        #expect(
            Set(ArmSelection(means: means, pinned: [41, 77]).arms).isSuperset(of: [0, 41, 77, 99]))
        #expect(ArmSelection(means: means, pinned: Array(30..<90)).arms.count == 20)
    }

    @Test("Arms without a mean fill the places that are left")
    func unmeasured() {
        var means = [Double?](repeating: nil, count: 100)
        means[50] = 1
        means[60] = .infinity
        means[70] = .nan
        let selection = ArmSelection(means: means, pinned: [])
        #expect(selection.arms == Array(0..<18) + [50, 60])
    }
}
