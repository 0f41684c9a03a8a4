import Compute
import Testing

@Suite struct DecimalLogarithmTests {
    private let log10 = DecimalLogarithm()

    @Test func powersOfTenAndTwo() {
        var power = 1.0
        for exponent in 0..<300 {
            #expect(abs(log10(power) - Double(exponent)) < 1e-11)
            #expect(abs(log10(1 / power) + Double(exponent)) < 1e-11)
            power *= 10
        }
        #expect(abs(log10(0x1p-1022) - -1022 * 0.301_029_995_663_981_2) < 1e-11)
    }

    /// Around every position where the table or the exponent changes, and in between.
    @Test func agreesWithTheExactFunction() {
        var random = RandomStream(RandomKey(seed: 1, purpose: .test))
        let positions = (0...256).flatMap { index -> [Double] in
            let position = 1 + Double(index) / 256
            return [position, position.nextUp, position.nextDown]
        }
        for position in positions + (0..<20_000).map({ _ in 1 - random.uniform() }) {
            for x in [position, position * 1e-9, position * 1e9] {
                let expected = Elementary.log(x) / Elementary.log(10)
                #expect(abs(log10(x) - expected) < 1e-11, "\(x)")
            }
        }
    }
}
