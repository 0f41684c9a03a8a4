import Foundation
import GRDB
import Support

/// A SQLite index over the run directories below a folder, for lists and queries.
///
/// The files of the runs are the truth: the database holds nothing that is not in their `run.json`,
/// and is thrown away and rebuilt whenever it was made by another version or cannot be read.
package struct RunIndex: Sendable {
    /// A run and where it is.
    package struct Run: Hashable, Sendable {
        /// The run directory, absolute.
        package var path: String
        package var summary: RunSummary
    }

    /// Changed whenever the tables change.
    private static let version = 1

    private let path: String
    private let database: DatabaseQueue

    /// Opens the database, creating it and the folders above it when they are missing.
    package init(databaseAt path: String) throws {
        self.path = path
        try FileSystem.createFolder(FileSystem.parent(of: path))
        if let database = try? RunIndex.open(path) {
            self.database = database
            return
        }
        for suffix in ["", "-journal", "-wal", "-shm"] { try FileSystem.removeTree(path + suffix) }
        do {
            database = try RunIndex.open(path)
        } catch {
            throw StoreError(.index("\(error)"), path: path)
        }
    }

    private struct WrongVersion: Error {}

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.write { database in
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            if found == version { return }
            guard found == 0, try !database.tableExists("run") else { throw WrongVersion() }
            try createTables(database)
            try database.execute(sql: "PRAGMA user_version = \(version)")
        }
        return database
    }

    private static func createTables(_ database: Database) throws {
        try database.create(table: "run") { table in
            table.primaryKey("path", .text)
            table.column("name", .text).notNull()
            table.column("setting", .text).notNull()
            table.column("specificationHash", .text).notNull().indexed()
            table.column("generations", .integer).notNull()
            table.column("seeds", .integer).notNull()
            table.column("headlineMetric", .text).notNull()
            table.column("isFinished", .boolean).notNull()
        }
        // A mean that is not a number is NULL, as one that is not measured.
        try database.create(table: "arm") { table in
            table.column("path", .text).notNull().references("run", onDelete: .cascade)
            table.column("position", .integer).notNull()
            table.column("name", .text).notNull()
            table.column("finalMean", .double)
            table.primaryKey(["path", "position"])
        }
    }

    /// Replaces the content by the runs that are below a folder now.
    ///
    /// - Returns: The runs whose `run.json` cannot be read, and why; they are left out.
    @discardableResult
    package func rebuild(root: String) throws -> [any Error] {
        var runs: [Run] = []
        var failures: [any Error] = []
        try RunIndex.collect(
            FileSystem.absolute(root), depth: 0, into: &runs, failures: &failures)
        let found = runs
        do {
            try database.write { database in
                try database.execute(sql: "DELETE FROM arm; DELETE FROM run")
                for run in found { try RunIndex.insert(run, database) }
            }
        } catch {
            throw StoreError(.index("\(error)"), path: path)
        }
        return failures
    }

    /// Every run, sorted by path.
    package func runs() throws -> [Run] {
        do {
            return try database.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM run ORDER BY path").map { row in
                    let path: String = row["path"]
                    let arms = try Row.fetchAll(
                        database, sql: "SELECT * FROM arm WHERE path = ? ORDER BY position",
                        arguments: [path])
                    return Run(
                        path: path,
                        summary: RunSummary(
                            name: row["name"], setting: row["setting"],
                            specificationHash: row["specificationHash"],
                            arms: arms.map { .init(name: $0["name"], finalMean: $0["finalMean"]) },
                            seeds: row["seeds"], generations: row["generations"],
                            headlineMetric: row["headlineMetric"], isFinished: row["isFinished"]))
                }
            }
        } catch {
            throw StoreError(.index("\(error)"), path: path)
        }
    }

    private static func insert(_ run: Run, _ database: Database) throws {
        let summary = run.summary
        try database.execute(
            sql: "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                run.path, summary.name, summary.setting, summary.specificationHash,
                summary.generations, summary.seeds, summary.headlineMetric, summary.isFinished,
            ])
        for (position, arm) in summary.arms.enumerated() {
            try database.execute(
                sql: "INSERT INTO arm VALUES (?, ?, ?, ?)",
                arguments: [run.path, position, arm.name, arm.finalMean])
        }
    }

    /// Runs lie in folders of folders, never inside another run, a hidden folder or behind a link.
    private static func collect(
        _ folder: String, depth: Int, into runs: inout [Run], failures: inout [any Error]
    ) throws {
        do {
            if let summary = try RunSummary.read(in: folder) {
                runs.append(Run(path: folder, summary: summary))
                return
            }
        } catch {
            failures.append(error)
            return
        }
        guard depth < 8 else { return }
        for name in try FileSystem.namesIfAny(in: folder) where !name.hasPrefix(".") {
            let path = folder + "/" + name
            if FileSystem.isFolder(path) && !FileSystem.isLink(path) {
                try collect(path, depth: depth + 1, into: &runs, failures: &failures)
            }
        }
    }
}
