import Foundation

/// The measurements that need to run inside the program; `scripts/bench` runs them in turns with the peers.
///
/// Prints seconds by name as JSON.
@main
enum Benchmarks {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let result: [String: Double]
        switch arguments.first {
        case "bpe" where arguments.count == 4:
            result = try TokenizerBenchmark(
                text: arguments[1], vocabularyCount: Int(arguments[2]) ?? 4_096,
                workers: Int(arguments[3]) ?? 1
            ).run()
        default:
            FileHandle.standardError.write(
                Data("Usage: Benchmarks bpe TEXT VOCABULARY WORKERS\n".utf8))
            exit(64)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
    }
}
