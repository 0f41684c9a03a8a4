import Collapse
import Foundation
import Lab
import Support
import Synchronization
import TestSupport
import Testing

@Suite struct ObjectStoreTests {
    private func object(_ name: String) -> [String: [UInt8]] {
        [
            "model.safetensors": Array(name.utf8) + [0, 255, 10], "config.json": Array("{}".utf8),
            "empty": [],
        ]
    }

    @discardableResult
    private func put(
        _ name: String, in store: any GenerationStore, kind: ObjectKind = .model
    ) throws -> ContentKey {
        let key = store.key(for: name)
        try store.write(object(name), as: key, kind: kind, description: name)
        return key
    }

    @Test func namesObjectsBySHA256() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        // FIPS 180-2, appendix B.1.
        #expect(
            store.key(for: "abc").digits
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func readsBackWhatWasWritten() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let name = "fit\n\"quoted\" \\ \u{1} é 🙂\t"
        let key = store.key(for: name)
        #expect(!store.contains(key))
        #expect(try store.read(key) == nil)
        #expect(try store.kind(of: key) == nil)
        try put(name, in: store, kind: .samples)
        #expect(store.contains(key))
        #expect(try store.read(key) == object(name))
        #expect(try store.kind(of: key) == .samples)
        #expect(try store.description(of: key)?.description == name)
        let digits = key.digits
        #expect(
            folder.files()
                == ["config.json", "empty", "model.safetensors", "object.json"].sorted().map {
                    "\(digits.prefix(2))/\(digits)/\($0)"
                })
    }

    @Test("Storing the same again does nothing, and something else under the same name is an alarm")
    func storingAgain() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let key = try put("a", in: store)
        try put("a", in: store)
        var other = object("a")
        other["config.json"] = [1]
        for files in [["other": [1]], other] {
            let error = #expect(throws: StoreError.self) {
                try store.write(files, as: key, kind: .samples, description: "a")
            }
            #expect(error?.kind == .differentResult)
        }
        #expect(try store.read(key) == object("a"))
    }

    @Test func aKeyThatIsNoHashIsNotThere() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder / "store")
        let key = ContentKey(digits: "")
        #expect(!store.contains(key))
        #expect(try store.read(key) == nil)
        // Nested: such a key excludes nobody.
        #expect(store.exclusively(key) { store.exclusively(key) { 7 } } == 7)
    }

    @Test func ignoresAndSweepsWhatAKilledRunLeft() throws {
        let folder = try TemporaryFolder()
        let key = try put("a", in: try ObjectStore(at: folder.path))
        let left = Staging.name(
            of: ProcessIdentity(machine: ProcessIdentity.current.machine, number: 1, start: 0), 1)
        try folder.write([1], "\(left)/model.safetensors")
        #expect(try ObjectStore(reading: folder.path).allKeys() == [key])
        #expect(folder.exists(left))
        let store = try ObjectStore(at: folder.path)
        #expect(!folder.exists(left))
        #expect(try store.allKeys() == [key])
    }

    enum Damage: CaseIterable {
        case cut, flipped, missing, descriptionCut, descriptionFlipped
    }

    @Test(arguments: Damage.allCases) func seesDamage(_ damage: Damage) throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let key = try put("a", in: store)
        let isDescription = damage == .descriptionCut || damage == .descriptionFlipped
        let file = isDescription ? "object.json" : "model.safetensors"
        let path = "\(key.digits.prefix(2))/\(key.digits)/\(file)"
        var bytes = try folder.bytes(path)
        switch damage {
        case .cut, .descriptionCut: bytes.removeLast()
        case .flipped: bytes[1] ^= 1
        case .descriptionFlipped: bytes[12] ^= 1
        case .missing: break
        }
        try FileManager.default.removeItem(atPath: folder / path)
        if damage != .missing { try folder.write(bytes, path) }
        let error = try #require(throws: StoreError.self) { try store.read(key) }
        let finding =
            switch damage {
            case .cut: "it has 3 bytes, 4 were written"
            case .flipped: "its SHA-256 is not that of what was written"
            case .missing: "the file is missing"
            case .descriptionCut, .descriptionFlipped:
                "its content does not match the sum at its end"
            }
        #expect(
            error.description
                == "\(folder / path) is damaged: \(finding); delete the object's folder "
                + "\(store.folder(of: key)) and run the same command again, which computes it anew")
    }

    @Test(
        "A description whose names lead out of the object is refused, though its seal holds",
        arguments: ["../../../stolen", "/etc/hostname", "a/b", "..", ".hidden", "", "a\nb"])
    func forgedNames(name: String) throws {
        let folder = try TemporaryFolder()
        let shared = try ObjectStore(at: folder / "shared")
        let key = try put("a", in: shared)
        let path = "shared/\(key.digits.prefix(2))/\(key.digits)/object.json"
        var writer = JSONWriter()
        writer.raw("{")
        writer.field("v")
        writer.number(1)
        writer.field("kind")
        writer.string("model")
        writer.field("description")
        writer.string("a")
        writer.field("files")
        writer.value(
            .array([
                .object([
                    "name": .text(name), "length": .integer(4),
                    "sha256": .text(String(repeating: "0", count: 64)),
                ])
            ]))
        try FileManager.default.removeItem(atPath: folder / path)
        try folder.write(SealedJSON.seal(writer), path)
        try folder.write("mine", "stolen")
        let own = try ObjectStore(at: folder / "run/objects")
        #expect(throws: StoreError.self) { try own.adopt(key, from: shared, isTrusted: true) }
        #expect(throws: StoreError.self) { try shared.read(key) }
        #expect(folder.files(below: "run").isEmpty)
    }

    @Test("An object that lost its description is written again")
    func lostDescription() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let key = try put("a", in: store)
        try FileManager.default.removeItem(atPath: store.folder(of: key) + "/object.json")
        #expect(!store.contains(key))
        #expect(try put("a", in: store) == key)
        #expect(try store.read(key) == object("a"))
    }

    @Test func anObjectUnderAnothersNameIsDamaged() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let key = try put("a", in: store)
        let other = store.key(for: "b")
        try FileManager.default.createDirectory(
            atPath: folder / String(other.digits.prefix(2)), withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: store.folder(of: key), toPath: store.folder(of: other))
        #expect(throws: StoreError.self) { try store.read(other) }
    }

    @Test func prunesAKind() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let keys = try (0..<6).map { try put("model \($0)", in: store) }
        let samples = try put("samples", in: store, kind: .samples)
        func totalBytes() throws -> Int {
            try folder.files().filter { !$0.hasSuffix("/object.json") }
                .reduce(0) { $0 + (try folder.bytes($1).count) }
        }
        let bytes = try totalBytes()
        let result = try store.prune(.model, keeping: [keys[1], keys[4]])
        #expect(result.removed.map(\.digits) == [0, 2, 3, 5].map { keys[$0].digits }.sorted())
        #expect(try totalBytes() == bytes - result.bytes)
        #expect(
            try store.allKeys().map(\.digits)
                == [keys[1].digits, keys[4].digits, samples.digits].sorted())
        #expect(folder.files().allSatisfy { !$0.hasPrefix(".partial") })
        try store.remove(keys[0])
    }

    @Test func manyWritersOfOneObjectAgree() async throws {
        let folder = try TemporaryFolder()
        let names = (0..<8).map { "object \($0)" }
        try await withThrowingTaskGroup { group in
            for writer in 0..<8 {
                group.addTask {
                    // Each a store of its own, as each process has.
                    for name in writer % 2 == 0 ? names : names.reversed() {
                        // Opening sweeps, amid what the others write.
                        try put(name, in: try ObjectStore(at: folder.path))
                        try AtomicFile.write(name, to: folder / "last")
                    }
                }
            }
            try await group.waitForAll()
        }
        let store = try ObjectStore(at: folder.path)
        #expect(try store.allKeys().count == names.count)
        for name in names { #expect(try store.read(store.key(for: name)) == object(name)) }
        #expect(folder.files().allSatisfy { !$0.hasPrefix(".partial") })
    }

    @Test func onlyOneThreadAtATimeHasAKey() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let keys = (0..<3).map { store.key(for: "\($0)") }
        let inside = keys.map { _ in Counter() }
        let overlaps = Counter()
        let calls = Counter()
        DispatchQueue.concurrentPerform(iterations: 600) { index in
            let key = index % keys.count
            store.exclusively(keys[key]) {
                if inside[key].add(1) != 1 { overlaps.add(1) }
                calls.add(1)
                inside[key].add(-1)
            }
        }
        #expect(overlaps.value == 0)
        #expect(calls.value == 600)
    }

    @Test func differentKeysDoNotWaitForEachOther() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let entered = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            store.exclusively(store.key(for: "slow")) {
                entered.signal()
                done.wait()
            }
        }
        thread.start()
        entered.wait()
        #expect(store.exclusively(store.key(for: "quick")) { 1 } == 1)
        done.signal()
        #expect(store.exclusively(store.key(for: "slow")) { 2 } == 2)
    }

    @Test func aKeyIsFreeAgainAfterAnError() throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(at: folder.path)
        let key = store.key(for: "a")
        let failure = StoreError(.damagedObject("test"), path: "p")
        #expect(throws: failure) { try store.exclusively(key) { throw failure } }
        #expect(store.exclusively(key) { 1 } == 1)
    }

    final class Counter: Sendable {
        private let count = Atomic<Int>(0)

        @discardableResult
        func add(_ number: Int) -> Int {
            count.wrappingAdd(number, ordering: .sequentiallyConsistent).newValue
        }

        var value: Int { count.load(ordering: .sequentiallyConsistent) }
    }
}

