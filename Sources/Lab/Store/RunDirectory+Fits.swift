import Glibc
import Support

extension RunDirectory {
    /// The folder of what is of use only until the run is complete.
    static let workFolder = "work"

    private var fitsPath: String { "\(path)/\(Self.workFolder)/fits" }

    /// Where the run's fits keep their states.
    package func fits(_ execution: Execution) -> FitFolder {
        FitFolder(at: fitsPath, staging: path, execution: execution)
    }

    /// Removes the states of all fits: to be called when everything is recorded.
    func removeFits() throws(FileError) {
        try FileSystem.removeTree(fitsPath)
        // Others may keep something beside it.
        rmdir("\(path)/\(Self.workFolder)")
    }
}
