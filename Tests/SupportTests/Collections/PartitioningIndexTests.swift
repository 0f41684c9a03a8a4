import Support
import Testing

@Suite struct PartitioningIndexTests {
    @Test(arguments: 0..<40)
    func findsTheBoundaryWhereverItIs(count: Int) {
        let numbers = Array(0..<count)
        for boundary in 0...count {
            #expect(numbers.partitioningIndex { $0 >= boundary } == boundary)
            #expect((3..<3 + count).partitioningIndex { $0 >= 3 + boundary } == 3 + boundary)
            let later = numbers[(count / 2)...]
            #expect(later.partitioningIndex { $0 >= boundary } == max(boundary, count / 2))
        }
    }

    @Test func equalElementsStayTogether() {
        let numbers = [1, 2, 2, 2, 5, 5]
        #expect(numbers.partitioningIndex { $0 >= 2 } == 1)
        #expect(numbers.partitioningIndex { $0 > 2 } == 4)
        #expect(numbers.partitioningIndex { $0 >= 9 } == 6)
    }
}
