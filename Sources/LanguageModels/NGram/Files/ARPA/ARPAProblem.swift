/// What is wrong at one position of an ARPA file.
struct ARPAProblem: Error, Sendable {
    /// A byte of the line.
    var position: Int
    /// To be read after "line 7".
    var text: String

    init(_ position: Int, _ text: String) {
        self.position = position
        self.text = text
    }

    /// The problem with its line's number, which is looked for only now.
    func located(in bytes: UnsafeBufferPointer<UInt8>) -> NGramError {
        let line = 1 + bytes[..<min(position, bytes.count)].count { $0 == 0x0A }
        return NGramError(.arpa(line: line, problem: text))
    }
}
