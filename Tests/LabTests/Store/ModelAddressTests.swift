import Lab
import Testing

/// Short addresses of stored models.
@Suite struct ModelAddressTests {
    @Test(arguments: [
        ("runs/a:replace/0/5", ["runs/a", "replace", "0", "5"]),
        ("a:replace/0/base", ["a", "replace", "0", "base"]),
        ("/x/a:replace/0", ["/x/a", "replace", "0", nil]),
        ("a:replace", ["a", "replace", nil, nil]), ("a:", ["a", nil, nil, nil]),
        ("a://3", ["a", nil, nil, "3"]),
        ("a:m[real-fraction=0.5]/12/0", ["a", "m[real-fraction=0.5]", "12", "0"]),
        ("a:m[model=x:y]/1/2", ["a", "m[model=x:y]", "1", "2"]),
        // A colon in a folder, where no run lies before it.
        ("p:q/a/b/c:m/1/2", ["p:q/a/b/c", "m", "1", "2"]),
        ("12:30:replace/1/2", ["12:30", "replace", "1", "2"]),
    ])
    func parts(text: String, expected: [String?]) throws {
        let address = try #require(ModelAddress(text) { $0 == expected[0] })
        #expect(
            [address.run, address.arm, address.seed, address.generation] == expected,
            "\(address)")
    }

    @Test(arguments: ["model.arpa", "a/b/c", "", ":replace/0/1", "-"])
    func paths(text: String) {
        #expect(ModelAddress(text) { _ in true } == nil)
    }

    @Test func aNameOfNoRunIsTheShortest() throws {
        #expect(try #require(ModelAddress("a:b:c/0/1") { _ in false }).run == "a")
    }

    @Test(arguments: ["0", "17", "base"]) func generations(text: String) {
        #expect(ModelAddress.Generation(text)?.description == text)
    }

    @Test(arguments: ["-1", "last", "", "1.5"]) func noGenerations(text: String) {
        #expect(ModelAddress.Generation(text) == nil)
    }
}
