import Collapse
import Compute
import Foundation
import Support
import TestSupport

/// A small set of images that is made here, under the name `digits`: 400 of four classes, each a
/// bright quarter of 4 x 4 noisy pixels.
struct QuarterImages {
    private let folder: TemporaryFolder
    /// Where settings find the set.
    let resources: SettingResources

    init() throws {
        folder = try TemporaryFolder()
        var rows: [UInt8] = []
        var random = RandomStream(RandomKey(seed: 1, purpose: .test))
        for index in 0..<400 {
            let label = index % 4
            rows.append(UInt8(label))
            for row in 0..<4 {
                for column in 0..<4 {
                    let isBright = row / 2 == label / 2 && column / 2 == label % 2
                    rows.append(UInt8(random.below(10) + (isBright ? 5 : 0)))
                }
            }
        }
        try folder.write(
            """
            {
                "name": "digits", "title": "Quarters", "licence": "none",
                "package": {
                    "kind": "pypi", "name": "none", "version": "1",
                    "sha256": "\(String(repeating: "0", count: 64))"
                },
                "table": "none.csv", "width": 4, "height": 4, "brightest": 14, "classes": 4,
                "images-sha256": "\(SHA256.digest(of: rows).hexadecimal)"
            }
            """, "root/corpora/digits.images.json")
        let built = URL(fileURLWithPath: folder.path + "/root/corpora/.cache/digits.images")
        try FileManager.default.createDirectory(at: built, withIntermediateDirectories: true)
        try Data(rows).write(to: built.appendingPathComponent("images.u8"))
        resources = SettingResources(root: folder.path + "/root", report: { _ in })
    }
}
