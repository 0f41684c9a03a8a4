import Foundation
import Support

/// The file in which an object keeps what was measured with it.
public enum MetricFile {
    /// The file's name among the files of an object.
    public static let name = "metrics.json"

    /// The file by its name: a JSON array of pairs `["name", value]` in the given order.
    ///
    /// Values that are not finite are written as the words `inf`, `-inf` and `nan`.
    public static func encode(_ metrics: [MetricValue]) -> [String: [UInt8]] {
        let rows = metrics.map { metric in
            let value = metric.value.isFinite ? "\(metric.value)" : "\"\(metric.value)\""
            return "[\(JSONText.quoted(metric.name)),\(value)]"
        }
        return [name: Array(("[" + rows.joined(separator: ",\n") + "]\n").utf8)]
    }

    /// The metrics in the order of the file; empty where the object has no such file.
    ///
    /// - Throws: `DecodingError` where the file is not an array of pairs.
    public static func decode(_ files: [String: [UInt8]]) throws -> [MetricValue] {
        guard let bytes = files[name] else { return [] }
        return try JSONDecoder().decode([MetricValue].self, from: Data(bytes))
    }
}
