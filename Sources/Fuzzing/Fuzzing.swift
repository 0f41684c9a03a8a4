import FuzzTargets

#if FUZZING
    import Glibc

    /// The reader that `COLLAPSELAB_FUZZ_TARGET` names.
    private let target: FuzzTarget = {
        let name = getenv("COLLAPSELAB_FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = FuzzTarget.named(name) else {
            preconditionFailure("COLLAPSELAB_FUZZ_TARGET names no target: \(name)")
        }
        return target
    }()

    /// What libFuzzer calls with each input.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        do {
            try target.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
        } catch {
            precondition(!"\(error)".isEmpty, "a refusal without words")
        }
        return 0
    }
#else
    import Foundation

    /// Runs the readers without a fuzzer: `scripts/fuzz` starts from what it writes, and an input
    /// that stops the fuzzer stops it too.
    @main
    enum Fuzzing {
        static func main() throws {
            let arguments = Array(CommandLine.arguments.dropFirst())
            switch arguments.first {
            case "targets" where arguments.count == 1:
                for target in FuzzTarget.all { print(target.name) }
            case "seeds" where arguments.count == 3:
                guard let target = FuzzTarget.named(arguments[1]) else { usage() }
                let folder = URL(fileURLWithPath: arguments[2], isDirectory: true)
                for (index, seed) in try target.seeds().enumerated() {
                    try Data(seed).write(to: folder.appending(path: "seed-\(index)"))
                }
            case "read" where arguments.count > 2:
                guard let target = FuzzTarget.named(arguments[1]) else { usage() }
                for path in arguments.dropFirst(2) {
                    do {
                        try target.read([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
                        print("\(path): accepted")
                    } catch {
                        print("\(path): refused: \(error)")
                    }
                }
            default: usage()
            }
        }

        private static func usage() -> Never {
            let text = """
                Usage: Fuzzing targets
                       Fuzzing seeds TARGET FOLDER
                       Fuzzing read TARGET FILE...

                """
            FileHandle.standardError.write(Data(text.utf8))
            exit(64)
        }
    }
#endif
