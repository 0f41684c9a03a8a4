import Foundation
import FuzzTargets
import TestSupport
import Testing
import Text

/// Archives that are unpacked into a folder, honest and hostile ones.
@Suite struct UnpackingTests {
    typealias Member = ArchiveWriter.Member

    enum Archive: String, CaseIterable, Sendable {
        case tar, tarGzip, zip, zipStored

        func bytes(_ members: [Member]) -> [UInt8] {
            switch self {
            case .tar: ArchiveWriter.tar(members)
            case .tarGzip: ArchiveWriter.gzip(ArchiveWriter.tar(members))
            case .zip: ArchiveWriter.zip(members)
            case .zipStored: ArchiveWriter.zip(members, isDeflated: false)
            }
        }

        func unpack(_ bytes: [UInt8], _ limits: UnpackingLimits, _ unpacker: inout Unpacker) throws
        {
            try bytes.withUnsafeBytes {
                let memory = MemorySource($0)
                switch self {
                case .tar: try TarArchive(memory).unpack(with: &unpacker)
                case .tarGzip:
                    try TarArchive(InflatingSource(.zlibOrGzip, of: memory)).unpack(with: &unpacker)
                case .zip, .zipStored:
                    try ZIPArchive($0, limits: limits).unpack(with: &unpacker)
                }
            }
        }
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Unpacks what lies under `own` into the folder `out`.
    private func unpack(
        _ archive: Archive, _ bytes: [UInt8], limits: UnpackingLimits = .usual
    ) throws {
        var unpacker = Unpacker(into: folder / "out", limits: limits) { $0.hasPrefix("own/") }
        try archive.unpack(bytes, limits, &unpacker)
    }

    private func problem(
        _ archive: Archive, _ bytes: [UInt8], limits: UnpackingLimits = .usual
    ) -> String? {
        do {
            try unpack(archive, bytes, limits: limits)
            return nil
        } catch let refusal as Unpacker.Refusal {
            return refusal.problem
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: Archive.allCases)
    func whatIsWantedIsWritten(_ archive: Archive) throws {
        let long = [UInt8](repeating: 0x61, count: 200_000)
        let bytes = archive.bytes([
            Member("./own/a.txt", "One."), Member("own/b/c.txt", long), Member("own/empty.txt"),
            Member("other/d.txt", "no"), Member("link", type: "2"),
        ])
        try unpack(archive, bytes)
        #expect(folder.files(below: "out") == ["own/a.txt", "own/b/c.txt", "own/empty.txt"])
        #expect(try folder.text("out/own/a.txt") == "One.")
        #expect(try folder.bytes("out/own/b/c.txt") == long)
        #expect(try folder.bytes("out/own/empty.txt").isEmpty)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var members: @Sendable () -> [Member]
        var problem: String

        init(
            _ testDescription: String, _ members: @autoclosure @escaping @Sendable () -> [Member],
            _ problem: String
        ) {
            self.testDescription = testDescription
            self.members = members
            self.problem = problem
        }
    }

    static let cases = [
        Case(
            "leads upwards", [Member("own/../../a", "x")],
            "\"own/../../a\" is not a path inside the package"),
        Case(
            "is absolute", [Member("/own/a", "x")], "\"/own/a\" is not a path inside the package"),
        Case(
            "unwanted but outside", [Member("../a", "x")],
            "\"../a\" is not a path inside the package"),
        Case("has no name", [Member("", "x")], "\"\" is not a path inside the package"),
        Case(
            "is a link", [Member("own/a", type: "2")],
            "own/a is a link, and only files are unpacked"),
        Case("is a device", [Member("own/a", type: "3")], "own/a is neither a file nor a folder"),
        Case(
            "occurs twice", [Member("own/a", "x"), Member("./own/a", "y")], "own/a occurs twice"),
        Case(
            "promises too much", [Member("own/a", "x", claimedSize: 4_000_000)],
            "it holds more than the 10000 bytes allowed"),
        Case(
            "holds too much", [Member("own/a", [UInt8](repeating: 0, count: 10_001))],
            "it holds more than the 10000 bytes allowed"),
        Case(
            "holds too much together",
            (0..<4).map { Member("own/\($0)", [UInt8](repeating: 0, count: 3_000)) },
            "it holds more than the 10000 bytes allowed"),
        Case(
            "has too many members", (0..<6).map { Member("other/\($0)") },
            "it holds more than the 5 files allowed"),
    ]

    @Test(arguments: Archive.allCases, cases)
    func whatIsHostileIsRefused(_ archive: Archive, _ example: Case) {
        let limits = UnpackingLimits(bytes: 10_000, members: 5)
        #expect(
            problem(archive, archive.bytes(example.members()), limits: limits) == example.problem)
        #expect(folder.files().allSatisfy { $0.hasPrefix("out/own/") })
    }

