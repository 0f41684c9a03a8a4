import Foundation
import Testing

/// The files that scripts/fixtures/linear-regression.py writes.
enum RegressionReference {
    struct Fit: Decodable {
        var rows: Int
        var columns: Int
        var inputs: [Double]
        var labels: [Double]
        var weights: [Double]?
        var alpha: Double
        var solution: [Double]
    }

    struct Penalty: Decodable {
        var size: Int
        var n: Int
        var penalty: Double
        var adaptive: Double
        var clean: Double
    }

    static func fits() throws -> [Fit] { try read("fits.json") }
    static func penalties() throws -> [Penalty] { try read("penalties.json") }

    private static func read<Value: Decodable>(_ name: String) throws -> Value {
        let url = Bundle.module.bundleURL.appending(path: "Fixtures/LinearRegression").appending(
            path: name)
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
    }
}
