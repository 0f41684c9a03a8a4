import Foundation

/// The measurements that need to run inside the program; `scripts/bench` runs them in turns with
/// the peers.
///
/// Prints figures by name as JSON.
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
        case "transformer":
            guard let benchmark = TransformerBenchmark(arguments.dropFirst()) else { usage() }
            result = try benchmark.run()
        case "verdict":
            guard let benchmark = VerdictBenchmark(arguments.dropFirst()) else { usage() }
            result = benchmark.run()
        default:
            usage()
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
    }

    private static func usage() -> Never {
        let lines = [
            "bpe TEXT VOCABULARY WORKERS", TransformerBenchmark.usage, VerdictBenchmark.usage,
        ]
        let text = lines.map { "Usage: Benchmarks \($0)\n" }.joined()
        FileHandle.standardError.write(Data(text.utf8))
        exit(64)
    }
}
