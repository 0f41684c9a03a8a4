/// A program that a stage of curation starts, with its arguments and its limits.
public struct CommandCall: Hashable, Sendable {
    /// The program and its arguments as a resolved specification has them: files by their content.
    public var words: [String]
    /// How long one call may take, in seconds.
    public var seconds: Double
    /// The most address space of each process, in bytes.
    public var memory: Int
    /// The most that a call may print, in bytes.
    public var output: Int
    /// What it does, in words: `chooses among samples`.
    public var purpose: String
    /// Everything that the specification says of it: what a user consents to.
    public var text: String

    public init(
        words: [String], seconds: Double, memory: Int, output: Int, purpose: String,
        text: String
    ) {
        self.words = words
        self.seconds = seconds
        self.memory = memory
        self.output = output
        self.purpose = purpose
        self.text = text
    }
}

/// What starts programs for a loop, which knows of no processes itself.
///
/// Where a loop is given none, no program is ever started.
public protocol CommandExecutor: AnyObject, Sendable {
    /// Starts a program and stays until it has ended.
    ///
    /// - Parameters:
    ///   - call: The program.
    ///   - input: Gives the next bytes that it is to read, none at the end.
    ///   - output: Takes what it prints, in pieces, and nil when it has ended as it should. What it
    ///     throws of the type ``CommandFault`` becomes a ``CommandFailure``.
    /// - Throws: ``CommandFailure`` where the program does not do what it should; what `input` and
    ///   `output` throw.
    func run(
        _ call: CommandCall, input: () throws -> [UInt8],
        output: (UnsafeRawBufferPointer?) throws -> Void
    ) throws
}

/// What a program that chooses data did wrong.
public struct CommandFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Completes "the external command ...".
    public var description: String

    public init(_ description: String) { self.description = description }
}

/// A program that chooses data did something wrong.
public struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The program as people call it.
    public var program: String
    /// What it did.
    public var fault: CommandFault
    /// The last lines of what it wrote on standard error; empty where it wrote none.
    public var lastWords: String

    public init(program: String, fault: CommandFault, lastWords: String) {
        self.program = program
        self.fault = fault
        self.lastWords = lastWords
    }

    public var description: String {
        "the external command \(program) \(fault)"
            + (lastWords.isEmpty ? "" : "; the end of its standard error: \(lastWords)")
    }
}

/// A stage was to start a program where nobody allowed that.
public struct CommandsNotAllowed: Error, Hashable, Sendable, CustomStringConvertible {
    public init() {}

    public var description: String {
        "an external command is to choose data, and nothing here may start programs"
    }
}
