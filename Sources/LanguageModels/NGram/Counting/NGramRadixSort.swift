/// Sorts records of `words` 64-bit words by their leading key words.
///
/// Large runs are dealt out by their most significant digit until a run fits the processor's cache;
/// there the remaining digits are sorted from the least significant one up. Equal keys keep their
/// order.
struct NGramRadixSort<let words: Int> {
    typealias Record = InlineArray<words, UInt64>

    let digits: [NGramKeyDigit]
    /// Runs of at most this many bytes are sorted in the cache, twice their size being in use.
    private static var cachedBytes: Int { 1 << 18 }

    init(digits: [NGramKeyDigit]) {
        self.digits = digits
    }

    /// - Parameters:
    ///   - records: What to sort, in its place.
    ///   - scratch: Memory for as many records.
    func sort(
        _ records: UnsafeMutableBufferPointer<Record>, scratch: UnsafeMutableBufferPointer<Record>
    ) {
        sort(records, scratch: scratch, from: 0)
    }

    private func sort(
        _ records: UnsafeMutableBufferPointer<Record>, scratch: UnsafeMutableBufferPointer<Record>,
        from first: Int
    ) {
        guard records.count > 1, first < digits.count else { return }
        if records.count <= Self.cachedBytes / MemoryLayout<Record>.stride {
            sortInCache(records, scratch: scratch, from: first)
        } else {
            deal(records, scratch: scratch, by: first)
        }
    }

    @inline(__always)
    private static func value(
        _ record: UnsafePointer<Record>, _ digit: NGramKeyDigit
    ) -> Int {
        let word = UnsafeRawPointer(record).load(
            fromByteOffset: digit.word &* 8, as: UInt64.self)
        return Int(truncatingIfNeeded: (word &>> digit.shift) & digit.mask)
    }

    /// One pass by one digit, then every part by the next ones.
    private func deal(
        _ records: UnsafeMutableBufferPointer<Record>, scratch: UnsafeMutableBufferPointer<Record>,
        by index: Int
    ) {
        guard let source = records.baseAddress, let target = scratch.baseAddress else { return }
        let digit = digits[index]
        withUnsafeTemporaryAllocation(of: Int.self, capacity: NGramKeyDigit.values) { heads in
            heads.initialize(repeating: 0)
            for position in 0..<records.count { heads[Self.value(source + position, digit)] &+= 1 }
            var begin = 0
            for value in 0..<NGramKeyDigit.values {
                let count = heads[value]
                heads[value] = begin
                begin += count
            }
            for position in 0..<records.count {
                let value = Self.value(source + position, digit)
                target[heads[value]] = source[position]
                heads[value] &+= 1
            }
            source.update(from: target, count: records.count)
            begin = 0
            for value in 0..<NGramKeyDigit.values {
                let part = begin..<heads[value]
                sort(
                    UnsafeMutableBufferPointer(rebasing: records[part]),
                    scratch: UnsafeMutableBufferPointer(rebasing: scratch[part]), from: index + 1)
                begin = part.upperBound
            }
        }
    }

    private func sortInCache(
        _ records: UnsafeMutableBufferPointer<Record>, scratch: UnsafeMutableBufferPointer<Record>,
        from first: Int
    ) {
        guard var source = records.baseAddress, var target = scratch.baseAddress else { return }
        let count = records.count
        let active = digits[first...]
        withUnsafeTemporaryAllocation(
            of: UInt32.self, capacity: active.count * NGramKeyDigit.values
        ) { heads in
            heads.initialize(repeating: 0)
            for (pass, digit) in active.enumerated() {
                let base = pass * NGramKeyDigit.values
                for position in 0..<count {
                    heads[base + Self.value(source + position, digit)] &+= 1
                }
            }
            for (pass, digit) in active.enumerated().reversed() {
                let base = pass * NGramKeyDigit.values
                // Where all agree there is nothing to sort.
                if heads[base + Self.value(source, digit)] == count { continue }
                var begin: UInt32 = 0
                for value in base..<base + NGramKeyDigit.values {
                    let size = heads[value]
                    heads[value] = begin
                    begin &+= size
                }
                for position in 0..<count {
                    let head = base + Self.value(source + position, digit)
                    target[Int(heads[head])] = source[position]
                    heads[head] &+= 1
                }
                swap(&source, &target)
            }
        }
        if source != records.baseAddress { target.update(from: source, count: count) }
    }
}
