/// Keeps the state of a fit between two steps, so that one that is stopped goes on where it was when
/// the same fit is made again.
///
/// A fit that can write its state asks for it before its first step and calls
/// ``saveIfDue(isFinished:_:)`` after each. It must come to the same bits from any of its states, so
/// that nothing of this reaches a result.
public protocol FitCheckpoint: Sendable {
    /// The state that an earlier fit of the same name left; nil where there is none.
    ///
    /// From now on the fit counts as one that can write its state.
    func begin() -> [UInt8]?

    /// Says that the fit goes on from the state that it was given.
    func resume(at step: Int, of steps: Int)

    /// Removes a state that the fit cannot go on from, so that it begins again.
    ///
    /// `problem` completes a sentence that begins with the state.
    func refuse(_ problem: String)

    /// To be called between two steps: replaces the state where that is due.
    ///
    /// Does not return where work is to be put down.
    ///
    /// - Parameters:
    ///   - isFinished: Whether no step is left.
    ///   - state: The state after the last step made.
    /// - Throws: What ends the fit; a state that cannot be kept does not.
    func saveIfDue(isFinished: Bool, _ state: () throws -> [UInt8]) throws

    /// The checkpoint of one of several fits that make one result, one after another.
    func part(_ index: Int) -> any FitCheckpoint
}

/// Where the states of fits are kept, by the names of what the fits make.
///
/// Implementations are used from several threads at once.
public protocol FitCheckpoints: Sendable {
    /// The checkpoint of a fit.
    ///
    /// - Parameters:
    ///   - key: The name of what the fit makes.
    ///   - title: What the fit makes, for people.
    ///   - isStored: Whether the result is stored as soon as it is there; otherwise the fit's last
    ///     state is kept, too.
    /// - Returns: What the fit writes its state to; nothing is read or written before the fit asks.
    func checkpoint(of key: ContentKey, title: String, isStored: Bool) -> any FitCheckpoint

    /// Says that nothing of this name is made any more, with a result or without.
    func end(_ key: ContentKey)

    /// Removes the states of a name: what they would lead to is stored or recorded.
    func remove(_ key: ContentKey)
}
