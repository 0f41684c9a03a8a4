import Support

extension RunDirectory {
    /// The names in a run directory of what a run writes and holds against its sums; figures may lie
    /// beside its own.
    private static let ownNames: Set<String> = [
        "experiment.yaml", "events.jsonl", "metrics.csv", "theory.csv", "effective-sample.csv",
        "records", "objects", "report.html", RunSummary.fileName, RunSums.fileName, WorkFolder.name,
    ]

    /// The run or the stored object whose own files a path leads to, be they there yet or not; nil for
    /// a path at which anything may be written.
    package static func owner(of path: String) -> String? {
        var place = resolved(path)
        while place.count > 1 {
            if isObject(place) { return place }
            let folder = FileSystem.parent(of: place)
            if ownNames.contains(FileSystem.lastName(of: place)),
                FileSystem.exists(folder + "/experiment.yaml"),
                FileSystem.isFolder(folder + "/records")
            {
                return folder
            }
            place = folder
        }
        return nil
    }

    /// Whether a folder is an object of a run's store, or of one that runs share.
    private static func isObject(_ folder: String) -> Bool {
        let store = FileSystem.parent(of: FileSystem.parent(of: folder))
        return FileSystem.lastName(of: store) == "objects"
            && FileSystem.exists(folder + "/" + ObjectDescription.fileName)
    }

    /// The path from the root, without links, of what need not be there.
    private static func resolved(_ path: String) -> String {
        var start = path
        var rest = ""
        while !FileSystem.exists(start) {
            let parent = FileSystem.parent(of: start)
            let name = start.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
            rest = "/\(name)\(rest)"
            guard parent != start else { break }
            start = parent
        }
        return FileSystem.absolute(start) + rest
    }
}
