import Compute
import Testing

@Suite struct BufferTests {
    @Test(arguments: [0, 1, 15, 16, 17, 1_000, 3_000_000])
    func isZeroAndAligned(count: Int) {
        let buffer = Buffer<Float>(count: count)
        #expect(buffer.count == count)
        #expect(Int(bitPattern: buffer.base) % 64 == 0)
        #expect(buffer.array().allSatisfy { $0 == 0 })
    }

    @Test func aCopyIsItsOwn() {
        var buffer = Buffer<Double>([1, 2, 3])
        let copy = buffer.copy()
        buffer[1] = 7
        #expect(buffer.array() == [1, 7, 3])
        #expect(copy.array() == [1, 2, 3])
        #expect(SharedBuffer(copy).array() == [1, 2, 3])
    }

    /// More memory than is there, just as much, less with pages left over, and almost nothing.
    @Test(arguments: [3_000_001, 3_000_000, 1_000_001, 5, 0])
    func memoryServesAgainForOtherElements(count: Int) {
        let buffer = Buffer<UInt64>(count: 1_500_000)
        let old = Int(bitPattern: buffer.base)
        let reused = buffer.reused(as: UInt32.self, count: count)
        #expect(reused.count == count)
        if count <= 3_000_000 { #expect(Int(bitPattern: reused.base) == old) }
        for index in 0..<count { reused.base[index] = UInt32(index) }
        #expect(reused.array() == (0..<UInt32(count)).map { $0 })
    }

    @Test func arenaPartsDoNotOverlap() {
        let sizes = [1, 16, 17, 0, 100]
        var plan = ArenaPlan()
        for size in sizes { plan.add(size) }
        var arena = Arena<Float>(plan)
        var end = 0
        for size in sizes {
            let part = Int(bitPattern: arena.take(size))
            #expect(part % 64 == 0)
            #expect(part >= end)
            // A part may be used up to the next multiple of 16.
            end = part + (size + 15) / 16 * 64
        }
        #expect(arena.count == 16 + 16 + 32 + 112)
    }
}