@Suite struct LayeredStoreTests {
    private let files: [String: [UInt8]] = ["samples.bin": [1, 2, 3]]

    @Test func aRunIsCompleteWithoutTheSharedStore() throws {
        let folder = try TemporaryFolder()
        var first: RunDirectory? = try RunDirectory(
            opening: folder / "first", sharing: folder / "shared")
        let key = try #require(first).store.key(for: "a")
        let other = try #require(first).store.key(for: "b")
        for (key, name) in [(key, "a"), (other, "b")] {
            try first?.store.write(files, as: key, kind: .samples, description: name)
        }
        first = nil
        try FileManager.default.removeItem(atPath: folder / "first")

        let second = try RunDirectory(opening: folder / "second", sharing: folder / "shared")
        #expect(try second.objects.allKeys().isEmpty)
        #expect(try second.store.read(key) == files)
        #expect(second.store.contains(other))
        try FileManager.default.removeItem(atPath: folder / "shared")
        #expect(try second.store.read(key) == files)
        #expect(try second.objects.read(other) == files)
        #expect(try second.objects.kind(of: key) == .samples)
    }

    @Test func damageInTheSharedStoreStaysThere() throws {
        let folder = try TemporaryFolder()
        let shared = try ObjectStore(at: folder / "shared/objects")
        let key = shared.key(for: "a")
        try shared.write(files, as: key, kind: .samples, description: "a")
        try Data([1, 2]).write(
            to: URL(fileURLWithPath: shared.folder(of: key) + "/samples.bin"))
        let run = try RunDirectory(opening: folder / "run", sharing: folder / "shared")
        #expect(!run.store.contains(key))
        let error = try #require(throws: StoreError.self) { try run.store.read(key) }
        #expect(error.path == shared.folder(of: key) + "/samples.bin")
        #expect(try run.objects.allKeys().isEmpty)
    }

    @Test func aRunMayShareWithItself() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder / "run", sharing: folder / "run")
        let key = run.store.key(for: "a")
        try run.store.write(files, as: key, kind: .samples, description: "a")
        #expect(try run.store.read(key) == files)
    }
}
