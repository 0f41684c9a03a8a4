import Support
import Testing

@Suite struct CheckedNameTests {
    @Test(
        "Names of folders and labels",
        arguments: [
            "a", "Tale of Tails", "run-1.2_b", "naïve", "模型", "nanogpt", "information", "3",
        ])
    func accepted(name: String) {
        #expect(CheckedName.problem(with: name) == nil)
    }

    @Test(
        "What leaves the folder, hides, breaks a line or reads as a missing number is refused",
        arguments: [
            "", ".", "..", ".hidden", "-o", "/etc", "../x", "a/b", "a\\b", "a\nb", "a\u{1B}[31m",
            " a",
            "a ", "a\u{200B}b", "NA", "nan", "Null", "inf", "none",
            String(repeating: "a", count: 201),
        ])
    func refused(name: String) {
        #expect(CheckedName.problem(with: name) != nil)
    }
}
