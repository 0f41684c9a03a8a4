/// The search for one document's likeliest continuation: its beams and what has finished.
///
/// The order of events is that of transformers' beam search for a batch of one, so that results
/// agree.
struct BeamTree {
    /// A continuation that goes on.
    struct Beam {
        var text: CachedText
        /// The sum of the scores of what has been written.
        var logProbability = 0.0
        var tokens: [SampledToken] = []
    }

    /// A way to extend a beam.
    struct Candidate {
        var beam: Int
        var token: Int
        /// Of the continuation with this token.
        var logProbability: Double
        /// Of this token alone under the model itself.
        var model: Double
    }

    /// A continuation that has come to its end.
    struct Finished {
        var tokens: [UInt32]
        var score: Double
        var logProbabilities: [SampledToken]
        /// The boundary; nil where it was cut.
        var end: SampledToken?
    }

    private(set) var beams: [Beam]
    /// At most as many as beams, the best first.
    private(set) var finished: [Finished] = []
    private(set) var hasEnded = false

    private let configuration: BeamConfiguration
    private let request: SamplingRequest
    private let boundary: UInt32
    private let promptCount: Int
    private var freeSlots: [Int]

    init(
        prompt: [UInt32], slots: [Int], configuration: BeamConfiguration, request: SamplingRequest,
        boundary: UInt32
    ) {
        self.configuration = configuration
        self.request = request
        self.boundary = boundary
        promptCount = prompt.count
        beams = [Beam(text: CachedText(slot: slots[0], tokens: prompt))]
        freeSlots = Array(slots.dropFirst())
    }

    /// Tokens of every beam's continuation so far.
    var written: Int { (beams.first?.text.tokens.count ?? promptCount) - promptCount }
    /// Whether the coming token may be the boundary.
    var mayEnd: Bool { written >= request.minimumDocumentLength }

    /// What to feed for a beam; see ``CachedText``.
    mutating func prepare(
        _ beam: Int, _ engine: DecodingEngine, cache: KeyValueCache, contextLength: Int
    ) -> DecodingEngine.Row {
        beams[beam].text.prepare(engine, cache: cache, contextLength: contextLength)
    }

    /// Takes the best candidates, at most twice as many as beams, the best first.
    mutating func extend(_ candidates: [Candidate], cache: KeyValueCache) {
        for index in beams.indices { beams[index].text.advance() }
        let length = written + 1
        let isLast = length == request.maximumDocumentLength
        let end = Int(boundary)
        func ends(_ candidate: Candidate) -> Bool { isLast || candidate.token == end }
        for candidate in candidates.prefix(configuration.beams) where ends(candidate) {
            finish(candidate, length: length)
        }
        let goingOn = candidates.filter { !ends($0) }
        replaceBeams(goingOn.prefix(configuration.beams), cache: cache)
        hasEnded = beams.isEmpty || isSatisfied(length: length)
    }

    private mutating func finish(_ candidate: Candidate, length: Int) {
        let beam = beams[candidate.beam]
        var tokens = Array(beam.text.tokens[promptCount...])
        var logProbabilities = beam.tokens
        // What a search takes it takes with certainty.
        let sampled = SampledToken(model: candidate.model, proposal: 0)
        let isEnd = candidate.token == Int(boundary)
        if !isEnd {
            tokens.append(UInt32(truncatingIfNeeded: candidate.token))
            logProbabilities.append(sampled)
        }
        let found = Finished(
            tokens: tokens,
            score: configuration.score(candidate.logProbability, length: length),
            logProbabilities: logProbabilities, end: isEnd ? sampled : nil)
        let index = finished.firstIndex { $0.score < found.score } ?? finished.count
        finished.insert(found, at: index)
        if finished.count > configuration.beams { finished.removeLast() }
    }

    /// Whether nothing better is expected.
    private func isSatisfied(length: Int) -> Bool {
        guard finished.count == configuration.beams, let worst = finished.last?.score,
            let best = beams.first?.logProbability
        else { return false }
        switch configuration.earlyStopping {
        case .whenFull: return true
        case .heuristic: return configuration.score(best, length: length) <= worst
        case .never:
            let most = configuration.lengthPenalty > 0 ? request.maximumDocumentLength : length
            return configuration.score(best, length: most) <= worst
        }
    }

    /// The chosen continuations become the beams. The first child of a beam keeps its slot of the
    /// cache, others get a copy.
    private mutating func replaceBeams(_ chosen: ArraySlice<Candidate>, cache: KeyValueCache) {
        var isInherited = Array(repeating: false, count: beams.count)
        for candidate in chosen { isInherited[candidate.beam] = true }
        for (index, beam) in beams.enumerated() where !isInherited[index] {
            freeSlots.append(beam.text.slot)
        }
        var isTaken = Array(repeating: false, count: beams.count)
        beams = chosen.map { candidate in
            var beam = beams[candidate.beam]
            if isTaken[candidate.beam], let slot = freeSlots.popLast() {
                cache.copy(slot: beam.text.slot, to: slot, positions: beam.text.position)
                beam.text.slot = slot
            }
            isTaken[candidate.beam] = true
            beam.text.tokens.append(UInt32(truncatingIfNeeded: candidate.token))
            beam.logProbability = candidate.logProbability
            if request.recordsLogProbabilities {
                beam.tokens.append(SampledToken(model: candidate.model, proposal: 0))
            }
            return beam
        }
    }
}
