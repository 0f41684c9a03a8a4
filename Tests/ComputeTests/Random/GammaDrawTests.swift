import Compute
import Testing

@Suite struct GammaDrawTests {
    @Test(
        "Chi-squared draws have the mean and spread of their distribution, within 5 standard errors",
        arguments: [1, 2, 3, 10, 999])
    func chiSquared(degrees: Int) {
        var stream = RandomStream(RandomKey(seed: 3, purpose: .test, index: degrees))
        let (count, k) = (100_000.0, Double(degrees))
        var (sum, squares) = (0.0, 0.0)
        for _ in 0..<Int(count) {
            let draw = stream.chiSquared(degrees: degrees)
            sum += draw
            squares += (draw - k) * (draw - k)
        }
        #expect(abs(sum / count - k) < 5 * (2 * k / count).squareRoot())
        // The fourth central moment of chi-squared is 12 k (k + 4).
        let spread = (12 * k * (k + 4) - 4 * k * k) / count
        #expect(abs(squares / count - 2 * k) < 5 * spread.squareRoot())
    }
}
