import Compute
import LanguageModels
import TestSupport
import Testing
import Text

/// Fits that are stopped and go on.
@Suite struct TrainingJobTests {
    /// Everything that a checkpoint must hold, at once.
    private static let configuration = TransformerTrainingConfiguration(
        batchSize: 3, accumulation: 2, learningRate: 1e-2, shards: 4, dropout: 0.1,
        lossTerms: LossTerms(labelSmoothing: 0.05), averageDecay: 0.9, frozen: ["wpe"],
        earlyStopping: EarlyStopping(interval: 4, patience: 5))

    private func job(
        in folder: TemporaryFolder, configuration: TransformerTrainingConfiguration = configuration,
        start: TransformerModel? = nil, documents: TokenDataset = Toy.documents(20), steps: Int = 23
    ) throws -> TransformerTrainingJob {
        TransformerTrainingJob(
            start: try start ?? Toy.model(), documents: documents, boundary: Toy.boundary,
            configuration: configuration, steps: steps, validation: Toy.documents(4, seed: 9),
            key: Toy.key, output: folder.path, checkpointInterval: 5, reportInterval: 2)
    }

    private static var adapted: TransformerTrainingConfiguration {
        var adapted = configuration
        adapted.frozen = []
        adapted.adapters = AdapterConfiguration(rank: 2)
        adapted.optimizer = .sgd(momentum: 0.8)
        return adapted
    }

    /// Stopped after random steps, at changing numbers of workers.
    @Test(arguments: 0..<6, [false, true])
    func interruptedFitsEndWithTheSameBytes(seed: UInt64, isAdapted: Bool) throws {
        let configuration = isAdapted ? Self.adapted : Self.configuration
        let whole = try TemporaryFolder()
        _ = try job(in: whole, configuration: configuration).run(pool: WorkerPool(count: 2))
        let folder = try TemporaryFolder()
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        var model: TransformerModel?
        for _ in 0..<4 {
            let end = random.below(24)
            var step = 0
            model = try job(in: folder, configuration: configuration).run(
                pool: WorkerPool(count: 1 + random.below(3)), report: { step = $0.step },
                isCancelled: { step >= end })
            if model != nil { break }
        }
        if model == nil {
            model = try job(in: folder, configuration: configuration).run(
                pool: WorkerPool(count: 1))
        }
        #expect(folder.files() == whole.files())
        for file in whole.files() {
            #expect(try folder.bytes(file) == whole.bytes(file), "\(file)")
        }
        #expect(whole.files().contains("adapter/adapter_config.json") == isAdapted)
    }

    /// A process that dies leaves what lies on disk at that moment: the last checkpoint, and a log
    /// that runs ahead of it and may be cut within a line.
    @Test(arguments: [2, 6, 10, 12, 16, 22], [false, true])
    func aDyingProcessLosesOnlyTheStepsSinceItsCheckpoint(deadAt: Int, isAdapted: Bool) throws {
        let configuration = isAdapted ? Self.adapted : Self.configuration
        let whole = try TemporaryFolder()
        let dead = try TemporaryFolder()
        var copied = Result<Void, any Error> { throw CancellationError() }
        _ = try job(in: whole, configuration: configuration).run(pool: WorkerPool(count: 1)) {
            guard $0.step == deadAt else { return }
            copied = Result {
                for file in whole.files() { try dead.write(try whole.bytes(file), file) }
            }
        }
        try copied.get()
        #expect(dead.exists("checkpoint.safetensors") == (deadAt >= 6))
        try dead.write(Array(try dead.bytes("training.csv").dropLast(3)), "training.csv")
        try dead.write(
            try dead.bytes("events.out.tfevents.training") + [1, 2, 3],
            "events.out.tfevents.training")
        _ = try job(in: dead, configuration: configuration).run(pool: WorkerPool(count: 3))
        #expect(dead.files() == whole.files())
        for file in whole.files() {
            #expect(try dead.bytes(file) == whole.bytes(file), "\(file)")
        }
    }

