package import Collapse
import Support

/// The stored models of a run, found by its records alone: nothing of it needs the real data that
/// the run read.
package struct RunModels {
    /// A model where it lies.
    package struct Model: Sendable {
        /// The arm that made it, as its run resolved it.
        package var arm: ResolvedArm
        package var seed: UInt64
        package var generation: ModelAddress.Generation
        /// The folder with the model's files, each of which is as the run wrote it.
        package var folder: String
        /// `RUN:ARM/SEED/GENERATION`, the run by the last part of its path.
        package var title: String
    }

    /// The run's experiment, as its directory has it.
    package let resolved: ResolvedExperiment
    private let directory: RunDirectory
    private let generations: Int

    /// Opens a run: a run directory, or the name of one in `runs/`.
    ///
    /// - Throws: ``AddressError`` where there is none, or one of another setting; `StoreError` where
    ///   its specification is damaged.
    package init(of run: String, settings: [SettingDeclaration]) throws {
        let path = try Self.path(of: run)
        if let name = try Self.setting(of: path), !settings.contains(where: { $0.name == name }) {
            throw AddressError(
                .run,
                "\(path) is a run of the setting \(name), not of "
                    + settings.map(\.name).joined(separator: ", "))
        }
        guard let resolved = try ExperimentFile.recorded(in: path, settings: settings) else {
            throw AddressError(.run, "\(path) holds no experiment.yaml: name a run directory")
        }
        try self.init(resolved, in: path)
    }

    /// - Parameters:
    ///   - resolved: The experiment of the directory's `experiment.yaml`.
    ///   - path: The run directory.
    /// - Throws: `FileError` where there is no such folder.
    package init(_ resolved: ResolvedExperiment, in path: String) throws {
        self.resolved = resolved
        directory = try RunDirectory(reading: path)
        generations = try resolved.experiment[ExperimentKeys.generations]
    }

    /// Whether a path leads to a run, or is the name of one in `runs/`.
    package static func isThere(_ run: String) -> Bool { (try? path(of: run)) != nil }

    /// The directory of a run that is named by its path, or by its name in `runs/`.
    package static func path(of run: String) throws(AddressError) -> String {
        var path = run
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let places = [path] + (path.contains("/") ? [] : ["runs/\(path)"])
        if let found = places.first(where: { FileSystem.exists($0 + "/experiment.yaml") }) {
            return found
        }
        throw AddressError(
            .run,
            FileSystem.isFolder(path)
                ? "\(path) holds no experiment.yaml: name a run directory"
                : "there is no run \(places.joined(separator: ", nor "))" + Self.others)
    }

    /// The runs in the usual place.
    private static var others: String {
        let names = ((try? FileSystem.namesIfAny(in: "runs")) ?? []).filter {
            FileSystem.exists("runs/\($0)/experiment.yaml")
        }
        return names.isEmpty ? "" : "; in runs/ are \(listed(names))"
    }

    /// The setting that the specification names, without a look at the rest.
    private static func setting(of path: String) throws -> String? {
        let text = try ExperimentFile.text(of: path + "/experiment.yaml")
        let key = "\(ExperimentKeys.setting.name): "
        return text.split(separator: "\n").first { $0.hasPrefix(key) }.map {
            String($0.dropFirst(key.count))
        }
    }

    /// The run directory.
    package var path: String { directory.path }

    // MARK: Addresses

    /// The arm of a name; the only one where none is given.
    package func arm(_ name: String?) throws(AddressError) -> ResolvedArm {
        let names = resolved.arms.map(\.name)
        guard let name else {
            if resolved.arms.count == 1 { return resolved.arms[0] }
            throw AddressError(.arm, "\(path) has the arms \(Self.listed(names)): say which")
        }
        if let arm = resolved.arms.first(where: { $0.name == name }) { return arm }
        throw AddressError(
            .arm,
            "\(path) has no arm \(name): "
                + (names.count == 1 ? "its only arm is" : "its arms are")
                + " \(Self.listed(names))")
    }

    /// A seed of the run; the only one where none is given.
    package func seed(_ text: String?) throws -> UInt64 {
        let seeds = try resolved.experiment[ExperimentKeys.seeds].map(UInt64.init)
        guard let text else {
            if seeds.count == 1 { return seeds[0] }
            throw AddressError(
                .seed, "\(path) has the seeds \(Self.ranges(seeds.map(Int.init))): say which")
        }
        if let seed = UInt64(text), seeds.contains(seed) { return seed }
        throw AddressError(
            .seed,
            "\(path) has no seed \(text): "
                + (seeds.count == 1 ? "its only seed is" : "its seeds are")
                + " \(Self.ranges(seeds.map(Int.init)))")
    }

    /// The stored model that an address names, each of its files checked against its sum.
    ///
    /// - Throws: ``AddressError`` that names the first part that is not there, and what is;
    ///   `StoreError` where something is damaged.
    package func model(at address: ModelAddress) throws -> Model {
        let place = try place(at: address)
        let (arm, seed, generation) = (place.arm, place.seed, place.generation)
        guard let key = try stored(arm.name, seed, generation) else {
            throw try absence(of: generation, arm.name, seed)
        }
        try directory.objects.check(key)
        return Model(
            arm: arm, seed: seed, generation: generation,
            folder: directory.objects.folder(of: key),
            title: "\(FileSystem.lastName(of: path)):\(arm.name)/\(seed)/\(generation)")
    }

    /// A generation of a chain, recorded or not.
    package struct Place: Sendable {
        package var arm: ResolvedArm
        package var seed: UInt64
        package var generation: ModelAddress.Generation
    }

    /// What an address names.
    ///
    /// - Throws: ``AddressError`` that names the first part that is not there, and what is.
    package func place(at address: ModelAddress) throws -> Place {
        let arm = try arm(address.arm)
        let seed = try seed(address.seed)
        return Place(
            arm: arm, seed: seed,
            generation: try generation(address.generation, of: arm.name, seed: seed))
    }

    /// The folder of a stored model, which need not be whole; nil where the run keeps none.
    package func modelFolder(at place: Place) throws -> String? {
        guard case .generation = resolved.setting.recordUnit else { return nil }
        return try stored(place.arm.name, place.seed, place.generation)
            .map(directory.objects.folder)
    }

    private func generation(
        _ text: String?, of arm: String, seed: UInt64
    ) throws -> ModelAddress.Generation {
        guard let text else { return .number(generations) }
        guard let generation = ModelAddress.Generation(text) else {
            throw AddressError(
                .generation, "\(text) is no generation: write a number from 0, or base")
        }
        if case .number(let t) = generation, t > generations {
            throw AddressError(
                .generation,
                "\(path) has no generation \(t): its last is \(generations)"
                    + (try kept(arm, seed).map { ", and \($0)" } ?? ""))
        }
        return generation
    }

    // MARK: Records

    private func record(
        _ arm: String, _ seed: UInt64, _ generation: ModelAddress.Generation
    ) throws -> GenerationRecord? {
        guard case .generation = resolved.setting.recordUnit else {
            throw AddressError(
                .run,
                "\(path) is of the setting \(resolved.setting.name), which stores no models")
        }
        let t =
            switch generation {
            case .number(let t): t
            case .base: MetricTable.baseGeneration
            }
        let block = RecordBlock(arm: arm, seeds: [seed], generations: t...t)
        return try directory.records(of: block)?.first
    }

    private func stored(
        _ arm: String, _ seed: UInt64, _ generation: ModelAddress.Generation
    ) throws -> ContentKey? {
        try record(arm, seed, generation)?.model.flatMap {
            directory.objects.contains($0) ? $0 : nil
        }
    }

    /// Why a generation that the specification plans has no model.
    private func absence(
        of generation: ModelAddress.Generation, _ arm: String, _ seed: UInt64
    ) throws -> AddressError {
        let there = try kept(arm, seed)
        let chain = "the arm \(arm), seed \(seed), of \(path)"
        let problem: String
        switch (generation, try record(arm, seed, generation)) {
        case (.base, nil): problem = "\(chain) has no base model"
        case (.base, .some):
            problem =
                "\(chain) was recorded before records said where a base model lies: name the folder "
                + "that the run began from"
        case (.number(let t), nil): problem = "\(chain) has not recorded generation \(t)"
        case (.number(let t), let record?) where record.model == nil:
            problem = "\(chain) has no model of generation \(t), for which there was no data"
        case (.number(let t), .some):
            problem =
                "\(chain) has not kept the model of generation \(t); "
                + "`collapselab run \(ShellWord.quoted(path + "/experiment.yaml")) --output "
                + "\(ShellWord.quoted(path)) --extend --set checkpoints=all` "
                + "makes every model that is missing"
        }
        return AddressError(.generation, problem + (there.map { "; \($0)" } ?? ""))
    }

    /// The generations whose models are there, as a clause; nil where there are none.
    private func kept(_ arm: String, _ seed: UInt64) throws -> String? {
        guard case .generation = resolved.setting.recordUnit else { return nil }
        let numbers = try (0...generations).filter { try stored(arm, seed, .number($0)) != nil }
        let base = try stored(arm, seed, .base) == nil ? [] : ["base"]
        let words = base + (numbers.isEmpty ? [] : [Self.ranges(numbers)])
        guard !words.isEmpty else { return nil }
        let count = base.count + numbers.count
        return "its stored \(count == 1 ? "model is" : "models are") of generation"
            + "\(count == 1 ? "" : "s") \(words.joined(separator: ", "))"
    }

    // MARK: Words

    private static let mostListed = 12

    /// Names, the first of them where they are many.
    private static func listed(_ names: [String]) -> String {
        let rest = names.count - mostListed
        return names.prefix(mostListed).joined(separator: ", ")
            + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Numbers, such as `0 to 4, 7`.
    package static func ranges(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = ranges.last, last.upperBound < .max, number == last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return listed(
            ranges.flatMap { range in
                range.count <= 2
                    ? range.map(String.init) : ["\(range.lowerBound) to \(range.upperBound)"]
            })
    }
}
