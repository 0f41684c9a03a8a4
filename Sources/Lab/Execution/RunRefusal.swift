package import Collapse
import Support

/// Why a run does not start.
package enum RunRefusal: Error, Sendable, CustomStringConvertible {
    /// The directory holds another experiment.
    case differentSpecification(
        directory: String, SpecificationDifference, isExtension: Bool)
    /// The records there are named by other hashes than this version's.
    case otherRecords(directory: String, isOlder: Bool)
    /// The records there were made from other real data of the same name.
    case otherData(directory: String, existing: DataSource, found: DataSource)
    /// The records there were made by kernels whose last bits differ.
    case otherKernels(directory: String, existing: String, found: String)

    package var description: String {
        switch self {
        case .otherRecords(let directory, let isOlder):
            "\(directory) was written by \(isOlder ? "an older" : "a newer") version of collapselab, whose "
                + "records this one cannot go on from. `collapselab report \(ShellWord.quoted(directory))` still "
                + "reads it; to run the experiment anew choose another --output."
        case .differentSpecification(let directory, let difference, let isExtension):
            "\(directory) holds another experiment: \(difference.key) is "
                + "\(shortened(difference.existing)) there and \(shortened(difference.requested)) here"
                + (difference.isOfFiles
                    ? " (names of what the files hold: they are others now, wherever they lie). "
                    : ". ")
                + (isExtension
                    ? "Add --extend to continue it, or choose another --output."
                    : "Choose another --output, or run that directory's experiment.yaml.")
        case .otherData(let directory, let existing, let found):
            "\(directory) was made with other real data under the name \(found.name): its \(found.kind) "
                + "had \(existing.summary), SHA-256 \(existing.sha256.prefix(16))...; now it has "
                + "\(found.summary), SHA-256 \(found.sha256.prefix(16)).... Nothing was "
                + "overwritten. Put the earlier one back under this name to go on, or choose "
                + "another --output for a run with the new one; `collapselab report "
                + "\(directory)` needs neither."
        case .otherKernels(let directory, let existing, let found):
            "\(directory) was computed by the kernels \(existing), and this machine has \(found), "
                + "whose last bits differ: one run does not mix them, and nothing was overwritten. "
                + "Go on where it began, or choose another --output; `collapselab report "
                + "\(directory)` works here, too."
        }
    }
}

/// The ends of a long value.
private func shortened(_ text: String) -> String {
    text.count <= 60 ? text : "\(text.prefix(28)) ... \(text.suffix(28))"
}

extension RunProvenance {
    /// Refuses records that this version of the program would name otherwise.
    func checkVersions(against setting: SettingDeclaration, in directory: String) throws(RunRefusal)
    {
        let versions =
            [(recordVersion, GenerationRecord.version)]
            + (settingVersion.map { [($0, setting.version)] } ?? [])
            + setting.evaluations.compactMap { evaluation in
                evaluations[evaluation.name].map { ($0, evaluation.version) }
            }
        for (existing, current) in versions where existing != current {
            throw .otherRecords(directory: directory, isOlder: existing < current)
        }
    }

    /// The first of the sources whose content is another than the one recorded under its name.
    func replacedSource(
        among found: [DataSource]
    ) -> (existing: DataSource, found: DataSource)? {
        for source in found {
            // Several models may have one name, and each is named by its content in the experiment.
            let known = sources.filter { $0.kind == source.kind && $0.name == source.name }
            guard let existing = known.first,
                !known.contains(where: { $0.sha256 == source.sha256 })
            else { continue }
            return (existing, source)
        }
        return nil
    }

    /// Refuses real data and kernels other than those that made the records.
    func checkSources(against found: RunProvenance, in directory: String) throws(RunRefusal) {
        if let (existing, source) = replacedSource(among: found.sources) {
            throw .otherData(directory: directory, existing: existing, found: source)
        }
        if let existing = environment, let current = found.environment, existing != current {
            throw .otherKernels(directory: directory, existing: existing, found: current)
        }
    }
}
