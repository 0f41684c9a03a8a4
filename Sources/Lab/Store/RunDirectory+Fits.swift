import Glibc
import Support

extension RunDirectory {
    private var fitsPath: String { "\(path)/\(WorkFolder.name)/fits" }

    /// Where the run's fits keep their states.
    package func fits(_ execution: Execution) -> FitFolder {
        FitFolder(at: fitsPath, execution: execution)
    }

    /// Removes the states of all fits: to be called when everything is recorded.
    func removeFits() throws(FileError) {
        try FileSystem.removeTree(fitsPath)
        // Others may keep something beside it.
        rmdir("\(path)/\(WorkFolder.name)")
    }
}
