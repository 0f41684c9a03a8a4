import Synchronization

/// What a chain works in: its store, its share of the machine, and whom it tells of its progress.
public final class LoopEnvironment<Setting: TaskSetting>: Sendable {
    public let store: any GenerationStore
    /// Whether models are written to the store at all.
    public let storesModels: Bool
    /// Whether keys are worth computing: not for a store that keeps nothing.
    public let usesKeys: Bool
    public let workers: Int
    /// Names the kernels whose bits the results are.
    public let fingerprint: String
    public let cache: ModelCache<Setting.Model>
    /// Built once, because a chain of fast fits asks for it in every generation.
    let declaration = Setting.declaration
    private let report: @Sendable (LoopProgress) -> Void
    /// Fits that cost less than a file cost less than a word about them, too.
    private let quiet: Workload

    public init(
        store: any GenerationStore, storesModels: Bool, usesKeys: Bool, workers: Int,
        fingerprint: String, cache: ModelCache<Setting.Model>,
        report: @escaping @Sendable (LoopProgress) -> Void = { _ in }
    ) {
        self.store = store
        self.storesModels = storesModels
        self.usesKeys = usesKeys
        self.workers = workers
        self.fingerprint = fingerprint
        self.cache = cache
        self.report = report
        quiet = Workload(workers: workers)
    }

    func progress(
        _ stage: LoopProgress.Stage, of generation: Int, in chain: Chain<Setting>, done: Int,
        total: Int
    ) {
        guard usesKeys else { return }
        report(
            LoopProgress(
                arm: chain.plan.arm.name, seed: chain.seed, generation: generation, stage: stage,
                done: done, total: total))
    }

    func workload(
        _ stage: LoopProgress.Stage, of generation: Int, in chain: Chain<Setting>
    ) -> Workload {
        guard usesKeys else { return quiet }
        let report = report
        let arm = chain.plan.arm.name
        let seed = chain.seed
        return Workload(workers: workers) { done, total in
            report(
                LoopProgress(
                    arm: arm, seed: seed, generation: generation, stage: stage, done: done,
                    total: total))
        }
    }
}

/// Where a chain stands, for people; never part of a result.
public struct LoopProgress: Hashable, Sendable {
    public enum Stage: String, Sendable {
        case curating, fitting, sampling, evaluating
    }

    public var arm: String
    public var seed: UInt64
    public var generation: Int
    public var stage: Stage
    /// In the setting's unit of size; 0 of 0 when a stage begins.
    public var done: Int
    public var total: Int
}

/// The generation-0 models of a run, which all arms of a seed share.
public final class ModelCache<Model: Sendable>: Sendable {
    private struct Content {
        var models: [ContentKey: Fitted<Model>] = [:]
        var order: [ContentKey] = []
    }

    private let capacity: Int
    private let content = Mutex(Content())

    /// A cache of at most `capacity` models; the oldest goes first.
    public init(capacity: Int) {
        self.capacity = capacity
    }

    public subscript(key: ContentKey) -> Fitted<Model>? {
        get { content.withLock { $0.models[key] } }
        set {
            content.withLock { content in
                if content.models[key] == nil { content.order.append(key) }
                content.models[key] = newValue
                while content.order.count > capacity {
                    content.models[content.order.removeFirst()] = nil
                }
            }
        }
    }
}