    /// What nobody wants is passed over, but not for ever.
    @Test func unwantedBytesCountInAStream() {
        let bomb = Archive.tarGzip.bytes([Member("other", [UInt8](repeating: 0, count: 1 << 20))])
        #expect(bomb.count < 1 << 12)
        #expect(
            problem(.tarGzip, bomb, limits: UnpackingLimits(bytes: 100_000, members: 5))
                == "it holds more than the 100000 bytes allowed")
    }

    @Test func aDeflatedFileHasTheSizeItPromises() {
        for (size, problem) in [
            (3, "own/3 has more than the 3 bytes it promises"),
            (5, "own/5 does not match its size or checksum"),
        ] {
            let bytes = ArchiveWriter.zip([Member("own/\(size)", "four", claimedSize: size)])
            #expect(self.problem(.zip, bytes) == problem)
        }
        var bytes = ArchiveWriter.zip([Member("own/a", "four")], isDeflated: false)
        bytes[30 + 5] ^= 1
        #expect(problem(.zip, bytes) == "own/a does not match its size or checksum")
    }

    @Test func filesThatOverlapAreRefused() {
        let members = [Member("own/a", "x"), Member("own/a", "x")]
        let bytes = ArchiveWriter.zip(members, overlapping: true)
        #expect(problem(.zip, bytes) == "it has files that overlap")
    }

    @Test(arguments: Archive.allCases)
    func whatIsCutShortIsRefused(_ archive: Archive) {
        let bytes = archive.bytes([Member("own/a", "One. Two. Three.")])
        // A tar archive ends with the first header of zeros.
        let end = archive == .tar ? bytes.count - 512 : bytes.count - (archive == .tarGzip ? 40 : 0)
        for count in stride(from: 0, to: end, by: 7) {
            try? FileManager.default.removeItem(atPath: folder / "out")
            #expect(problem(archive, Array(bytes[..<count])) != nil, "\(count) bytes")
        }
    }

    @Test func longNamesOfBothKindsAreRead() throws {
        let name = "own/" + String(repeating: "folder/", count: 30)
        let record = " path=\(name)pax.txt\n"
        let pax = "\(record.utf8.count + 3)\(record)"
        try unpack(
            .tar,
            ArchiveWriter.tar([
                Member("x", pax, type: "x"), Member("short", "1"),
                Member("L", name + "gnu.txt\u{0}", type: "L"), Member("short", "2"),
                Member("own/short", "3"),
            ]))
        #expect(try folder.text("out/\(name)pax.txt") == "1")
        #expect(try folder.text("out/\(name)gnu.txt") == "2")
        #expect(try folder.text("out/own/short") == "3")
    }

    /// What a name could hide from a check of the short one.
    @Test(arguments: ["x", "L"])
    func longNamesAreJudgedToo(_ type: String) {
        let content = type == "x" ? "21 path=own/../../ab\n" : "own/../../ab\u{0}"
        let bytes = ArchiveWriter.tar([
            Member("n", content, type: Character(type)), Member("own/a", "x"),
        ])
        #expect(problem(.tar, bytes) == "\"own/../../ab\" is not a path inside the package")
    }

    @Test(arguments: ["", "no archive", String(repeating: "no archive", count: 100)])
    func whatIsNoArchiveIsRefused(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(
            problem(.tar, bytes)
                == (text.count < 512 ? "it is cut short" : "it is no tar archive, or damaged"))
        #expect(problem(.zip, bytes) == "it is no ZIP archive, or cut short or damaged")
    }
}
