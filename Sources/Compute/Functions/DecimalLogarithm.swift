/// Common logarithms for text that shows some ten digits: several times faster than
/// ``Elementary/log(_:)``, with an absolute error below 1e-11, and as independent of the machine.
///
/// x = 2^e m with m in [1, 2); with c near 1/m from a table, log m = -log c + log(m c), where m c -
/// 1 is below 2^-8.
package struct DecimalLogarithm: Sendable {
    /// For each leading 7 bits of m: c, and log10 of 1/c.
    @usableFromInline let table: [SIMD2<Double>]

    package init() {
        table = (0..<128).map { index in
            let reciprocal = 1 / (1 + (Double(index) + 0.5) / 128)
            return SIMD2(reciprocal, -Elementary.log(reciprocal) * 0.434_294_481_903_251_8)
        }
    }

    /// log10 of a positive, finite, normal number.
    @inlinable
    @inline(__always)
    package func callAsFunction(_ x: Double) -> Double {
        let bits = x.bitPattern
        let exponent = Double(Int(truncatingIfNeeded: bits &>> 52) &- 1023)
        let mantissa = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
        let entry = table[Int(truncatingIfNeeded: bits &>> 45) & 127]
        let r = mantissa * entry.x - 1
        // log10(1 + r) to degree 4; the next term is below 2^-40 / 5 / ln 10.
        let series =
            r
            * (0.434_294_481_903_251_8
                + r
                * (-0.217_147_240_951_625_9
                    + r * (0.144_764_827_301_083_9 + r * -0.108_573_620_475_812_96)))
        return exponent * 0.301_029_995_663_981_2 + (entry.y + series)
    }
}
