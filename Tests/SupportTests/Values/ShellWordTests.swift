import Foundation
import Support
import Testing

@Suite struct ShellWordTests {
    @Test("What needs no quotes has none", arguments: ["runs/demo-1", "a=b", "50%", "/x_y/z.yaml"])
    func plain(word: String) {
        #expect(ShellWord.quoted(word) == word)
    }

    @Test(
        "A shell reads one word, the same",
        arguments: [
            "", "my runs/a", "it's", "''", "$HOME", "`id`", "a;b", "a\nb", "~", "=ls", "\"", "\\",
            "naïve 模型", "*", "#x", "!x", "a&b",
        ])
    func quoted(word: String) throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "printf '%s|' \(ShellWord.quoted(word))"]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        #expect(String(decoding: bytes, as: UTF8.self) == word + "|")
    }
}
