import Compute
import Testing

/// Expected values from mpmath 1.3 and SciPy 1.17.
@Suite struct FunctionTests {
    @Test(
        "Exponential and logarithm are inverse within an ulp or two",
        arguments: [-700.0, -20.5, -1, -1e-9, 0, 1e-9, 0.5, 1, 20.5, 700])
    func inverse(x: Double) {
        let value = Elementary.exp(x)
        #expect(abs(Elementary.log(value) - x) <= max(abs(x).ulp, 3e-16))
    }

    @Test func knownValues() {
        #expect(abs(Elementary.exp(1) - 2.718281828459045) <= 1.0.ulp * 2)
        #expect(abs(Elementary.log(10) - 2.302585092994046) <= 2.0.ulp)
        #expect(Elementary.exp(-.infinity) == 0)
        #expect(Elementary.exp(1_000) == .infinity)
        #expect(Elementary.log(0) == -.infinity)
        #expect(Elementary.log(-1).isNaN)
        #expect(Elementary.power(2, 10) == 1_024)
        #expect(Elementary.power(4, -0.5) == 0.5)
        #expect(Elementary.cosinePi(0.5) == 0)
        #expect(abs(Elementary.cosinePi(1.0 / 3) - 0.5) < 2e-16)
        #expect(Elementary.sinePi(0.5) == 1)
    }

    @Test(arguments: [
        (0.975, 1.0, 12.706204736174694), (0.975, 4, 2.7764451051977934),
        (0.995, 30, 2.7499956535672254), (0.6, 2.5, 0.2814595127485477),
    ])
    func studentQuantile(p: Double, degrees: Double, expected: Double) {
        let value = SpecialFunctions.studentQuantile(p, degrees: degrees)
        #expect(abs(value / expected - 1) < 1e-12)
        #expect(SpecialFunctions.studentQuantile(1 - p, degrees: degrees) < 0)
    }

    @Test(arguments: [
        (0.975, 1.959963984540054), (1e-10, -6.361340902404056), (0.3, -0.5244005127080409),
    ])
    func normalQuantile(p: Double, expected: Double) {
        #expect(abs(SpecialFunctions.normalQuantile(p) / expected - 1) < 1e-14)
    }

    @Test("The normal distribution function is the inverse of the quantile")
    func normalDistribution() {
        for step in 1..<2_000 {
            let p = Double(step) / 2_000
            let x = SpecialFunctions.normalQuantile(p)
            #expect(abs(SpecialFunctions.normalDistribution(x) - p) < 1e-15)
        }
        #expect(SpecialFunctions.normalDistribution(-9) == 0)
        #expect(SpecialFunctions.normalDistribution(9) == 1)
        #expect(SpecialFunctions.normalDistribution(.nan).isNaN)
    }

    @Test(arguments: [
        (0.1, 2.252712651734206), (2.5, 0.2846828704729192), (50, 144.5657439463449),
        (1e5, 1051287.7089736569),
    ])
    func logGamma(x: Double, expected: Double) {
        #expect(abs(SpecialFunctions.logGamma(x) / expected - 1) < 1e-13)
    }

    @Test(arguments: [
        (0.3, 2.0, 3.0, 0.3483), (0.9, 0.5, 5, 0.9999974294103009),
        (0.01, 10, 0.5, 1.770034965528571e-21),
    ])
    func incompleteBeta(x: Double, a: Double, b: Double, expected: Double) {
        #expect(abs(SpecialFunctions.incompleteBeta(x, a, b) / expected - 1) < 1e-12)
    }
}
