import Collapse

/// What a paper needs to say of the experiment, to be pasted into it.
struct MethodsSection {
    let analysis: Analysis
    /// Up to this many arms are named.
    private static let mostArms = 12

    private var results: ExperimentResults { analysis.results }

    var section: Section {
        Section(
            id: "methods", heading: "For a paper",
            body: """
                <p class="note">A paragraph of methods and a reference. The papers of a recipe stand in the text of \
                its page.</p>
                <pre>\(wrapped(paragraph))</pre>
                <pre>\(reference)</pre>
                """)
    }

    private var paragraph: String {
        [what, arms, commands, inference, data, software].filter { !$0.isEmpty }.joined(
            separator: " ")
    }

    private var what: String {
        let shared = results.methods.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        let seeds = results.seeds.count
        let last = results.generations
        return "Task setting \(results.setting.name)"
            + (shared.isEmpty
                ? "."
                : " (\(shared); all other values that arms share are the program's defaults).")
            + " Generation 0 is fitted on real data only, and the loop was run for "
            + "\(last) further \(last == 1 ? "generation" : "generations") with \(seeds) "
            + "\(seeds == 1 ? "seed" : "seeds"), each with its own real sample, the same for arms of the same real data."
    }

    private var arms: String {
        let named = results.arms.prefix(Self.mostArms).map { "\($0.name) (\($0.summary))" }
        let rest = results.arms.count - named.count
        return "Arms: \(named.joined(separator: ", "))"
            + (rest > 0 ? ", and \(rest) more along the sweep." : ".")
    }

    private var commands: String {
        let commands = results.environment.filter { $0.name == "external command" }
        return commands.isEmpty
            ? ""
            : "External commands chose among the data that arms train on: "
                + "\(commands.map(\.value).joined(separator: "; "))."
    }

    private var inference: String {
        let hasControls = results.arms.contains {
            if case .arm = $0.reference { true } else { false }
        }
        let against =
            hasControls
            ? "its control, which trained on as much fresh real data in every generation"
            : "its own generation 0"
        return "The headline metric is \(analysis.headline.title)"
            + (analysis.headline.unit.isEmpty ? "" : " in \(analysis.headline.unit)")
            + ". Every arm is compared with \(against), seed by seed; intervals are Student's at 95 % over "
            + "seeds, and p values are corrected by Holm's method."
    }

    private var data: String {
        let kinds = ["corpus", "truth", "images", "features"]
        let sources = results.environment.filter { fact in
            kinds.contains { fact.name.hasPrefix($0 + " ") }
        }
        return sources.isEmpty
            ? ""
            : "Real data: \(sources.map { "\($0.name): \($0.value)" }.joined(separator: "; "))."
    }

    private func fact(_ name: String) -> String? {
        results.environment.first { $0.name == name }?.value
    }

    private var software: String {
        var text = "Computed with CollapseLab"
        if let version = fact("collapselab") { text += " \(version)" }
        if let day = fact("first day") { text += " on \(day)" }
        if let kernels = fact("kernels") { text += " (\(kernels))" }
        return text + "; the specification and every measurement are in the run's folder."
    }

    private var reference: String {
        let year = fact("first day").map { "  year    = {\($0.prefix(4))},\n" } ?? ""
        let version = fact("collapselab").map { "  version = {\($0)},\n" } ?? ""
        return
            "@software{collapselab,\n  title   = {CollapseLab: a laboratory for model collapse},\n"
            + "  author  = {{The CollapseLab authors}},\n\(version)\(year)}"
    }

    /// Lines of at most 100 characters where words allow.
    private func wrapped(_ text: String) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > 100 {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
