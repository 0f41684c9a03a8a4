import Lab
import Support

extension Execution {
    /// From now on the first signal that asks the process to end lets the running fits that can write
    /// their state, after the step that they make; where there are none, and after a second signal,
    /// the process ends at once.
    func endWithFits(saying message: String) {
        let (interruption, observer) = (interruption, observer)
        Termination.watch(saying: message) { signal in
            let fits = interruption.request()
            if fits > 0 {
                observer(
                    .note(
                        "Writing the state of \(fits) \(fits == 1 ? "fit" : "fits"); a second signal "
                            + "ends at once, without."))
            }
            interruption.waitUntilWritten()
            return 128 + signal
        }
    }
}
