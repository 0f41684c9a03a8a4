import Foundation
import Support

/// The file in which an object keeps what was measured with it.
public enum MetricFile {
    public static let name = "metrics.json"

    public static func encode(_ metrics: [MetricValue]) -> [String: [UInt8]] {
        let rows = metrics.map { metric in
            let value = metric.value.isFinite ? "\(metric.value)" : "\"\(metric.value)\""
            return "[\(JSONText.quoted(metric.name)),\(value)]"
        }
        return [name: Array(("[" + rows.joined(separator: ",\n") + "]\n").utf8)]
    }

    public static func decode(_ files: [String: [UInt8]]) throws -> [MetricValue] {
        guard let bytes = files[name] else { return [] }
        return try JSONDecoder().decode([MetricValue].self, from: Data(bytes))
    }
}
