import ArgumentParser
import Collapse
import Compute
import Foundation
import Lab
import Support

extension CollapseLab {
    /// `collapselab explain`
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a metric, a key of experiment files, or a stored object is.",
            discussion: """
                  collapselab explain heldout.nats_per_token
                  collapselab explain evaluation.bootstrap
                  collapselab explain 93f80805 runs/mine        an object, by the beginning of its hash
                """)

        @Argument(help: "A metric, a key, or the beginning of an object's hash.")
        var word: String

        @Argument(
            help: "Where objects are looked for: runs, or folders of them.", completion: .directory)
        var folders: [String] = ["runs"]

        @Flag(help: "Print JSON for programs.")
        var json = false

        /// A metric with the settings that measure it.
        private struct Metric: Encodable {
            var name: String
            var title: String
            var unit: String
            var direction: String
            var help: String
            var reference: String?
            var settings: [String]
        }

        /// A stored object.
        private struct Object: Encodable {
            var key: String
            var folder: String
            var kind: String
            /// What determined it; its SHA-256 is the key.
            var description: String
            var files: [String: Int]
        }

        private struct Answer: Encodable {
            var metrics: [Metric]
            var keys: [KeyGuide]
            var objects: [Object]
        }

        func run() throws {
            try reportingErrors {
                let settings = SettingRegistry.declarations
                let answer = Answer(
                    metrics: metrics(settings), keys: KeyGuide.find(word, in: settings),
                    objects: isHash ? try objects() : [])
                guard !answer.metrics.isEmpty || !answer.keys.isEmpty || !answer.objects.isEmpty
                else { throw nothing(settings) }
                if json { return try printLine(jsonText(answer)) }
                let blocks =
                    answer.metrics.map(lines) + answer.keys.map(lines) + answer.objects.map(lines)
                try printLine(blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n"))
            }
        }

        private var isHash: Bool {
            word.utf8.count >= 6 && word.allSatisfy { "0123456789abcdef".contains($0) }
        }

        private func nothing(_ settings: [SettingDeclaration]) -> WrongInput {
            let words =
                settings.flatMap(\.allMetrics).map(\.name) + KeyGuide.all(of: settings).map(\.path)
            let advice = NearestWord.find(word, in: words).map { " Is it \($0)?" } ?? ""
            return WrongInput(
                "there is no metric and no key \(word)"
                    + (isHash ? ", and no object in \(folders.joined(separator: ", "))" : "")
                    + ".\(advice)")
        }

        private func metrics(_ settings: [SettingDeclaration]) -> [Metric] {
            var found: [MetricDeclaration: [String]] = [:]
            var order: [MetricDeclaration] = []
            for setting in settings {
                for metric in setting.allMetrics where metric.name == word {
                    if found[metric] == nil { order.append(metric) }
                    found[metric, default: []].append(setting.name)
                }
            }
            return order.map { metric in
                let direction =
                    switch metric.direction {
                    case .lowerIsBetter: "lower is better"
                    case .higherIsBetter: "higher is better"
                    case .nearerToReference: "nearer to the value of real data is better"
                    case .neither: "neither way is better"
                    }
                return Metric(
                    name: metric.name, title: metric.title, unit: metric.unit,
                    direction: direction, help: metric.help, reference: metric.reference,
                    settings: found[metric] ?? [])
            }
        }

        private func objects() throws -> [Object] {
            let present = folders.filter(FileSystem.isFolder)
            let runs = try RunList(
                below: present, workers: ProcessInfo.processInfo.activeProcessorCount)
            return try runs.entries.flatMap { run -> [Object] in
                let store = ObjectStore(reading: run.path + "/objects")
                return try store.allKeys().filter { $0.digits.hasPrefix(word) }.compactMap { key in
                    guard let object = try store.description(of: key) else { return nil }
                    return Object(
                        key: key.digits, folder: store.folder(of: key),
                        kind: object.kind.rawValue, description: object.description,
                        files: Dictionary(
                            object.files.map { ($0.name, $0.length) }, uniquingKeysWith: { $1 }))
                }
            }
        }

        private func lines(_ metric: Metric) -> [String] {
            [
                "metric \(metric.name): \(metric.title)"
                    + (metric.unit.isEmpty ? "" : ", in \(metric.unit)"),
                metric.help,
                metric.direction + (metric.reference.map { "; of real data it is \($0)" } ?? ""),
                "measured by \(metric.settings.joined(separator: ", "))",
            ].filter { !$0.isEmpty }
        }

        private func lines(_ key: KeyGuide) -> [String] {
            [
                "key \(key.path)"
                    + (key.settings.isEmpty ? "" : ", of \(key.settings.joined(separator: ", "))")
                    + ": \(key.expected)",
                key.help, key.defaultText.map { "default: \($0)" } ?? "",
            ].filter { !$0.isEmpty }
        }

        private func lines(_ object: Object) -> [String] {
            ["object \(object.key), \(object.kind), in \(object.folder)"]
                + object.files.sorted { $0.key < $1.key }.map {
                    "  \($0.key)  \(TerminalNumber.bytes(Double($0.value)))"
                }
                + ["what determined it, whose SHA-256 is its key:", object.description]
        }
    }
}
