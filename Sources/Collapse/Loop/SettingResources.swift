/// What a setting finds around it: folders and the means to fill them.
public struct SettingResources: Sendable {
    /// The folder that holds `corpora/` and `models/`.
    public var root: String
    /// Says something to the user.
    public var report: @Sendable (String) -> Void

    public init(root: String, report: @escaping @Sendable (String) -> Void) {
        self.root = root
        self.report = report
    }
}
