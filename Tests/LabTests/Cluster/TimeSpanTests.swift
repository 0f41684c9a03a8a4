import Lab
import Testing

@Suite struct TimeSpanTests {
    @Test(
        "Lengths of time as people and Slurm write them",
        arguments: [
            ("60s", 60), ("90", 90), ("10m", 600), ("3h50m", 13_800), ("2d", 172_800),
            ("1d1h1m1s", 90_061), ("04:00:00", 14_400), ("1-12", 129_600), ("1-12:30", 131_400),
            ("2-00:00:05", 172_805),
        ])
    func spans(text: String, seconds: Int) {
        #expect(TimeSpan(text)?.seconds == seconds)
    }

    @Test(
        "What is no length of time",
        arguments: ["", "s", "0", "0s", "-5m", "1.5h", "50m3h", "3h 50m", "1:2", "x", "9999999999"])
    func others(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(arguments: [(59, "59 s"), (3_600, "1 h"), (13_800, "3 h 50 min"), (180_061, "2 d 2 h")])
    func words(seconds: Int, text: String) {
        #expect(TimeSpan(seconds: seconds).description == text)
    }
}
