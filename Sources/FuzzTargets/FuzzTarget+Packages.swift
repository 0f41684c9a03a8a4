import Support
import Text

extension FuzzTarget {
    static let packages = [tar, zip]

    private static let members = [
        ArchiveWriter.Member("./", type: "5"),
        ArchiveWriter.Member("own/a.txt", String(repeating: "One. ", count: 30)),
        ArchiveWriter.Member("own/b.md", ""),
    ]

    /// Unpacks into a folder of its own what lies under `own`; what comes out stays in bounds.
    private static func unpacking(
        _ body: (inout Unpacker, UnpackingLimits) throws -> Void
    ) throws {
        let limits = UnpackingLimits(bytes: 1 << 16, members: 20)
        let folder = try StagingFolder(in: "/tmp")
        var unpacker = Unpacker(into: folder.path + "/in", limits: limits) { $0.hasPrefix("own/") }
        defer {
            let outside = try? FileSystem.names(in: folder.path)
            precondition((outside ?? []).allSatisfy { $0 == "in" }, "a file outside the folder")
        }
        try body(&unpacker, limits)
    }

    /// A tar archive.
    private static let tar = FuzzTarget(
        name: "tar",
        seeds: {
            let long = "own/" + String(repeating: "long/", count: 30) + "c.txt"
            let pax = "\(long.utf8.count + 10) path=\(long)\n"
            return [
                ArchiveWriter.tar(members),
                ArchiveWriter.tar([
                    ArchiveWriter.Member("pax", pax, type: "x"),
                    ArchiveWriter.Member("short", "Two."),
                    ArchiveWriter.Member("gnu", long + "x\u{0}", type: "L"),
                    ArchiveWriter.Member("short", "Three."),
                ]),
            ]
        },
        read: { input in
            try unpacking { unpacker, _ in
                try input.withUnsafeBytes {
                    try TarArchive(MemorySource($0)).unpack(with: &unpacker)
                }
            }
        })

    /// A ZIP archive.
    private static let zip = FuzzTarget(
        name: "zip",
        seeds: { [true, false].map { ArchiveWriter.zip(members, isDeflated: $0) } },
        read: { input in
            try unpacking { unpacker, limits in
                try input.withUnsafeBytes {
                    try ZIPArchive($0, limits: limits).unpack(with: &unpacker)
                }
            }
        })
}
