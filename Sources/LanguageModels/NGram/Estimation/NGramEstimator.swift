import Compute

/// Probabilities and back-off weights from counts, one level at a time, shortest histories first.
///
/// See ``NGramSmoothing`` for the definitions. All addresses must stay valid while it is used.
struct NGramEstimator<Count: NGramCount>: Sendable {
    private let smoothing: NGramSmoothing
    private let k: Double
    /// V as the empty history sees it.
    private let vocabularyCount: Double
    private let discounts: [InlineArray<4, Double>]
    private nonisolated(unsafe) let childBegin: UnsafePointer<UInt32>
    private nonisolated(unsafe) let suffixes: UnsafePointer<UInt32>
    /// Counts summed up inside each block of successors.
    private nonisolated(unsafe) let cumulative: UnsafePointer<Count>
    /// 1 for n-grams that are left out; see ``NGramCountPruning``.
    private let marks: SharedBuffer<UInt8>?
    /// Unigrams with a positive count.
    let distinctUnigrams: Int

    /// `vocabularyCount` is V in the definitions, if it is not the number of ids.
    init(
        _ configuration: NGramConfiguration, discounts: [NGramDiscounts], levelBegin: [Int],
        childBegin: UnsafePointer<UInt32>, suffixes: UnsafePointer<UInt32>,
        cumulative: UnsafePointer<Count>, marks: SharedBuffer<UInt8>? = nil,
        vocabularyCount: Int? = nil
    ) {
        smoothing = configuration.smoothing
        k = configuration.k
        let unigrams = levelBegin[1]..<levelBegin[2]
        self.vocabularyCount = Double(vocabularyCount ?? unigrams.count)
        self.discounts = discounts.map(\.table)
        self.childBegin = childBegin
        self.suffixes = suffixes
        self.cumulative = cumulative
        self.marks = marks
        var distinct = 0
        var before = Count.zero
        for node in unigrams {
            if cumulative[node] > before { distinct += 1 }
            before = cumulative[node]
        }
        distinctUnigrams = distinct
    }

    @inline(__always)
    private func successors(of context: Int) -> Range<Int> {
        Range(uncheckedBounds: (Int(childBegin[context]), Int(childBegin[context &+ 1])))
    }

    /// What the shorter history weighs after each of `contexts`, which have `length` tokens; under
    /// add-k the probability of a token that was not seen.
    func fillBackOffs(
        of contexts: Range<Int>, length: Int, output: UnsafeMutablePointer<Double>
    ) {
        for context in contexts {
            let block = successors(of: context)
            output[context &- contexts.lowerBound] =
                block.isEmpty ? 1 : backOff(of: block, length: length)
        }
    }

    @inline(__always)
    private func backOff(of block: Range<Int>, length: Int) -> Double {
        let total = cumulative[block.upperBound &- 1].real
        switch smoothing {
        case .maximumLikelihood: return 0
        case .addK: return k / (total + k * vocabularyCount)
        case .wittenBell:
            let types = Double(length == 0 ? distinctUnigrams : block.count)
            return types / (total + types)
        case .modifiedKneserNey: return taken(from: block, length: length) / total
        }
    }

    /// The discounts of a block, and all that its n-grams which are left out count.
    @inline(__always)
    private func taken(from block: Range<Int>, length: Int) -> Double {
        var tally: InlineArray<4, Int> = InlineArray(repeating: 0)
        var left = 0.0
        var before = Count.zero
        for node in block {
            let count = cumulative[node] - before
            before = cumulative[node]
            if let marks, marks.base[node] == 1 {
                left += count.real
            } else {
                tally[count.index(atMost: 3)] += 1
            }
        }
        return NGramDiscounts.taken(tally, discounts[length]) + left
    }

    /// The probabilities of the successors of `contexts`, which have `length` tokens, and if asked
    /// what the shorter history weighs after each context. `shorter` holds the probabilities of
    /// n-grams that are one token shorter, from node `shorterBegin` on.
    func fillProbabilities(
        after contexts: Range<Int>, length: Int, shorter: UnsafePointer<Double>,
        shorterBegin: Int, output: UnsafeMutablePointer<Double>,
        backOffs: UnsafeMutablePointer<Double>? = nil
    ) {
        let base = Int(childBegin[contexts.lowerBound])
        // In a loop of their own, so that the processor waits for many of them at a time.
        let nodes = base..<Int(childBegin[contexts.upperBound])
        if length == 0 {
            for node in nodes { output[node &- base] = 1 / vocabularyCount }
        } else {
            for node in nodes {
                output[node &- base] = shorter[Int(suffixes[node]) &- shorterBegin]
            }
        }
        for context in contexts {
            let block = successors(of: context)
            let weight = block.isEmpty ? 1 : backOff(of: block, length: length)
            if let backOffs { backOffs[context &- contexts.lowerBound] = weight }
            if block.isEmpty { continue }
            let sum = cumulative[block.upperBound &- 1].real
            var before = Count.zero
            switch smoothing {
            case .maximumLikelihood:
                for node in block {
                    let count = cumulative[node] - before
                    before = cumulative[node]
                    output[node &- base] = count.real / sum
                }
            case .addK:
                for node in block {
                    let count = cumulative[node] - before
                    before = cumulative[node]
                    output[node &- base] = (count.real + k) / (sum + k * vocabularyCount)
                }
            case .wittenBell:
                let types = Double(length == 0 ? distinctUnigrams : block.count)
                for node in block {
                    let count = cumulative[node] - before
                    before = cumulative[node]
                    output[node &- base] =
                        count.real / (sum + types) + weight * output[node &- base]
                }
            case .modifiedKneserNey:
                let discounts = discounts[length]
                for node in block {
                    let count = cumulative[node] - before
                    before = cumulative[node]
                    let own = count.real - discounts[count.index(atMost: 3)]
                    output[node &- base] = own / sum + weight * output[node &- base]
                }
            }
        }
    }
}

extension NGramEstimator {
    /// Every probability and back-off weight of a model.
    func estimate(
        levelBegin: [Int], pool: WorkerPool
    ) -> (probabilities: NGramColumn<Double>, backOffs: NGramColumn<Double>) {
        let order = levelBegin.count - 2
        let probabilities = Buffer<Double>(uninitialized: levelBegin[order + 1])
        let backOffs = Buffer<Double>(uninitialized: levelBegin[order])
        probabilities.base[0] = 0
        for length in 0..<order {
            let parts = NGramBlocks.even(levelBegin[length]..<levelBegin[length + 1], size: 1 << 13)
            pool.perform(tasks: parts.count) { part, _ in
                let contexts = parts[part]
                fillProbabilities(
                    after: contexts, length: length, shorter: probabilities.base,
                    shorterBegin: 0,
                    output: probabilities.base + Int(childBegin[contexts.lowerBound]),
                    backOffs: backOffs.base + contexts.lowerBound)
            }
        }
        return (NGramColumn(SharedBuffer(probabilities)), NGramColumn(SharedBuffer(backOffs)))
    }
}
