import Lab

/// Where commands may write.
enum OutputPlace {
    /// Refuses the files that a run keeps for itself: what else lay there would pass for a result, or
    /// take the place of one. Nil and `-`, standard output, are free.
    static func check(_ path: String?, option: String = "--output") throws(WrongInput) {
        guard let path, path != "-", let owner = RunDirectory.owner(of: path) else { return }
        throw WrongInput(
            "\(option) \(path) is among the files that the run keeps in \(owner): name another place, "
                + "such as a folder of its own")
    }
}
