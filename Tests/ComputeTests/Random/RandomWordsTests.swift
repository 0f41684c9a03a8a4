import Compute
import Testing

@Suite struct RandomWordsTests {
    @Test(
        "Words in bulk are those of the stream, wherever they begin",
        arguments: [0, 1, 31, 64, 999])
    func positions(first: Int) {
        let key = RandomKey(
            seed: 0x1234_5678_9ABC_DEF0, stream: 3, generation: 7, purpose: .test,
            index: 1 << 40 + 5)
        var stream = RandomStream(key)
        let all = (0..<1_100).map { _ in stream.next() }
        for count in [0, 1, 2, 31, 32, 33, 97] {
            let words = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialised in
                RandomWords.fill(
                    UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: key,
                    startingAt: first)
                initialised = count
            }
            #expect(words == Array(all[first..<first + count]))
        }
    }
}
