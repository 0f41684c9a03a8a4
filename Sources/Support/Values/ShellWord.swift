/// Words of a command line that a user may copy into a shell.
package enum ShellWord {
    /// A word that a shell reads as `word`, whatever is in it: as it is where that is safe, otherwise in
    /// single quotes.
    package static func quoted(_ word: String) -> String {
        // A tilde at the beginning would be a home, an equals sign there zsh's search for a program.
        if word.wholeMatch(of: /[A-Za-z0-9_.,:\/+@%-][A-Za-z0-9_.,:=\/+@%~-]*/) != nil {
            return word
        }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
