import Collapse
import Foundation
import Lab
import Report
import Settings
import Support
import TestSupport
import Testing

/// Experiments that nobody thought of: what is not refused runs to a report.
@Suite struct RandomExperimentTests {
    private static let settings: [any TaskSetting.Type] = [
        GaussianSetting.self, DiscreteSetting.self, GaussianMixtureSetting.self,
        KernelDensitySetting.self, LinearRegressionSetting.self, RidgeMixtureSetting.self,
        ContaminatedMeanSetting.self, ContaminatedClassificationSetting.self,
        ExponentialFamilySetting.self, VerificationSetting.self,
        MultiviewSetting.self,
    ]
    /// Keys whose defaults are too large for many experiments.
    private static let sizes: Set<String> = [
        "data", "width", "hidden-layers", "epochs", "test-rows",
    ]

    /// How many of each setting; `COLLAPSELAB_RANDOM_EXPERIMENTS` asks for more.
    private static let count =
        ProcessInfo.processInfo.environment["COLLAPSELAB_RANDOM_EXPERIMENTS"].flatMap(Int.init)
        ?? (isLongRun ? 50 : 10)

    @Test("A valid experiment runs to a report, whatever its values are", arguments: 0..<11)
    func runs(setting: Int) throws {
        try run(Self.settings[setting], first: 10_000 * setting)
    }

    @Test("Data that no machine holds is refused before anything is drawn", arguments: 0..<11)
    func tooMuchData(setting: Int) throws {
        try refuse(Self.settings[setting])
    }

    private func refuse<Setting: TaskSetting>(_ type: Setting.Type) throws {
        let resolved = try ExperimentFile.load(
            text: ExperimentTemplate.text(for: Setting.declaration), path: "new.yaml",
            overrides: ["sample-size=1000000000000"], settings: [Setting.declaration])
        let error = #expect(throws: SpecificationError.self) {
            try PreparedExperiment<Setting>(resolved, execution: Self.execution).checkPlans()
        }
        let message = "\(try #require(error))"
        #expect(message.contains("sample-size"))
        #expect(message.contains("GB of memory, and this machine has"))
    }

    private func run<Setting: TaskSetting>(_ type: Setting.Type, first: Int) throws {
        let folder = try TemporaryFolder()
        var (valid, seed) = (0, first)
        while valid < Self.count, seed < first + 200 * Self.count {
            var specification = RandomSpecification(
                of: Setting.declaration, writing: Self.sizes, seed: seed)
            let text = specification.text()
            seed += 1
            let resolved: ResolvedExperiment
            let session: ExperimentSession<Setting>
            do {
                resolved = try ExperimentFile.load(
                    text: text, path: "random.yaml", settings: [Setting.declaration])
                session = try ExperimentSession<Setting>(
                    resolved, existing: nil, at: folder / "run-\(seed)", sharing: nil,
                    mayExtend: false, execution: Self.execution)
            } catch is SpecificationError {
                continue
            }
            valid += 1
            let (results, failures) = try session.run()
            for failure in failures {
                // What cannot be known before the run is said with its generation.
                #expect(!failure.message.isEmpty, "seed \(seed - 1)\n\(text)")
            }
            if failures.isEmpty {
                #expect(
                    results.arms.allSatisfy { arm in
                        results.metrics.contains(
                            arm: arm.name, metric: DataMetrics.size.name)
                    }, "seed \(seed - 1)\n\(text)")
            }
            // Scripts and page are written without a program that draws them.
            let outcome = try ReportWriter(gnuplot: "no-such-gnuplot").write(
                Analysis(results), to: folder / "run-\(seed)")
            #expect(outcome.files.last?.hasSuffix("report.html") == true)
            try FileSystem.removeTree(folder / "run-\(seed)")
        }
        #expect(valid == Self.count, "of \(seed - first) specifications")
    }

    private static let execution = Execution(
        workers: 1, root: "", fingerprint: "test", version: "test", clock: { "then" },
        stopwatch: { 0 }, observer: { _ in })
}
