import Foundation
import Glibc
import Support
import TestSupport
import Testing

@Suite struct ClaimTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var claims: ClaimFolder { ClaimFolder(at: folder.path) }
    private let elsewhere = ProcessIdentity(machine: "0123456789abcdef", number: 7, start: 8)
    private let dead = ProcessIdentity(
        machine: ProcessIdentity.current.machine, number: 1, start: 0)

    /// Writes the claim of another process, last heard of `age` seconds ago.
    private func plant(
        _ name: String, of process: ProcessIdentity, age: Double, losses: Int = 0,
        hasGotOn: Bool = false
    ) throws {
        let text = """
            {"v":1,"token":"t\(losses)","host":"node1","machine":"\(process.machine)",\
            "process":\(process.number),"start":\(process.start),"losses":\(losses),\
            "has_got_on":\(hasGotOn)}
            """
        try folder.write(text, name)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: folder / name)
    }

    private func taken(_ name: String) throws -> Claim? {
        if case .taken(let claim) = try claims.take(name) { claim } else { nil }
    }

    @Test func oneHoldsItUntilItIsGivenBack() throws {
        let claim = try #require(try taken("a"))
        #expect(claim.isHeld)
        #expect(try taken("a") == nil)
        #expect(claims.holder(of: "a")?.holder?.process == .current)
        #expect(try taken("b") != nil)
        claim.release()
        #expect(!claim.isHeld)
        #expect(claims.holder(of: "a") == nil)
        #expect(try taken("a") != nil)
    }

    @Test func itGoesWithTheValue() throws {
        var claim = try taken("a")
        #expect(claim != nil)
        claim = nil
        #expect(folder.names(in: "") == [])
    }

    @Test("A claim of this machine ends with its process, however lately it was renewed")
    func deadProcesses() throws {
        try plant("a", of: dead, age: 0)
        let claim = try #require(try taken("a"))
        #expect(claim.losses == 1)
        #expect(claim.lost?.host == "node1")
        #expect(folder.names(in: "") == ["a"])
    }

    @Test(
        "A claim of another machine ends when its lease does",
        arguments: [(0.0, false), (100, false), (130, true), (1e6, true)])
    func leases(age: Double, isOver: Bool) throws {
        try plant("a", of: elsewhere, age: age)
        #expect((try taken("a") != nil) == isOver)
    }

    @Test("Losses in a row are counted until a holder gets on")
    func losses() throws {
        try plant("a", of: dead, age: 0, losses: 2)
        #expect(try taken("a")?.losses == 3)
        try plant("b", of: dead, age: 0, losses: 2, hasGotOn: true)
        #expect(try taken("b")?.losses == 1)
    }

    @Test func aHolderSaysThatItGotOn() throws {
        let claim = try #require(try taken("a"))
        #expect(claims.holder(of: "a")?.holder?.hasGotOn == false)
        claim.noteProgress()
        #expect(claims.holder(of: "a")?.holder?.hasGotOn == true)
        #expect(claim.isHeld)
    }

    @Test(
        "What holds a name but is no claim: nothing written yet is waited for, anything else is not"
    )
    func strangeFiles() throws {
        try folder.write("", "empty")
        #expect(try taken("empty") == nil)
        try folder.write("4711\n", "old")
        #expect(try taken("old") != nil)
        try FileManager.default.createDirectory(
            atPath: folder / "folder", withIntermediateDirectories: true)
        #expect(throws: FileError.self) { try taken("folder") }
    }

    @Test func aHolderThatWasTakenOverNotices() throws {
        let claim = try #require(try taken("a"))
        try FileManager.default.moveItem(atPath: folder / "a", toPath: folder / "gone")
        try plant("a", of: elsewhere, age: 0)
        #expect(!claim.isHeld)
        // It gives back what is its own, and not what is another's.
        claim.release()
        #expect(folder.exists("a"))
    }

    @Test func theMarkOfWhatWasDoneTakesTheClaimAway() throws {
        let claim = try #require(try taken("a"))
        try claim.release(movingTo: folder / "done")
        #expect(folder.names(in: "") == ["done"])
        #expect(try taken("a") != nil)
    }

    @Test("Of many that ask at once one gets it, with links and where a dead holder is in the way")
    func races() throws {
        for round in 0..<40 {
            let name = "r\(round)"
            if round.isMultiple(of: 2) { try plant(name, of: dead, age: 0) }
            let got = LockedList<Claim>()
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                if let claim = try? taken(name) { got.append(claim) }
            }
            #expect(got.count == 1)
            #expect(got.allSatisfy { $0.isHeld })
        }
        #expect(folder.names(in: "").allSatisfy { !$0.hasPrefix(".") })
    }

    @Test(
        "What a process left that was killed while it took over a claim keeps nobody off, and is swept"
    )
    func killedEvictions() throws {
        try plant("a", of: dead, age: 0, losses: 4)
        let digits = SHA256.digest(of: "t4".utf8).hexadecimal.prefix(32)
        try plant(".partial-evicting-\(digits)", of: dead, age: 0, losses: 5)
        #expect(try taken("a") != nil)
        try plant(".partial-evicting-\(digits)", of: dead, age: 0)
        try claims.sweep()
        #expect(folder.names(in: "") == [])
    }

    @Test func claimsAreRemovedByTheirHolders() throws {
        try plant("a", of: elsewhere, age: 0)
        let claim = try #require(try taken("b"))
        try claims.removeAll { $0.host == "node1" }
        #expect(try claims.names() == ["b"])
        #expect(claim.isHeld)
    }

    @Test("A heartbeat renews the claims of a living process")
    func heartbeat() throws {
        let quick = ClaimFolder(
            at: folder.path, terms: LeaseTerms(heartbeat: 0.02, expiry: 1))
        guard case .taken(let claim) = try quick.take("a") else {
            Issue.record("not taken")
            return
        }
        let path = folder / "a"
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: path)
        // Until the thread has touched it.
        while try #require(FileClock.lastChange(of: path)) < 1_000 { usleep(5_000) }
        #expect(claim.isHeld)
    }
}

/// What several threads gather.
private final class LockedList<Element>: @unchecked Sendable {
    private let lock = NSLock()
    private var elements: [Element] = []

    func append(_ element: Element) { lock.withLock { elements.append(element) } }
    var count: Int { lock.withLock { elements.count } }
    func allSatisfy(_ condition: (Element) -> Bool) -> Bool {
        lock.withLock { elements.allSatisfy(condition) }
    }
}
