import Compute

/// Draws from whole counts, which is to draw from the data that were counted, with replacement:
/// draw i is the datum at floor(w_i N / 2^64) of the N in the order of their symbols.
enum Resampling {
    /// The most data that are written out, a table that stays in the processor's cache.
    static let mostDraws = 1 << 14
    static let mostSymbols = 1 << 16

    /// Data are written this many at a time, mostly over the end of those before.
    private typealias Stroke = SIMD16<UInt16>

    /// `size` draws from counts that are whole and add up to `total`.
    static func draws(of counts: [Double], total: Int, size: Int, key: RandomKey) -> [UInt32] {
        Array(unsafeUninitializedCapacity: size) { cells, initialised in
            withUnsafeTemporaryAllocation(
                of: UInt16.self, capacity: total + Stroke.scalarCount
            ) { data in
                write(counts, into: UnsafeMutableRawBufferPointer(data))
                withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1_024) { words in
                    var done = 0
                    while done < size {
                        let part = UnsafeMutableBufferPointer(
                            rebasing: words[..<min(size - done, words.count)])
                        RandomWords.fill(part, from: key, startingAt: done)
                        for index in part.indices {
                            let position = part[index].multipliedFullWidth(by: UInt64(total)).high
                            cells[done + index] = UInt32(data[Int(position)])
                        }
                        done += part.count
                    }
                }
            }
            initialised = size
        }
    }

    private static func write(_ counts: [Double], into data: UnsafeMutableRawBufferPointer) {
        let width = Stroke.scalarCount
        var first = 0
        for symbol in counts.indices {
            let count = Int(counts[symbol])
            let stroke = Stroke(repeating: UInt16(truncatingIfNeeded: symbol))
            for position in stride(from: first, to: first + count, by: width) {
                data.storeBytes(
                    of: stroke, toByteOffset: position * MemoryLayout<UInt16>.stride,
                    as: Stroke.self)
            }
            first += count
        }
    }
}
