import Glibc

/// Times a piece of work.
enum Stopwatch {
    /// The least seconds of several runs: what the work takes when nothing disturbs it.
    static func best(of runs: Int, _ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<runs {
            best = min(best, try clock.measure(work) / .seconds(1))
        }
        return best
    }

    /// Bytes copied in a second from memory to memory, in GB: the limit of anything that touches
    /// every byte.
    static func memoryCopyRate() -> Double {
        let count = 1 << 28
        let source = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
        let target = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
        defer {
            source.deallocate()
            target.deallocate()
        }
        memset(source, 1, count)
        memset(target, 2, count)
        return Double(count) / best(of: 5) { memcpy(target, source, count) } * 1e-9
    }
}
