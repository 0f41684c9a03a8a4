import Compute

/// Writes base-10 logarithms as ARPA files have them, with seven decimals: as exact as the binary32
/// that readers keep.
struct ARPANumber {
    private let log10 = DecimalLogarithm()

    /// No number is longer.
    static let longest = 16

    /// Writes log10 of a probability or weight, of zero -99 as is customary, where there is space
    /// for ``longest`` bytes; returns how many it wrote.
    @inline(__always)
    func write(logarithmOf value: Double, to position: UnsafeMutablePointer<UInt8>) -> Int {
        if value < 0x1p-1000 { return Self.write("-99", to: position) }
        let logarithm = log10(value)
        let scaled = UInt64((abs(logarithm) * 1e7).rounded(.toNearestOrEven))
        var count = 0
        if scaled == 0 {
            position[0] = 0x30
            return 1
        }
        if logarithm < 0 {
            position[0] = 0x2D
            count = 1
        }
        var below = scaled
        if scaled >= 100_000_000 {
            // The digits before the last one in front of the point: at most two.
            let tens = scaled / 100_000_000
            below = scaled - tens * 100_000_000
            if tens >= 10 {
                position[count] = 0x30 + UInt8(truncatingIfNeeded: tens / 10)
                count += 1
            }
            position[count] = 0x30 + UInt8(truncatingIfNeeded: tens % 10)
            count += 1
        }
        let digits = Self.digits(below)
        position[count] = UInt8(truncatingIfNeeded: digits)
        position[count + 1] = 0x2E
        UnsafeMutableRawPointer(position + count + 2).storeBytes(
            of: (digits &>> 8).littleEndian, as: UInt64.self)
        return count + 9
    }

    private static func write(_ text: StaticString, to position: UnsafeMutablePointer<UInt8>) -> Int
    {
        position.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    /// Eight decimal digits as text, the first one in the lowest byte: halves, quarters and single
    /// digits at once.
    @inline(__always)
    static func digits(_ value: UInt64) -> UInt64 {
        let high = value / 10_000
        let fours = high | (value &- high &* 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = (twos &* 103) &>> 10 & 0x000F_000F_000F_000F
        let ones = tens | (twos &- tens &* 10) &<< 8
        return ones | 0x3030_3030_3030_3030
    }
}