    @Test func aCheckpointOfAnotherFitIsRefused() throws {
        let trainer = try TransformerTrainer(
            from: Toy.model(), on: TokenStream(Toy.documents(20), boundary: Toy.boundary),
            configuration: TransformerTrainingConfiguration(), steps: 9, key: Toy.key,
            pool: WorkerPool(count: 1))
        let bytes = try trainer.checkpoint().serialized()
        for (other, words) in [
            (
                try TransformerTrainer(
                    from: Toy.model(), on: TokenStream(Toy.documents(21), boundary: Toy.boundary),
                    configuration: TransformerTrainingConfiguration(), steps: 9, key: Toy.key,
                    pool: WorkerPool(count: 1)), "another data"
            ),
            (
                try TransformerTrainer(
                    from: Toy.model(seed: 2),
                    on: TokenStream(Toy.documents(20), boundary: Toy.boundary),
                    configuration: TransformerTrainingConfiguration(), steps: 9, key: Toy.key,
                    pool: WorkerPool(count: 1)), "another starting model"
            ),
            (
                try TransformerTrainer(
                    from: Toy.model(), on: TokenStream(Toy.documents(20), boundary: Toy.boundary),
                    configuration: TransformerTrainingConfiguration(batchSize: 31), steps: 9,
                    key: Toy.key, pool: WorkerPool(count: 1)), "another configuration"
            ),
            (
                try TransformerTrainer(
                    from: Toy.model(), on: TokenStream(Toy.documents(20), boundary: Toy.boundary),
                    configuration: TransformerTrainingConfiguration(), steps: 10, key: Toy.key,
                    pool: WorkerPool(count: 1)), "another number of steps: 9 there, 10 here"
            ),
        ] {
            let error = #expect(throws: TransformerError.self) {
                try other.resume(
                    from: TrainingCheckpoint(serialized: bytes, file: "x/c"), file: "x/c")
            }
            let message = error?.description ?? ""
            #expect(message.hasPrefix("x/c: ") && message.contains(words), "\(message)")
        }
    }

    @Test("A checkpoint or a log in which any bit has changed is refused, not gone on from")
    func damagedCheckpoint() throws {
        let folder = try TemporaryFolder()
        func go(on folder: TemporaryFolder, cancelling: Bool) throws {
            var step = 0
            _ = try job(in: folder).run(
                pool: WorkerPool(count: 1), report: { step = $0.step },
                isCancelled: { cancelling && step >= 6 })
        }
        try go(on: folder, cancelling: true)
        let names = ["checkpoint.safetensors", "training.csv"]
        let whole = try names.map { try folder.bytes($0) }
        for (name, bytes) in zip(names, whole) {
            // The log's first line is the same for all fits and written anew.
            let first = name.hasSuffix(".csv") ? (bytes.firstIndex(of: 10) ?? 0) + 1 : 0
            for part in 0..<40 {
                var damaged = bytes
                let position = first + part * (bytes.count - 2 - first) / 39
                damaged[position] ^= 1 << UInt8(part % 8)
                try folder.write(damaged, name)
                #expect(throws: TransformerError.self, "\(name) at \(position)") {
                    try go(on: folder, cancelling: true)
                }
                for (name, bytes) in zip(names, whole) { try folder.write(bytes, name) }
            }
        }
        try go(on: folder, cancelling: false)
        let fresh = try TemporaryFolder()
        try go(on: fresh, cancelling: false)
        for name in ["model.safetensors", "training.csv"] {
            #expect(try folder.bytes(name) == fresh.bytes(name))
        }
    }

    @Test func divergenceNamesStepRateAndTheLastGoodCheckpoint() throws {
        let folder = try TemporaryFolder()
        let configuration = TransformerTrainingConfiguration(
            batchSize: 4, learningRate: 100, schedule: .flat,
            optimizer: .sgd(momentum: 0.99), gradientClip: 0)
        let error = #expect(throws: TransformerError.self) {
            _ = try job(in: folder, configuration: configuration, steps: 2_000).run(
                pool: WorkerPool(count: 2))
        }
        guard case .diverged(let divergence) = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(divergence.learningRate == 100)
        let message = divergence.description
        #expect(message.contains("step \(divergence.step) of 2000"))
        if divergence.step > 5 {
            let checkpoint = try #require(divergence.checkpoint)
            #expect(checkpoint.step == (divergence.step - 1) / 5 * 5)
            #expect(message.contains(folder.path + "/checkpoint.safetensors"))
            #expect(folder.exists("checkpoint.safetensors"))
        } else {
            #expect(message.contains("no checkpoint was written"))
        }
    }

    /// Weights grow by a factor of 999 in each step until they are no numbers any more: no
    /// checkpoint and no result holds them.
    @Test func noOverflowIsEverWritten() throws {
        let configuration = TransformerTrainingConfiguration(
            batchSize: 2, learningRate: 10, schedule: .flat,
            optimizer: .sgd(momentum: 0, weightDecay: 100), gradientClip: 1)
        func run(steps: Int, every interval: Int, in folder: TemporaryFolder) throws {
            var job = try job(in: folder, configuration: configuration, steps: steps)
            job.checkpointInterval = interval
            _ = try job.run(pool: WorkerPool(count: 1))
        }
        let folder = try TemporaryFolder()
        let error = #expect(throws: TransformerError.self) {
            try run(steps: 40, every: 1, in: folder)
        }
        guard case .diverged(let divergence) = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(divergence.checkpoint?.step == divergence.step - 1)
        _ = try TrainingCheckpoint(
            serialized: folder.bytes("checkpoint.safetensors"), file: "checkpoint")
        let short = try TemporaryFolder()
        #expect(throws: TransformerError.self) {
            try run(steps: divergence.step, every: 100, in: short)
        }
        #expect(!short.exists("model.safetensors"))
    }

    // MARK: The log

    /// RFC 3720, appendix B.4, and the check value that catalogues of checksums give.
    @Test func eventFileIsOfTheFormThatTensorBoardReads() throws {
        let folder = try TemporaryFolder()
        _ = try job(in: folder).run(pool: WorkerPool(count: 1))
        let lines = try folder.text("training.csv").split(separator: "\n")
        #expect(lines[0] == "step,tokens,loss,learning_rate,gradient_norm,validation_loss")
        #expect(
            lines.dropFirst().map { $0.prefix { $0 != "," } }.prefix(4) == ["2", "4", "6", "8"])
        // Frames: length, checksum, data, checksum.
        let bytes = try folder.bytes("events.out.tfevents.training")
        var position = 0
        var frames: [[UInt8]] = []
        while position < bytes.count {
            var length = 0
            for index in 0..<8 { length |= Int(bytes[position + index]) << (8 * index) }
            frames.append(Array(bytes[position + 12..<position + 12 + length]))
            position += length + 16
        }
        #expect(position == bytes.count && frames.count == lines.count)
        // The first frame of every event file, with TensorFlow's own checksums (no wall time).
        #expect(Array(frames[0]) == [0x1A, 13] + Array("brain.Event:2".utf8))
        #expect(frames[1].starts(with: [0x10, 2, 0x2A]))
    }
}
